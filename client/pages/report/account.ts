/** What really happened in an upgrade beside what was planned: one document for the terminal, for programs and for a page. */
import type { EnvironmentForecast, PlanDecisions } from '../../../domain/plan/plan.js';
import { type PastMessage, type PastUpgrade, type UpgradeRecords, upgradeRecords } from '../../../store/history.js';
import { loadPlan, planExplanation } from '../../../store/plans.js';
import type { Store } from '../../../store/store.js';
import type { EnvironmentReport } from '../../../workflows/upgradeEnvironment.js';

/** Milliseconds; null: it was not planned, or did not happen. */
export interface ComparedTime {
  readonly name: string;
  readonly planned: number | null;
  readonly happened: number | null;
}

export interface AccountOfEnvironment {
  readonly name: string;
  readonly from: string;
  readonly to: string;
  readonly strategy: string;
  /** `not ended`: the upgrade left it, or has not come to it. */
  readonly outcome: EnvironmentReport['outcome'] | 'not ended' | 'taken back';
  /** When it was expected to start and end, ISO 8601 UTC; null where it had no time or the forecast is not kept. */
  readonly planned: { readonly start: string; readonly end: string } | null;
  /** Null: it did not end. */
  readonly happened: { readonly start: string; readonly end: string } | null;
  /** All of it, that users were kept out, and each step. */
  readonly times: readonly ComparedTime[];
  /** Null: it did not end. */
  readonly report: EnvironmentReport | null;
}

export interface Account extends Omit<UpgradeRecords<EnvironmentReport>, 'environments' | 'messages'> {
  readonly environments: readonly AccountOfEnvironment[];
  readonly messages: readonly (PastMessage & { readonly by: string | null; readonly reason: string | null })[];
}

/** Throws `PLAN_CORRUPTED` where the plan is not what was approved. */
export async function accountOf(store: Store, upgrade: PastUpgrade): Promise<Account> {
  const records = await upgradeRecords<EnvironmentReport>(store, upgrade);
  const decisions = await loadPlan(store, upgrade.plan);
  const forecast = (await planExplanation(store, upgrade.plan))?.forecast.environments ?? [];
  return {
    ...records,
    messages: records.messages.map((message) => ({
      ...message,
      by: textIn(message, 'approver') ?? textIn(message, 'requestedBy') ?? textIn(message, 'by'),
      reason: textIn(message, 'reason'),
    })),
    environments: decisions.environments.map((environment) =>
      accountOfEnvironment(
        environment,
        records,
        forecast.find(({ name }) => name === environment.name),
      ),
    ),
  };
}

function accountOfEnvironment(
  { name, from, to, strategy, steps }: PlanDecisions['environments'][number],
  { environments, rollbacks }: UpgradeRecords<EnvironmentReport>,
  expected: EnvironmentForecast | undefined,
): AccountOfEnvironment {
  const ended = environments.findLast((one) => one.environment === name);
  const { report = null } = ended ?? {};
  const back = rollbacks.some(({ environment }) => environment === name);
  const planned = expected?.schedule.kind === 'fits' ? expected.schedule : null;
  const stepTimes = steps.map((step) => ({
    name: step,
    planned: expected?.steps.find((one) => one.step === step)?.milliseconds ?? null,
    happened: report?.durations[step] ?? null,
  }));
  return {
    name,
    from,
    to,
    strategy,
    outcome: back ? 'taken back' : (report?.outcome ?? 'not ended'),
    planned: planned && { start: planned.start, end: planned.end },
    happened: ended && report ? { start: before(ended.endedAt, report.duration), end: ended.endedAt } : null,
    times: [
      { name: 'all of it', planned: expected?.work ?? null, happened: report?.duration ?? null },
      { name: 'users kept out', planned: expected?.downtime ?? null, happened: report?.downtime ?? null },
      ...stepTimes,
    ],
    report,
  };
}

function before(iso: string, milliseconds: number): string {
  return new Date(Date.parse(iso) - milliseconds).toISOString();
}

function textIn({ payload }: PastMessage, field: string): string | null {
  const value = payload[field];
  return typeof value === 'string' ? value : null;
}
