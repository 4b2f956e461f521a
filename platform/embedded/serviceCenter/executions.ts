/** The Upgrades report: every preparation and deployment, and one of them in detail (PREP-09, PREP-13, DEP-04). */
import type { Diagnostic, ModuleName, SkipCause } from '../../../domain/module.js';
import { advice, producersFirst } from '../../../domain/preparation.js';
import type { EmbeddedContext } from '../context.js';
import type { PlatformDatabase } from '../database.js';
import { readDeploymentReport } from '../deployment/report.js';
import { readModules } from '../moduleGraph.js';
import { readReport } from '../preparation/report.js';
import type {
  DeploymentDetail,
  Execution,
  PreparationDetail,
  PreparationGroup,
  UnfinishedModule,
} from './operations.js';

export async function executions(database: PlatformDatabase, environment: string): Promise<readonly Execution[]> {
  const rows = [...(await preparations(database, environment)), ...(await deployments(database, environment))];
  return rows.sort((a, b) => (a.started === b.started ? b.id - a.id : a.started < b.started ? 1 : -1));
}

export async function preparationDetail(
  database: PlatformDatabase,
  environment: string,
  id: number,
): Promise<PreparationDetail | undefined> {
  if (!(await exists(database, 'preparations', environment, id))) return undefined;
  const report = await readReport(database, id);
  const { graph, modules } = await readModules(database, environment);
  const current = await isLatest(database, environment, id);
  const names = current ? [...modules.values()].filter(({ state }) => state === 'failed' || state === 'skipped') : [];
  const ordered = producersFirst(
    graph,
    names.map(({ name }) => name),
  );
  const unfinished = ordered.flatMap((name): UnfinishedModule[] => {
    const row = modules.get(name);
    if (!row) return [];
    return [
      {
        name,
        state: row.state === 'failed' ? 'failed' : 'skipped',
        diagnostics: row.diagnostics ? (JSON.parse(row.diagnostics) as Diagnostic[]) : [],
        cause: row.cause ? (JSON.parse(row.cause) as SkipCause) : null,
      },
    ];
  });
  return {
    ...report,
    preparationGroups: await groupsOf(database, id),
    unfinished,
    advice: report.status === 'running' || ordered.length === 0 ? [] : advice(graph, ordered),
  };
}

export async function deploymentDetail(
  context: EmbeddedContext,
  environment: string,
  id: number,
): Promise<DeploymentDetail | undefined> {
  if (!(await exists(context.database, 'deployments', environment, id))) return undefined;
  const items = await context.database
    .selectFrom('deployment_items')
    .select(['module', 'state', 'reason', 'started_at as started', 'ended_at as ended'])
    .where('deployment', '=', id)
    .orderBy('module')
    .execute();
  return { ...(await readDeploymentReport(context, id)), items };
}

async function preparations(database: PlatformDatabase, environment: string): Promise<readonly Execution[]> {
  const rows = await database.selectFrom('preparations').select('id').where('environment', '=', environment).execute();
  const reports = await Promise.all(rows.map(({ id }) => readReport(database, id)));
  return reports.map(
    ({ preparation, release, status, requestedBy, startedAt, endedAt, prepared, failed, skipped, left }) => ({
      step: 'Preparation',
      id: preparation,
      release,
      status,
      requestedBy,
      started: startedAt,
      ended: endedAt,
      counts: { done: prepared, failed, skipped, left },
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
    return {
      step: 'Deployment',
      id,
      release,
      status,
      requestedBy: requested_by,
      started: started_at,
      ended: ended_at,
      counts: {
        done: count('deployed'),
        failed: count('failed'),
        skipped: count('skipped'),
        left: count('pending') + count('deploying'),
      },
    };
  });
}

async function groupsOf(database: PlatformDatabase, preparation: number): Promise<readonly PreparationGroup[]> {
  const groups = await database
    .selectFrom('preparation_groups')
    .selectAll()
    .where('preparation', '=', preparation)
    .orderBy('number', 'desc')
    .execute();
  const attempts = await database
    .selectFrom('attempts')
    .select(['module', 'group_number', 'outcome'])
    .where('preparation', '=', preparation)
    .execute();
  const outcomes = new Map(attempts.map(({ module, group_number, outcome }) => [`${group_number} ${module}`, outcome]));
  return groups
    .map(({ number, status, started_at, ended_at, modules }) => ({
      number,
      status,
      started: started_at,
      ended: ended_at,
      modules: (JSON.parse(modules) as ModuleName[]).map((name) => ({
        name,
        outcome: outcomes.get(`${number} ${name}`) ?? 'running',
      })),
    }))
    .sort((a, b) => Number(b.status === 'running') - Number(a.status === 'running'));
}

async function isLatest(database: PlatformDatabase, environment: string, id: number): Promise<boolean> {
  const newer = await database
    .selectFrom('preparations')
    .select('id')
    .where('environment', '=', environment)
    .where('id', '>', id)
    .executeTakeFirst();
  return newer === undefined;
}

async function exists(
  database: PlatformDatabase,
  table: 'preparations' | 'deployments',
  environment: string,
  id: number,
): Promise<boolean> {
  const row = await database
    .selectFrom(table)
    .select('id')
    .where('id', '=', id)
    .where('environment', '=', environment)
    .executeTakeFirst();
  return row !== undefined;
}
