/** What a deployment did and whether the environment is fully upgraded (DEP-04, DEP-06). */
import type { DeploymentReport } from '../../port.js';
import type { EmbeddedContext } from '../context.js';
import { plannedInstances } from '../instances.js';
import { readModules } from '../moduleGraph.js';
import { itemCounts } from './items.js';

const shownNames = 10;

export async function readDeploymentReport(context: EmbeddedContext, deployment: number): Promise<DeploymentReport> {
  const { database } = context;
  const execution = await database
    .selectFrom('deployments')
    .selectAll()
    .where('id', '=', deployment)
    .executeTakeFirstOrThrow();
  const counts = await itemCounts(database, deployment);
  const notDeployed = await database
    .selectFrom('deployment_items')
    .select(['module', 'reason'])
    .where('deployment', '=', deployment)
    .where('state', 'in', ['failed', 'skipped'])
    .where('reason', 'not like', 'already deployed%')
    .orderBy('state')
    .orderBy('module')
    .limit(shownNames)
    .execute();
  return {
    deployment,
    environment: execution.environment,
    release: execution.release,
    status: execution.status,
    requestedBy: execution.requested_by,
    startedAt: execution.started_at,
    endedAt: execution.ended_at,
    deployed: counts.deployed,
    failed: counts.failed,
    skipped: counts.skipped,
    left: counts.pending + counts.deploying,
    fullyUpgraded: (await notUpToDate(context, execution.environment)).length === 0,
    notDeployed: notDeployed.map(({ module, reason }) => ({ module, reason: reason ?? '' })),
  };
}

/** Published modules that do not run their newest compilation in the environment's release. */
async function notUpToDate(context: EmbeddedContext, environment: string): Promise<readonly string[]> {
  const { database } = context;
  const { server_release } = await database
    .selectFrom('environments')
    .select('server_release')
    .where('name', '=', environment)
    .executeTakeFirstOrThrow();
  const factory = await readModules(database, environment);
  const planned = await plannedInstances(context, factory);
  const deployed = await database
    .selectFrom('deployed_modules')
    .select(['module', 'instance'])
    .where('environment', '=', environment)
    .execute();
  const running = new Map(deployed.map(({ module, instance }) => [module, instance]));
  return [...factory.modules.values()]
    .filter(({ state }) => state !== 'not applicable')
    .filter(({ name }) => planned.get(name)?.release !== server_release || planned.get(name)?.id !== running.get(name))
    .map(({ name }) => name);
}
