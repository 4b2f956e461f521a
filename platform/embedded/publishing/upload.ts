/** Uploading a module's source: a new version of some of its files. Nothing that is compiled changes before it is published. */
import { UpliftError } from '../../../domain/errors.js';
import type { PublishRequest } from '../../port.js';
import { packSource, unpackSource } from '../compile/sources.js';
import type { PlatformTransaction } from '../database.js';
import { readManifest } from './manifest.js';

/**
 * Files not given stay as they were in the newest uploaded source. Without files nothing is uploaded. Throws `MODULE_UNKNOWN`, and
 * `FACTORY_INVALID` for a package.json or a path that cannot be one of the module.
 */
export async function uploadSource(
  transaction: PlatformTransaction,
  { environment, module, files }: Pick<PublishRequest, 'environment' | 'module' | 'files'>,
): Promise<void> {
  const row = await transaction
    .selectFrom('modules')
    .innerJoin('sources', 'sources.digest', 'modules.uploaded_source')
    .select(['sources.files'])
    .where('environment', '=', environment)
    .where('name', '=', module)
    .executeTakeFirst();
  if (!row) {
    throw new UpliftError('MODULE_UNKNOWN', {
      what: `${environment} has no module ${module}`,
      next: `uplift modules ${environment}`,
    });
  }
  if (!files) return;
  const { 'package.json': manifest, ...sources } = files;
  const merged = packSource({ ...unpackSource(row.files), ...sources });
  await transaction
    .insertInto('sources')
    .values({ digest: merged.digest, files: merged.blob })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await transaction
    .updateTable('modules')
    .set({
      uploaded_source: merged.digest,
      cost: merged.bytes,
      ...(manifest === undefined ? {} : { uploaded_manifest: JSON.stringify(readManifest(manifest, module)) }),
    })
    .where('environment', '=', environment)
    .where('name', '=', module)
    .execute();
}
