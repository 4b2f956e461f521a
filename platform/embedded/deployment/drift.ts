/** What changed in an environment since its newest deployment ended: told, never refused (DEP-06). */
import { type Drift, drift } from '../../../domain/modules/deployment.js';
import type { ModuleName } from '../../../domain/modules/module.js';
import type { PlatformDatabase, PlatformTransaction } from '../database.js';
import { executionOf } from './claim.js';

/** Remembers the instance that each module of the deployment runs as it ends. */
export async function keepWhatRuns(transaction: PlatformTransaction, deployment: number): Promise<void> {
  const { environment } = await executionOf(transaction, deployment);
  await transaction
    .updateTable('deployment_items')
    .set((eb) => ({
      instance: eb
        .selectFrom('deployed_modules')
        .select('deployed_modules.instance')
        .where('environment', '=', environment)
        .whereRef('deployed_modules.module', '=', 'deployment_items.module'),
    }))
    .where('deployment', '=', deployment)
    .execute();
}

/** Nothing for a deployment that still runs, and for one that another has followed: what that one did is no drift. */
export async function driftSince(database: PlatformDatabase, deployment: number): Promise<readonly Drift[]> {
  const { environment, status } = await executionOf(database, deployment);
  if (status === 'running' || (await hasSuccessor(database, environment, deployment))) return [];
  const then = await database
    .selectFrom('deployment_items')
    .select(['module', 'instance'])
    .where('deployment', '=', deployment)
    .execute();
  if (then.every(({ instance }) => instance === null)) return [];
  const now = await database
    .selectFrom('deployed_modules')
    .select(['module', 'instance'])
    .where('environment', '=', environment)
    .execute();
  return drift(instancesOf(then), instancesOf(now));
}

async function hasSuccessor(database: PlatformDatabase, environment: string, deployment: number): Promise<boolean> {
  const later = await database
    .selectFrom('deployments')
    .select('id')
    .where('environment', '=', environment)
    .where('id', '>', deployment)
    .executeTakeFirst();
  return later !== undefined;
}

function instancesOf(
  rows: readonly { readonly module: ModuleName; readonly instance: string | null }[],
): ReadonlyMap<ModuleName, string> {
  return new Map(rows.flatMap(({ module, instance }) => (instance === null ? [] : [[module, instance] as const])));
}
