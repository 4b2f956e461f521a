/** Every module as Deploy All finds it (DEP-02, DEP-06): its newest compilation in the environment's release, and what runs. */
import { type DeployableModule, type UpgradeState, upgradeState } from '../../../domain/modules/deployment.js';
import { firstProblem, parseDiagnostics } from '../../../domain/modules/diagnostics.js';
import type { SkipCause } from '../../../domain/modules/module.js';
import type { EmbeddedContext } from '../context.js';
import type { PlatformDatabase } from '../database.js';
import { type PlannedInstance, plannedInstances } from '../instances.js';
import { readModules } from '../moduleGraph.js';
import type { ModuleRow } from '../schema.js';

export async function deployableModules(
  context: EmbeddedContext,
  environment: string,
): Promise<readonly DeployableModule[]> {
  const { database } = context;
  const release = await releaseOf(database, environment);
  const factory = await readModules(database, environment);
  const planned = await plannedInstances(context, factory);
  const deployed = await database
    .selectFrom('deployed_modules')
    .select(['module', 'instance'])
    .where('environment', '=', environment)
    .execute();
  const running = new Map(deployed.map(({ module, instance }) => [module, instance]));
  return [...factory.modules.values()].map((row) => ({
    name: row.name,
    state: row.state,
    cause: causeOf(row),
    instance: instanceIn(release, planned.get(row.name)),
    deployedInstance: running.get(row.name),
  }));
}

/** Whether every module that was ever published runs its newest compilation now, and which do not. */
export async function environmentState(context: EmbeddedContext, environment: string): Promise<UpgradeState> {
  return upgradeState(await deployableModules(context, environment));
}

export async function releaseOf(database: PlatformDatabase, environment: string): Promise<string> {
  const { server_release: release } = await database
    .selectFrom('environments')
    .select('server_release')
    .where('name', '=', environment)
    .executeTakeFirstOrThrow();
  return release;
}

/** A compilation for another release is none that can be deployed. */
export function instanceIn(release: string, planned: PlannedInstance | undefined): string | undefined {
  return planned?.release === release ? planned.id : undefined;
}

function causeOf({ state, diagnostics, cause }: ModuleRow): string | undefined {
  if (state === 'failed') return firstProblem(parseDiagnostics(diagnostics));
  return cause === null ? undefined : (JSON.parse(cause) as SkipCause).module;
}
