/** One preparation or deployment in detail (PREP-11, PREP-13, DEP-04). `undefined`: the environment has none of that number. */
import type { ModuleName } from '../../../domain/modules/module.js';
import { advice } from '../../../domain/modules/preparation.js';
import type { EmbeddedContext } from '../context.js';
import type { PlatformDatabase } from '../database.js';
import { readDeploymentReport } from '../deployment/report.js';
import { readModules } from '../moduleGraph.js';
import { readReport } from '../preparation/report.js';
import { type UnfinishedModule, unfinishedModules } from '../preparation/unfinished.js';
import type { DeploymentDetail, PreparationDetail, PreparationGroup } from './operations.js';

export async function preparationDetail(
  database: PlatformDatabase,
  environment: string,
  id: number,
): Promise<PreparationDetail | undefined> {
  if (!(await exists(database, 'preparations', environment, id))) return undefined;
  const report = await readReport(database, id);
  const latest = await isLatest(database, environment, id);
  const unfinished = await unfinishedIn(database, environment, { id, latest });
  const names = unfinished.map(({ name }) => name);
  const toAdvise = latest && report.status !== 'running' && names.length > 0;
  return {
    ...report,
    preparationGroups: await groupsOf(database, id),
    unfinished,
    latest,
    advice: toAdvise ? advice((await readModules(database, environment)).graph, names) : [],
  };
}

/** As it left them; while it runs, and of one that an older program has ended, as they are now if none has followed. */
async function unfinishedIn(
  database: PlatformDatabase,
  environment: string,
  { id, latest }: { readonly id: number; readonly latest: boolean },
): Promise<readonly UnfinishedModule[]> {
  const { unfinished } = await database
    .selectFrom('preparations')
    .select('unfinished')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  if (unfinished !== null) return JSON.parse(unfinished) as readonly UnfinishedModule[];
  return latest ? unfinishedModules(database, environment) : [];
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
