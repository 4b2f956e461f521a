/** How a preparation stands, from the database alone (PREP-09). */
import { timeLeft } from '../../../domain/preparation.js';
import type { PreparationReport } from '../../port.js';
import type { PlatformDatabase } from '../database.js';

/** What `preparations.counts` holds: `total` from the start, the others once it has ended. */
export interface PreparationCounts {
  readonly total: number;
  readonly prepared?: number;
  readonly failed?: number;
  readonly skipped?: number;
  readonly notApplicable?: number;
  readonly left?: number;
}

export function parseCounts(text: string | null): PreparationCounts {
  return text === null ? { total: 0 } : (JSON.parse(text) as PreparationCounts);
}

export async function readReport(database: PlatformDatabase, preparation: number): Promise<PreparationReport> {
  const execution = await database
    .selectFrom('preparations')
    .selectAll()
    .where('id', '=', preparation)
    .executeTakeFirstOrThrow();
  const groups = await database
    .selectFrom('preparation_groups')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('preparation', '=', preparation)
    .executeTakeFirstOrThrow();
  const saved = parseCounts(execution.counts);
  const counts = execution.status === 'running' ? await countStates(database, execution.environment) : saved;
  const left = counts.left ?? 0;
  const total = Math.max(saved.total, left);
  return {
    preparation,
    environment: execution.environment,
    release: execution.release,
    status: execution.status,
    requestedBy: execution.requested_by,
    startedAt: execution.started_at,
    endedAt: execution.ended_at,
    groups: groups.count,
    prepared: counts.prepared ?? 0,
    failed: counts.failed ?? 0,
    skipped: counts.skipped ?? 0,
    notApplicable: counts.notApplicable ?? 0,
    left,
    percent: total === 0 ? 100 : Math.floor((100 * (total - left)) / total),
    timeLeft: execution.status === 'running' ? await timeLeftOf(database, execution.environment, execution.started_at) : 0,
  };
}

async function countStates(database: PlatformDatabase, environment: string): Promise<Omit<PreparationCounts, 'total'>> {
  const rows = await database
    .selectFrom('modules')
    .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
    .where('environment', '=', environment)
    .groupBy('state')
    .execute();
  const count = (state: string) => rows.find((row) => row.state === state)?.count ?? 0;
  return {
    prepared: count('prepared'),
    failed: count('failed'),
    skipped: count('skipped'),
    notApplicable: count('not applicable'),
    left: count('pending') + count('preparing'),
  };
}
