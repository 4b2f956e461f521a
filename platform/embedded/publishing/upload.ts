/** Uploading a module's source: a new version of some of its files, and the references its package.json declares. */
import { UpliftError } from '../../../domain/errors.js';
import type { ModuleName } from '../../../domain/module.js';
import type { PublishRequest } from '../../port.js';
import { packSource, unpackSource } from '../compile/sources.js';
import type { PlatformTransaction } from '../database.js';
import { parsePackage } from '../factory/package.js';

/** Files not given stay as they were in the newest uploaded source. Without files nothing is uploaded. */
export async function uploadSource(
  transaction: PlatformTransaction,
  { environment, module, files }: PublishRequest,
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
    .set({ uploaded_source: merged.digest, cost: merged.bytes })
    .where('environment', '=', environment)
    .where('name', '=', module)
    .execute();
  if (manifest !== undefined) await replaceReferences(transaction, environment, module, manifest);
}

async function replaceReferences(
  transaction: PlatformTransaction,
  environment: string,
  module: ModuleName,
  manifest: string,
): Promise<void> {
  const { producers, version } = parsePackage(manifest, module);
  await transaction
    .updateTable('modules')
    .set({ version })
    .where('environment', '=', environment)
    .where('name', '=', module)
    .execute();
  await transaction
    .deleteFrom('module_references')
    .where('environment', '=', environment)
    .where('consumer', '=', module)
    .execute();
  if (producers.length === 0) return;
  await transaction
    .insertInto('module_references')
    .values(producers.map((producer) => ({ environment, consumer: module, producer })))
    .execute();
}
