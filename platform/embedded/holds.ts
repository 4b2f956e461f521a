/** Who holds an environment, for those that give way to an upgrade or a rollback: what nobody attends to. */
import { UpliftError } from '../../domain/errors.js';
import type { PlatformTransaction } from './database.js';

/** `the upgrade upgrade/acme/environments/Testing to 11.41.0 has held Testing since …`; undefined: nobody does. */
export async function whoHolds(transaction: PlatformTransaction, environment: string): Promise<string | undefined> {
  const hold = await transaction
    .selectFrom('holds')
    .selectAll()
    .where('environment', '=', environment)
    .executeTakeFirst();
  if (!hold) return undefined;
  const { operation, workflow, release, since } = hold;
  return `the ${operation} ${workflow} to ${release} has held ${environment} since ${since}`;
}

/** Throws `ENVIRONMENT_HELD`, in the transaction in which something unattended would begin. */
export async function assertHeldByNobody(transaction: PlatformTransaction, environment: string): Promise<void> {
  const what = await whoHolds(transaction, environment);
  if (what === undefined) return;
  throw new UpliftError('ENVIRONMENT_HELD', { what, next: `uplift status ${environment}` });
}
