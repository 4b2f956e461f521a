/** One preparation or deployment in detail (PREP-11, PREP-13, DEP-04). `undefined`: the environment has none of that number. */
import { parseDiagnostics } from '../../../domain/diagnostics.js';
import type { ModuleName, SkipCause } from '../../../domain/module.js';
import { advice, producersFirst } from '../../../domain/preparation.js';
import type { EmbeddedContext } from '../context.js';
import type { PlatformDatabase } from '../database.js';
import { readDeploymentReport } from '../deployment/report.js';
import { readModules } from '../moduleGraph.js';
import { readReport } from '../preparation/report.js';
import type { ModuleRow } from '../schema.js';
import type { DeploymentDetail, PreparationDetail, PreparationGroup, UnfinishedModule } from './operations.js';

export async function preparationDetail(
  database: PlatformDatabase,
  environment: string,
  id: number,
): Promise<PreparationDetail | undefined> {
  if (!(await exists(database, 'preparations', environment, id))) return undefined;
  const report = await readReport(database, id);
  const { graph, modules } = await readModules(database, environment);
  const rows = (await isLatest(database, environment, id)) ? [...modules.values()].filter(isUnfinished) : [];
  const names = producersFirst(
    graph,
    rows.map(({ name }) => name),
  );
  return {
    ...report,
    preparationGroups: await groupsOf(database, id),
    unfinished: names.flatMap((name) => rows.filter((row) => row.name === name).map(unfinishedModule)),
    advice: report.status === 'running' || names.length === 0 ? [] : advice(graph, names),
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

type UnfinishedRow = ModuleRow & { readonly state: 'failed' | 'skipped' };

function isUnfinished(row: ModuleRow): row is UnfinishedRow {
  return row.state === 'failed' || row.state === 'skipped';
}

function unfinishedModule({ name, state, diagnostics, cause }: UnfinishedRow): UnfinishedModule {
  return {
    name,
    state,
    diagnostics: parseDiagnostics(diagnostics),
    cause: cause ? (JSON.parse(cause) as SkipCause) : null,
  };
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
