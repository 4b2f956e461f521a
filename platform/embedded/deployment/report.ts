/** What a deployment did, and whether the environment is fully upgraded now (DEP-04, DEP-06). */
import { reported } from '../../../contract/reported.js';
import type { DeploymentReport } from '../../../port/deployment.js';
import type { EmbeddedContext } from '../context.js';
import type { PlatformDatabase } from '../database.js';
import { executionOf } from './claim.js';
import { environmentState } from './deployable.js';
import { driftSince } from './drift.js';
import { itemCounts } from './items.js';

const shownNames = 10;

export async function readDeploymentReport(context: EmbeddedContext, deployment: number): Promise<DeploymentReport> {
  const { database } = context;
  const execution = await executionOf(database, deployment);
  const { deployed, failed, skipped, pending, deploying } = await itemCounts(database, deployment);
  const state = await environmentState(context, execution.environment);
  const left = state.kind === 'fully upgraded' ? [] : state.left;
  const failures = await failureReasons(database, deployment);
  const named = left.map(({ module, reason }) => ({ module, reason: failures.get(module) ?? reason }));
  return reported({
    deployment,
    environment: execution.environment,
    release: execution.release,
    status: execution.status,
    requestedBy: execution.requested_by,
    startedAt: execution.started_at,
    endedAt: execution.ended_at,
    deployed,
    failed,
    skipped,
    left: pending + deploying,
    fullyUpgraded: state.kind === 'fully upgraded',
    notDeployed: named
      .sort((a, b) => Number(failures.has(b.module)) - Number(failures.has(a.module)))
      .slice(0, shownNames),
    drift: (await driftSince(database, deployment)).slice(0, shownNames),
  });
}

async function failureReasons(database: PlatformDatabase, deployment: number): Promise<ReadonlyMap<string, string>> {
  const rows = await database
    .selectFrom('deployment_items')
    .select(['module', 'reason'])
    .where('deployment', '=', deployment)
    .where('state', '=', 'failed')
    .execute();
  return new Map(rows.map(({ module, reason }) => [module, reason ?? '']));
}
