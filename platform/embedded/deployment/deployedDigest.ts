/** What an environment runs, as one digest: what people have tested and approved is what is let in. */
import { createHash } from 'node:crypto';
import type { PlatformDatabase } from '../database.js';

/** SHA-256 over releases, the wanted and deployed instance of every module, and configurations. */
export async function deployedDigest(database: PlatformDatabase, environment: string): Promise<string> {
  const releases = await database
    .selectFrom('environments')
    .select(['server_release', 'service_center_release', 'system_components_release'])
    .where('name', '=', environment)
    .executeTakeFirstOrThrow();
  const frontEnds = await database
    .selectFrom('front_ends')
    .select(['name', 'wanted_release'])
    .where('environment', '=', environment)
    .orderBy('name')
    .execute();
  const [wanted, deployed] = await Promise.all(
    (['wanted_modules', 'deployed_modules'] as const).map((table) =>
      database
        .selectFrom(table)
        .select(['module', 'instance'])
        .where('environment', '=', environment)
        .orderBy('module')
        .execute(),
    ),
  );
  const configurations = await database
    .selectFrom('configurations')
    .select(['module', 'settings'])
    .where('environment', '=', environment)
    .orderBy('module')
    .execute();
  const text = JSON.stringify({ releases, frontEnds, wanted, deployed, configurations });
  return createHash('sha256').update(text).digest('hex');
}
