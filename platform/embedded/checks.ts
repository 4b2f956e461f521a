/** Whether an environment's applications work: its hot points through the balancer, also behind the closed door (TEST-01). */
import { UpliftError } from '../../domain/errors.js';
import type { HotPoint } from '../../port/checks.js';
import { hotPoints as hotPointsOf, type Site } from '../http/hotPoints.js';
import type { PlatformDatabase } from './database.js';
import { environmentSecrets } from './environmentSecrets.js';

/** As those of any site. Throws `ENVIRONMENT_UNKNOWN`, and what `signal` says when it is aborted. */
export async function hotPoints(
  database: PlatformDatabase,
  environment: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly HotPoint[]> {
  return hotPointsOf(await siteOf(database, environment), paths, signal);
}

async function siteOf(database: PlatformDatabase, environment: string): Promise<Site> {
  const row = await database
    .selectFrom('environments')
    .select('balancer_port')
    .where('name', '=', environment)
    .executeTakeFirst();
  if (!row) throw new UpliftError('ENVIRONMENT_UNKNOWN', { what: `There is no environment ${environment}` });
  const secrets = await environmentSecrets(database, environment);
  return { address: `http://127.0.0.1:${row.balancer_port}`, headers: secrets.headersOf('check') };
}
