/** What the front ends of an environment are told to run, and taking back what nobody has brought to its end. */
import type { ModuleName } from '../../domain/modules/module.js';
import type { PlatformTransaction } from './database.js';
import { assertLocked, releaseLocks, takeLocks } from './locks.js';

export interface WantedModule {
  readonly environment: string;
  readonly module: ModuleName;
  readonly instance: string;
  readonly token: number;
}

export async function wantModule(transaction: PlatformTransaction, row: WantedModule): Promise<void> {
  await transaction
    .insertInto('wanted_modules')
    .values(row)
    .onConflict((conflict) => conflict.columns(['environment', 'module']).doUpdateSet(row))
    .execute();
}

/** What is wanted of `modules` beyond what is deployed is no longer: a rollout of it failed, or was never brought to its end. */
export async function wantAsDeployed(
  transaction: PlatformTransaction,
  { environment, token }: { environment: string; token: number },
  modules: readonly ModuleName[],
): Promise<void> {
  const unrecorded = await transaction
    .selectFrom('wanted_modules as wanted')
    .leftJoin('deployed_modules as deployed', (join) =>
      join.onRef('deployed.environment', '=', 'wanted.environment').onRef('deployed.module', '=', 'wanted.module'),
    )
    .select(['wanted.module', 'deployed.instance'])
    .where('wanted.environment', '=', environment)
    .where('wanted.module', 'in', modules)
    .where('deployed.instance', 'is not', (eb) => eb.ref('wanted.instance'))
    .execute();
  if (unrecorded.length === 0) return;
  await assertLocked(transaction, token); // the fence guards no deletion
  for (const { module, instance } of unrecorded) {
    const ofModule = { environment, module };
    if (instance !== null) await wantModule(transaction, { ...ofModule, instance, token });
    else
      await transaction
        .deleteFrom('wanted_modules')
        .where('environment', '=', environment)
        .where('module', '=', module)
        .execute();
  }
}

/**
 * Ends whatever locks `modules`, before its time: its holder is refused from now on, and what it was rolling out without having
 * recorded it is wanted no longer.
 */
export async function breakOff(
  transaction: PlatformTransaction,
  environment: string,
  modules: readonly ModuleName[],
): Promise<void> {
  if (modules.length === 0) return;
  await transaction.deleteFrom('locks').where('environment', '=', environment).where('module', 'in', modules).execute();
  const token = await takeLocks(transaction, {
    environment,
    modules,
    operation: 'Modules deployment',
    holder: 'Deployment Service',
    claimedBy: 'break off',
    lease: 60_000,
  });
  await wantAsDeployed(transaction, { environment, token }, modules);
  await releaseLocks(transaction, token);
}
