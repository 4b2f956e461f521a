/**
 * What a step needs done where no platform is driven: a task for people, or a program of the site. Either tells what it found; what was not
 * done, or not as it is needed, waits at the step's gate for people who repair it.
 */

import type { Command } from '../../domain/commands/command.js';
import { type Capability, providerOf } from '../../domain/infrastructure/provider.js';
import type { EvidenceField } from '../../domain/tasks/evidenceField.js';
import type { BegunContext } from '../steps/context.js';
import { rejected } from './approval.js';
import { type HostRequest, runOnHost } from './command.js';
import type { UpgradeRun } from './upgradeRun.js';

export interface Deed {
  readonly capability: Capability;
  /** As the plan calls it. */
  readonly step: string;
  /** What of the step it is about, such as a front end. */
  readonly subject: string;
  /** Where its failure waits for people. */
  readonly gate: string;
  readonly title: string;
  /** Why: the id of a rule. */
  readonly reason: string;
  readonly instructions: readonly string[];
  readonly evidence: readonly EvidenceField[];
  /** In the arguments of a program, besides those of the upgrade. */
  readonly values?: HostRequest['values'];
  /** What is not as it is needed, in a sentence; undefined: nothing. */
  readonly problem?: (told: Told) => string | undefined;
  /** Why it is asked for although it was done before; null, or absent: what was done is taken. */
  readonly again?: string | null;
}

/** By name of the evidence, or of a field in the JSON that a program has printed. What was not said is absent. */
export type Told = Readonly<Record<string, unknown>>;

export interface DoneDeed {
  /** A person, or a program with its host. */
  readonly by: string;
  readonly told: Told;
}

/** Until it is done. Throws `GATE_REJECTED`. */
export async function done(run: UpgradeRun, context: BegunContext, deed: Deed): Promise<DoneDeed> {
  let again = deed.again ?? null;
  for (;;) {
    const attempt = await attempted(run, context, deed, again);
    const wrong = attempt.kind === 'done' ? deed.problem?.(attempt.told) : attempt.why;
    if (attempt.kind === 'done' && wrong === undefined) return attempt;
    const asks = [
      `${deed.title}: ${wrong}`,
      'Repair that and send retry, which asks for it again; reject ends the upgrade, rollback takes it back',
    ];
    const outcome = await run.open(deed.gate, asks, { canRetry: true, repair: true });
    if (outcome.kind === 'rejected') throw rejected(run, deed.gate, outcome);
    again = wrong ?? 'it was asked for again';
  }
}

type Attempt = ({ readonly kind: 'done' } & DoneDeed) | { readonly kind: 'not done'; readonly why: string };

function attempted(run: UpgradeRun, context: BegunContext, deed: Deed, again: string | null): Promise<Attempt> {
  const provider = providerOf(context.plan, deed.capability);
  return provider.kind === 'command'
    ? ranOnHost(run, context, deed, provider.command, again)
    : askedOfPeople(run, context, deed, again);
}

async function ranOnHost(
  run: UpgradeRun,
  { place, upgrade, hash, plan, hold }: BegunContext,
  { capability, step, subject, gate, values = {} }: Deed,
  command: Command,
  again: string | null,
): Promise<Attempt> {
  const report = await runOnHost(run, {
    ...place,
    ...{ upgrade, plan: hash, capability, step, subject, gate, token: hold, command },
    values: { release: plan.to, ...values },
    oncePer: again === null ? 'upgrade' : 'request',
  });
  return { kind: 'done', by: `${report.command} on ${report.host}`, told: report.result ?? {} };
}

async function askedOfPeople(
  run: UpgradeRun,
  { plan }: BegunContext,
  { step, subject, title, reason, instructions, evidence }: Deed,
  again: string | null,
): Promise<Attempt> {
  const todo = { step, subject, title, reason, instructions, asked: plan.operators, evidence };
  const result = await run.do(todo, again);
  if (result.kind === 'done') return { kind: 'done', by: result.by, told: result.evidence };
  return { kind: 'not done', why: `${result.kind}, as ${result.by} says: ${result.reason ?? 'without a reason'}` };
}
