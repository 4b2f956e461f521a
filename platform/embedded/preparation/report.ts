/** How a preparation stands, from the database alone (PREP-09). */
import { sql } from 'kysely';
import { reported } from '../../../contract/reported.js';
import { firstProblem, parseDiagnostics } from '../../../domain/modules/diagnostics.js';
import type { MeanTimes } from '../../../domain/modules/meanTimes.js';
import { percentDone, timeLeft } from '../../../domain/modules/preparation.js';
import type { PreparationReport } from '../../../port/preparation.js';
import type { PlatformDatabase } from '../database.js';

/** What `preparations.counts` holds: `total` from the start, how many modules there were to do; the others once it has ended. */
export interface PreparationCounts {
  readonly total: number;
  readonly prepared?: number;
  readonly preparedInIt?: number;
  readonly failed?: number;
  readonly skipped?: number;
  readonly notApplicable?: number;
  readonly left?: number;
  readonly meanTimes?: MeanTimes;
  readonly failures?: PreparationReport['failures'];
}

export function parseCounts(text: string | null): PreparationCounts {
  return text === null ? { total: 0 } : (JSON.parse(text) as PreparationCounts);
}

/** Failed modules that a report names; one that was stored when there was no limit is cut when it is read. */
const namedFailures = 10;

export async function readReport(database: PlatformDatabase, preparation: number): Promise<PreparationReport> {
  const execution = await database
    .selectFrom('preparations')
    .selectAll()
    .where('id', '=', preparation)
    .executeTakeFirstOrThrow();
  const { environment, status } = execution;
  const groups = await database
    .selectFrom('preparation_groups')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('preparation', '=', preparation)
    .executeTakeFirstOrThrow();
  const saved = parseCounts(execution.counts);
  const counts = status === 'running' ? await countNow(database, environment, preparation) : saved;
  const { prepared = 0, failed = 0, skipped = 0, notApplicable = 0, left = 0, failures = [] } = counts;
  return reported({
    preparation,
    environment,
    release: execution.release,
    scope: execution.scope,
    status,
    requestedBy: execution.requested_by,
    startedAt: execution.started_at,
    endedAt: execution.ended_at,
    groups: groups.count,
    prepared,
    // One that an older program has ended: of its modules those that are not anything else.
    preparedInIt: counts.preparedInIt ?? preparedOf(saved),
    failed,
    skipped,
    notApplicable,
    left,
    percent: percentDone({ prepared: preparedOf({ ...counts, total: saved.total }), failed, skipped, left }),
    timeLeft: status === 'running' ? await estimate(database, environment, preparation) : 0,
    meanTimes: saved.meanTimes ?? null,
    failures: failures.slice(0, namedFailures),
  });
}

function preparedOf({ total, failed = 0, skipped = 0, left = 0 }: PreparationCounts): number {
  return Math.max(0, total - left - failed - skipped);
}

/** At the pace of the groups that are done, by bytes of source; null before the first is. */
async function estimate(database: PlatformDatabase, environment: string, preparation: number): Promise<number | null> {
  const { done, elapsed } = await database
    .selectFrom('attempts')
    .innerJoin('modules', (join) =>
      join.onRef('modules.environment', '=', 'attempts.environment').onRef('modules.name', '=', 'attempts.module'),
    )
    .select([
      sql<number>`coalesce(sum(modules.cost), 0)`.as('done'),
      sql<number>`(julianday('now') - julianday(min(attempts.started_at))) * 86400000`.as('elapsed'),
    ])
    .where('preparation', '=', preparation)
    .where('outcome', 'in', ['prepared', 'failed', 'reused'])
    .executeTakeFirstOrThrow();
  const { left } = await database
    .selectFrom('modules')
    .select(sql<number>`coalesce(sum(cost), 0)`.as('left'))
    .where('environment', '=', environment)
    .where('state', 'in', ['pending', 'preparing'])
    .executeTakeFirstOrThrow();
  return timeLeft(elapsed ?? 0, done, left) ?? null;
}

/** Modules whose newest attempt in it went well. */
async function preparedBy(database: PlatformDatabase, preparation: number): Promise<number> {
  const { count } = await database
    .selectFrom('attempts')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('outcome', 'in', ['prepared', 'reused'])
    .where('id', 'in', (eb) =>
      eb
        .selectFrom('attempts')
        .select((newest) => newest.fn.max('id').as('id'))
        .where('preparation', '=', preparation)
        .groupBy('module'),
    )
    .executeTakeFirstOrThrow();
  return count;
}

async function readFailures(database: PlatformDatabase, environment: string): Promise<PreparationReport['failures']> {
  const rows = await database
    .selectFrom('modules')
    .select(['name', 'diagnostics'])
    .where('environment', '=', environment)
    .where('state', '=', 'failed')
    .orderBy('name')
    .limit(namedFailures)
    .execute();
  return rows.map(({ name, diagnostics }) => ({
    module: name,
    problem: firstProblem(parseDiagnostics(diagnostics)),
  }));
}

/** When it was opened every module that had failed or was skipped became pending: those that are so now, are so by this execution. */
async function countNow(
  database: PlatformDatabase,
  environment: string,
  preparation: number,
): Promise<Omit<PreparationCounts, 'total'>> {
  const rows = await database
    .selectFrom('modules')
    .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
    .where('environment', '=', environment)
    .groupBy('state')
    .execute();
  const count = (state: string) => rows.find((row) => row.state === state)?.count ?? 0;
  const failed = count('failed');
  return {
    prepared: count('prepared'),
    preparedInIt: await preparedBy(database, preparation),
    failed,
    skipped: count('skipped'),
    notApplicable: count('not applicable'),
    left: count('pending') + count('preparing'),
    failures: failed === 0 ? [] : await readFailures(database, environment),
  };
}
