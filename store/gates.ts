/**
 * What was answered at a gate, and that it was opened. A gate is one of an upgrade, of one of its environments or of all, about a plan
 * and about whatever else its answer rests on. Runs that go on with an upgrade find here what people said before; the run that a reset
 * made does not: whoever resets wants to be asked again.
 */
import type { GateMessage } from '../domain/gates/gate.js';
import { nowText, type Store } from './store.js';

export interface GateKey {
  /** `acme#7` */
  readonly upgrade: string;
  /** Empty: the whole infrastructure. */
  readonly environment: string;
  readonly gate: string;
  readonly plan: string;
  /** Digest of what it asks about beside the plan; empty where there is nothing else. */
  readonly subject: string;
}

/** Who asks: the run, and the first of the chain that resets made of it. */
export interface AskingRun {
  readonly run: string;
  readonly firstRun: string;
}

/** What counts there, in the order it came. Answers that programs recorded without their subject count where `subjectUntold`. */
export async function answersAt(
  store: Store,
  { upgrade, environment, gate, plan, subject }: GateKey,
  { run, firstRun }: AskingRun,
  { subjectUntold = false }: { readonly subjectUntold?: boolean } = {},
): Promise<readonly GateMessage[]> {
  const rows = await store
    .selectFrom('messages')
    .select(['name', 'payload', 'subject', 'run'])
    .where('upgrade', '=', upgrade)
    .where('environment', '=', environment)
    .where('name', 'in', ['approve', 'reject'])
    .where('refusal', 'is', null)
    .where((eb) => eb.or([eb('run', '=', run), eb(eb.fn.coalesce('first_run', 'run'), '!=', firstRun)]))
    .orderBy('id')
    .execute();
  return rows
    .filter((row) => row.subject === subject || (row.subject === null && (subjectUntold || subject === '')))
    .filter((row) => row.name === 'approve' || row.run === run) // a rejection has ended its run, and is not one of the next
    .map(({ name, payload }) => ({ kind: name, ...JSON.parse(payload) }) as GateMessage)
    .filter((message) => message.gate === gate && message.plan === plan);
}

export interface OpenedGate {
  readonly approvers: readonly string[];
  readonly accepted: readonly string[];
}

/** Repeatable: what was recorded first stays. */
export async function recordOpened(
  store: Store,
  key: GateKey,
  { run, firstRun }: AskingRun,
  { approvers, accepted }: OpenedGate,
): Promise<void> {
  await store
    .insertInto('opened_gates')
    .values({
      ...key,
      run,
      first_run: firstRun,
      approvers: JSON.stringify(approvers),
      accepted: JSON.stringify(accepted),
      at: nowText,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** How an earlier run, or this one, has opened it; undefined when none has. */
export async function openedBefore(
  store: Store,
  { upgrade, environment, gate, plan, subject }: GateKey,
  { run, firstRun }: AskingRun,
): Promise<OpenedGate | undefined> {
  const row = await store
    .selectFrom('opened_gates')
    .select(['approvers', 'accepted'])
    .where('upgrade', '=', upgrade)
    .where('environment', '=', environment)
    .where('gate', '=', gate)
    .where('plan', '=', plan)
    .where('subject', '=', subject)
    .where((eb) => eb.or([eb('run', '=', run), eb('first_run', '!=', firstRun)]))
    .orderBy('at', 'desc')
    .executeTakeFirst();
  return row && { approvers: JSON.parse(row.approvers) as string[], accepted: JSON.parse(row.accepted) as string[] };
}

/** Whether people have approved the plan for the upgrade, or for one of its environments. */
export async function planOpened(store: Store, { upgrade, plan }: Pick<GateKey, 'upgrade' | 'plan'>): Promise<boolean> {
  const row = await store
    .selectFrom('opened_gates')
    .select('at')
    .where('upgrade', '=', upgrade)
    .where('plan', '=', plan)
    .where('gate', '=', 'plan')
    .executeTakeFirst();
  return row !== undefined;
}
