/** The rows of the Upgrades report: every preparation and deployment (PREP-09, DEP-04). */
import { deployedPercent } from '../../../domain/modules/deployment.js';
import type { PlatformDatabase } from '../database.js';
import { readReport } from '../preparation/report.js';
import type { Execution } from './operations.js';

/** The newest first. */
export async function executions(database: PlatformDatabase, environment: string): Promise<readonly Execution[]> {
  const rows = [...(await preparations(database, environment)), ...(await deployments(database, environment))];
  return rows.sort((a, b) => (a.started === b.started ? b.id - a.id : a.started < b.started ? 1 : -1));
}

async function preparations(database: PlatformDatabase, environment: string): Promise<readonly Execution[]> {
  const rows = await database.selectFrom('preparations').select('id').where('environment', '=', environment).execute();
  const reports = await Promise.all(rows.map(({ id }) => readReport(database, id)));
  return reports.map(
    ({
      preparation,
      release,
      status,
      requestedBy,
      startedAt,
      endedAt,
      preparedInIt,
      failed,
      skipped,
      left,
      percent,
    }) => ({
      step: 'Preparation',
      id: preparation,
      release,
      status,
      requestedBy,
      started: startedAt,
      ended: endedAt,
      percent,
      counts: { done: preparedInIt, failed, skipped, left },
    }),
  );
}

/** Not from their reports: each of those looks at the whole factory. */
async function deployments(database: PlatformDatabase, environment: string): Promise<readonly Execution[]> {
  const rows = await database.selectFrom('deployments').selectAll().where('environment', '=', environment).execute();
  const items = await database
    .selectFrom('deployment_items')
    .innerJoin('deployments', 'deployments.id', 'deployment_items.deployment')
    .select((eb) => ['deployment', 'state', eb.fn.countAll<number>().as('count')])
    .where('environment', '=', environment)
    .groupBy(['deployment', 'state'])
    .execute();
  return rows.map(({ id, release, status, requested_by, started_at, ended_at }) => {
    const count = (state: string) => items.find((item) => item.deployment === id && item.state === state)?.count ?? 0;
    const counts = {
      done: count('deployed'),
      failed: count('failed'),
      skipped: count('skipped'),
      left: count('pending') + count('deploying'),
    };
    return {
      step: 'Deployment',
      id,
      release,
      status,
      requestedBy: requested_by,
      started: started_at,
      ended: ended_at,
      percent: deployedPercent({ deployed: counts.done, failed: counts.failed, left: counts.left }),
      counts,
    };
  });
}
