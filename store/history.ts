/** Upgrades as they were: by number, and for one of them everything that was recorded of it. Reads only. */

import { takenBack, upgraded } from './evidence.js';
import type { Store, UpgradeOutcome } from './store.js';

/** Times are ISO 8601 UTC. */
export interface PastUpgrade {
  /** `acme#7` */
  readonly upgrade: string;
  readonly infrastructure: string;
  /** Null: the whole infrastructure. */
  readonly environment: string | null;
  /** Hash of its plan, and the release that goes to. */
  readonly plan: string;
  readonly to: string;
  readonly requestedBy: string | null;
  readonly startedAt: string;
  /** Null: somebody may go on with it. */
  readonly endedAt: string | null;
  readonly outcome: UpgradeOutcome | 'open';
}

interface PastGate {
  readonly gate: string;
  readonly environment: string | null;
  readonly approvers: readonly string[];
  readonly accepted: readonly string[];
  readonly openedAt: string;
}

/** What somebody sent. `payload` as it came. */
export interface PastMessage {
  readonly at: string;
  readonly environment: string | null;
  readonly name: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Null: it was taken. */
  readonly refusal: string | null;
}

/** The report of an environment, when its upgrade ended. */
interface PastEnvironment<Report> {
  readonly environment: string;
  readonly endedAt: string;
  readonly report: Report;
}

export interface PastRollback {
  readonly environment: string;
  readonly at: string;
  readonly report: Readonly<Record<string, unknown>>;
}

export interface UpgradeRecords<Report> {
  readonly upgrade: PastUpgrade;
  /** Every run that worked for it. */
  readonly runs: readonly { readonly workflow: string; readonly run: string }[];
  readonly gates: readonly PastGate[];
  /** In the order they came. */
  readonly messages: readonly PastMessage[];
  readonly environments: readonly PastEnvironment<Report>[];
  /** Environments that were taken back to what they were before it, by the next upgrade at the latest. */
  readonly rollbacks: readonly PastRollback[];
}

/** Newest first. `named`: `7`, or `acme#7`; without it all of them. */
export async function pastUpgrades(store: Store, named?: string): Promise<readonly PastUpgrade[]> {
  const [, infrastructure = '', number = ''] = /^(?:(.+)#)?(\d+)$/.exec(named ?? '') ?? [];
  if (named !== undefined && number === '') return [];
  let query = store
    .selectFrom('upgrades')
    .innerJoin('plans', 'plans.hash', 'upgrades.plan')
    .select(['infrastructure', 'number', 'environment', 'upgrades.plan as hash', 'plans.plan as decisions'])
    .select(['requested_by', 'started_at', 'ended_at', 'outcome'])
    .orderBy('started_at', 'desc')
    .orderBy('number', 'desc');
  if (number !== '') query = query.where('number', '=', Number(number));
  if (infrastructure !== '') query = query.where('infrastructure', '=', infrastructure);
  const rows = await query.execute();
  return rows.map((row) => ({
    upgrade: `${row.infrastructure}#${row.number}`,
    infrastructure: row.infrastructure,
    environment: row.environment || null,
    plan: row.hash,
    to: (JSON.parse(row.decisions) as { to: string }).to,
    requestedBy: row.requested_by,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    outcome: row.outcome ?? 'open',
  }));
}

/** Upgrades that any of the runs worked for, newest first. */
export async function upgradesOfRuns(store: Store, runs: readonly string[]): Promise<readonly PastUpgrade[]> {
  if (runs.length === 0) return [];
  const rows = await store
    .selectFrom('upgrade_runs')
    .select(['infrastructure', 'number'])
    .where('run', 'in', runs)
    .execute();
  const names = new Set(rows.map(({ infrastructure, number }) => `${infrastructure}#${number}`));
  return (await pastUpgrades(store)).filter(({ upgrade }) => names.has(upgrade));
}

export async function upgradeRecords<Report>(store: Store, upgrade: PastUpgrade): Promise<UpgradeRecords<Report>> {
  const recorded = await recordedMessages(store, upgrade.upgrade);
  return {
    upgrade,
    runs: await store
      .selectFrom('upgrade_runs')
      .select(['workflow', 'run'])
      .where('infrastructure', '=', upgrade.infrastructure)
      .where('number', '=', numberOf(upgrade))
      .orderBy('workflow')
      .execute(),
    gates: await openedGates(store, upgrade.upgrade),
    messages: recorded.filter(({ name }) => name !== upgraded),
    environments: recorded.flatMap(({ name, environment, at, payload }) =>
      name === upgraded && environment !== null
        ? [{ environment, endedAt: at, report: payload['report'] as Report }]
        : [],
    ),
    rollbacks: await rollbacksAfter(store, upgrade),
  };
}

async function recordedMessages(store: Store, upgrade: string): Promise<readonly PastMessage[]> {
  const rows = await store
    .selectFrom('messages')
    .select(['at', 'environment', 'name', 'payload', 'refusal'])
    .where('upgrade', '=', upgrade)
    .orderBy('id')
    .execute();
  return rows.map(({ environment, payload, ...row }) => ({
    ...row,
    environment: environment || null,
    payload: (JSON.parse(payload) ?? {}) as PastMessage['payload'],
  }));
}

async function openedGates(store: Store, upgrade: string): Promise<readonly PastGate[]> {
  const rows = await store
    .selectFrom('opened_gates')
    .select(['gate', 'environment', 'approvers', 'accepted', 'at'])
    .where('upgrade', '=', upgrade)
    .orderBy('at')
    .execute();
  return rows.map(({ gate, environment, approvers, accepted, at }) => ({
    gate,
    environment: environment || null,
    approvers: JSON.parse(approvers) as string[],
    accepted: JSON.parse(accepted) as string[],
    openedAt: at,
  }));
}

/** A rollback is of an environment: it takes back the last upgrade that changed it. */
async function rollbacksAfter(
  store: Store,
  { infrastructure, environment, startedAt, upgrade }: PastUpgrade,
): Promise<readonly PastRollback[]> {
  const rows = await store
    .selectFrom('messages')
    .select(['environment', 'payload', 'at'])
    .where('upgrade', '=', infrastructure)
    .where('name', '=', takenBack)
    .where('refusal', 'is', null)
    .where('at', '>=', startedAt)
    .orderBy('id')
    .execute();
  const all = rows.map(({ payload, ...row }) => ({ ...row, report: JSON.parse(payload) as PastRollback['report'] }));
  return all.filter((one) => {
    const of = (one.report['restored'] as { readonly snapshot?: unknown } | undefined)?.snapshot;
    return of === upgrade && (environment === null || environment === one.environment);
  });
}

function numberOf({ upgrade }: PastUpgrade): number {
  return Number(upgrade.slice(upgrade.lastIndexOf('#') + 1));
}
