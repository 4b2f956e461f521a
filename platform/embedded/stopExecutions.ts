/**
 * Ending at once whatever prepares, deploys or publishes modules of an environment: what it would record is about to hold no longer.
 * Preparation and deployment stay in the history, with how far they came.
 */
import type { PlatformTransaction } from './database.js';
import { endDeployment } from './deployment/deployment.js';
import { endPreparation } from './preparation/preparation.js';
import { breakOff } from './wantedModules.js';

export async function stopExecutions(transaction: PlatformTransaction, environment: string): Promise<void> {
  const running = (table: 'preparations' | 'deployments') =>
    transaction
      .selectFrom(table)
      .select('id')
      .where('environment', '=', environment)
      .where('status', '=', 'running')
      .execute();
  for (const { id } of await running('preparations')) await endPreparation(transaction, id, 'stopped');
  for (const { id } of await running('deployments')) await endDeployment(transaction, id, true);
  const locked = await transaction
    .selectFrom('locks')
    .select('module')
    .where('environment', '=', environment)
    .execute();
  await breakOff(
    transaction,
    environment,
    locked.map(({ module }) => module),
  );
}
