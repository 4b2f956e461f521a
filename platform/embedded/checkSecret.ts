/** How checks get in behind the closed door: a secret of the environment, known to its database, its balancer and its checks only. */
import { randomBytes } from 'node:crypto';
import type { PlatformDatabase } from './database.js';

/** The header that carries it. The balancer takes it off: no front end ever sees it. */
export const checkHeader = 'x-uplift-check';

/** Made when it is first asked for; the same ever after. */
export async function checkSecret(database: PlatformDatabase, environment: string): Promise<string> {
  const known = await readSecret(database, environment);
  if (known !== undefined) return known;
  await database
    .insertInto('check_secrets')
    .values({ environment, secret: randomBytes(32).toString('base64url') })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return checkSecret(database, environment);
}

async function readSecret(database: PlatformDatabase, environment: string): Promise<string | undefined> {
  const row = await database
    .selectFrom('check_secrets')
    .select('secret')
    .where('environment', '=', environment)
    .executeTakeFirst();
  return row?.secret;
}
