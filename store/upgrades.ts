/**
 * Numbered upgrades: `acme#7` is what evidence is keyed by, since workflow ids are used again. An upgrade lasts until it is finished,
 * rejected or taken back: whoever starts the same plan again before that goes on with it, under its number.
 */
import type { Transaction } from 'kysely';
import { nowText, type Store, type StoreTables, type UpgradeOutcome } from './store.js';
import { withdrawTasksOfUpgrade } from './taskWithdrawal.js';

/** What an upgrade is about; `environment` is empty for the whole infrastructure. */
export interface UpgradeScope {
  readonly infrastructure: string;
  readonly environment: string;
}

export interface UpgradeRecord extends UpgradeScope {
  readonly workflow: string;
  readonly run: string;
  readonly plan: string;
  readonly requestedBy: string | null;
  /** What the run was started with. */
  readonly request: unknown;
}

export interface NumberedUpgrade {
  /** `acme#7` */
  readonly upgrade: string;
  /** An earlier run had begun it. */
  readonly goesOn: boolean;
}

/**
 * The upgrade that `run` works for: the one with this plan that an earlier run left open, or a new one, which supersedes another plan's.
 * The same for every call of one run.
 */
export async function numberUpgrade(store: Store, record: UpgradeRecord): Promise<NumberedUpgrade> {
  const { run, infrastructure, environment, workflow, plan, requestedBy } = record;
  return store.transaction().execute(async (transaction) => {
    const known = await numberOfRun(transaction, run);
    if (known !== undefined) return { upgrade: named(infrastructure, known), goesOn: true };
    const open = await transaction
      .selectFrom('upgrades')
      .select(['number', 'plan'])
      .where('infrastructure', '=', infrastructure)
      .where('environment', '=', environment)
      .where('ended_at', 'is', null)
      .orderBy('number', 'desc')
      .execute();
    const same = open.find((one) => one.plan === plan);
    const number = same?.number ?? (await nextNumber(transaction, infrastructure));
    for (const other of open.filter((one) => one !== same))
      await end(transaction, infrastructure, other.number, 'superseded');
    if (!same) {
      await transaction
        .insertInto('upgrades')
        .values({
          infrastructure,
          number,
          environment,
          workflow,
          run,
          plan,
          requested_by: requestedBy,
          started_at: nowText,
        })
        .execute();
    }
    await addRun(transaction, { ...record, number });
    return { upgrade: named(infrastructure, number), goesOn: same !== undefined };
  });
}

/** The upgrade that the run `parent` works for, which its child works for too; undefined when it works for none. */
export async function joinUpgradeOf(
  store: Store,
  parent: string,
  record: Pick<UpgradeRecord, 'run' | 'infrastructure' | 'workflow' | 'request'>,
): Promise<string | undefined> {
  return store.transaction().execute(async (transaction) => {
    const number = await numberOfRun(transaction, parent);
    if (number === undefined) return undefined;
    await addRun(transaction, { ...record, number });
    return named(record.infrastructure, number);
  });
}

/** The plan of the open upgrade of exactly this scope; undefined when there is none. The newest, where an older program left several. */
export async function openUpgrade(
  store: Store,
  { infrastructure, environment }: UpgradeScope,
): Promise<{ readonly upgrade: string; readonly plan: string } | undefined> {
  const row = await store
    .selectFrom('upgrades')
    .select(['number', 'plan'])
    .where('infrastructure', '=', infrastructure)
    .where('environment', '=', environment)
    .where('ended_at', 'is', null)
    .orderBy('number', 'desc')
    .executeTakeFirst();
  return row && { upgrade: named(infrastructure, row.number), plan: row.plan };
}

/** Without effect on one that has ended. */
export async function endUpgradeRecord(
  store: Store,
  upgrade: string,
  outcome: UpgradeOutcome,
  result: unknown = null,
): Promise<void> {
  const { infrastructure, number } = parsed(upgrade);
  await store.transaction().execute((transaction) => end(transaction, infrastructure, number, outcome, result));
}

/** One of its environments was upgraded: what people were still asked to do there is withdrawn. */
export async function endEnvironment(store: Store, upgrade: string, environment: string): Promise<void> {
  const withdrawal = { by: `the end of ${upgrade} in ${environment}`, reason: 'upgraded' };
  await store
    .transaction()
    .execute((transaction) => withdrawTasksOfUpgrade(transaction, { upgrade, environment }, withdrawal));
}

/** Every open upgrade in which the environment takes part: it was taken back, so that none of them goes on by itself. */
export async function endUpgradesOf(store: Store, { infrastructure, environment }: UpgradeScope): Promise<void> {
  await store.transaction().execute(async (transaction) => {
    const rows = await transaction
      .selectFrom('upgrades')
      .select('number')
      .where('infrastructure', '=', infrastructure)
      .where('environment', 'in', ['', environment])
      .where('ended_at', 'is', null)
      .execute();
    for (const { number } of rows) await end(transaction, infrastructure, number, 'rolled back');
  });
}

/** The plan from which the run works; undefined: none is known. */
export async function planOfRun(store: Store, run: string): Promise<string | undefined> {
  const row = await store
    .selectFrom('upgrade_runs')
    .innerJoin('upgrades', (join) =>
      join
        .onRef('upgrades.infrastructure', '=', 'upgrade_runs.infrastructure')
        .onRef('upgrades.number', '=', 'upgrade_runs.number'),
    )
    .select('upgrades.plan')
    .where('upgrade_runs.run', '=', run)
    .executeTakeFirst();
  return row?.plan;
}

/** Who asked for the upgrade, what it is about and from which plan it works; undefined for a number that was never given. */
export async function upgradeRecord(store: Store, upgrade: string) {
  const { infrastructure, number } = parsed(upgrade);
  const row = await store
    .selectFrom('upgrades')
    .select(['environment', 'plan', 'requested_by', 'ended_at'])
    .where('infrastructure', '=', infrastructure)
    .where('number', '=', number)
    .executeTakeFirst();
  return (
    row && { environment: row.environment, plan: row.plan, requestedBy: row.requested_by, ended: row.ended_at !== null }
  );
}

/** The upgrade of the same scope before this one, and its plan; undefined when it is the first. */
export async function upgradeBefore(
  store: Store,
  upgrade: string,
): Promise<{ readonly upgrade: string; readonly plan: string } | undefined> {
  const { infrastructure, number } = parsed(upgrade);
  const row = await store
    .selectFrom('upgrades')
    .select(['number', 'plan'])
    .where('infrastructure', '=', infrastructure)
    .where('number', '<', number)
    .where('environment', '=', (query) =>
      query
        .selectFrom('upgrades as this')
        .select('this.environment')
        .where('this.infrastructure', '=', infrastructure)
        .where('this.number', '=', number),
    )
    .orderBy('number', 'desc')
    .executeTakeFirst();
  return row && { upgrade: named(infrastructure, row.number), plan: row.plan };
}

/** Whom other runs of the infrastructure name as who asks for them: a run with no name is left out. */
export async function requestersBefore(
  store: Store,
  { infrastructure, run }: Pick<UpgradeRecord, 'infrastructure' | 'run'>,
): Promise<readonly string[]> {
  const rows = await store
    .selectFrom('upgrade_runs')
    .select('request')
    .where('infrastructure', '=', infrastructure)
    .where('run', '!=', run)
    .where('request', 'is not', null)
    .execute();
  return rows.flatMap(({ request }) => {
    const { requestedBy } = JSON.parse(request ?? '{}') as { readonly requestedBy?: unknown };
    return typeof requestedBy === 'string' ? [requestedBy] : [];
  });
}

type Within = Store | Transaction<StoreTables>;

async function numberOfRun(within: Within, run: string): Promise<number | undefined> {
  const row = await within.selectFrom('upgrade_runs').select('number').where('run', '=', run).executeTakeFirst();
  return row?.number;
}

async function nextNumber(within: Within, infrastructure: string): Promise<number> {
  const { last } = await within
    .selectFrom('upgrades')
    .select((eb) => eb.fn.coalesce(eb.fn.max('number'), eb.lit(0)).as('last'))
    .where('infrastructure', '=', infrastructure)
    .executeTakeFirstOrThrow();
  return Number(last) + 1;
}

async function addRun(
  within: Within,
  {
    run,
    infrastructure,
    workflow,
    request,
    number,
  }: Pick<UpgradeRecord, 'run' | 'infrastructure' | 'workflow' | 'request'> & { number: number },
): Promise<void> {
  await within
    .insertInto('upgrade_runs')
    .values({ run, infrastructure, number, workflow, request: JSON.stringify(request) })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** With the tasks that nobody has answered: nobody waits for them any more. */
async function end(
  within: Transaction<StoreTables>,
  infrastructure: string,
  number: number,
  outcome: UpgradeOutcome,
  result: unknown = null,
): Promise<void> {
  await within
    .updateTable('upgrades')
    .set({ ended_at: nowText, outcome, result: result === null ? null : JSON.stringify(result) })
    .where('infrastructure', '=', infrastructure)
    .where('number', '=', number)
    .where('ended_at', 'is', null)
    .execute();
  const upgrade = named(infrastructure, number);
  await withdrawTasksOfUpgrade(within, { upgrade }, { by: `the end of ${upgrade}`, reason: outcome });
}

function named(infrastructure: string, number: number): string {
  return `${infrastructure}#${number}`;
}

function parsed(upgrade: string): { readonly infrastructure: string; readonly number: number } {
  const at = upgrade.lastIndexOf('#');
  return { infrastructure: upgrade.slice(0, at), number: Number(upgrade.slice(at + 1)) };
}
