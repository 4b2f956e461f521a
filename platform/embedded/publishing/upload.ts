/** Uploading a module's source: checked whole, then a new version of all of it. Nothing that is compiled changes before it is published. */
import { UpliftError } from '../../../domain/errors.js';
import type { ModuleName } from '../../../domain/modules/module.js';
import type { PublishRequest } from '../../../port/publishing.js';
import { throwRefused } from '../../../store/complaint.js';
import { packSource } from '../compile/sources.js';
import type { PlatformTransaction } from '../database.js';
import { sourceComplaints } from '../factory/sources.js';
import { readManifest } from './manifest.js';

/**
 * The sources given replace all that there were; without a package.json that stays as it was. Without files nothing is uploaded. Throws
 * `MODULE_UNKNOWN`, and `FACTORY_INVALID` with all that is wrong with what is uploaded, of which nothing is kept then.
 */
export async function uploadSource(
  transaction: PlatformTransaction,
  { environment, module, files }: Pick<PublishRequest, 'environment' | 'module' | 'files'>,
): Promise<void> {
  const modules = await transaction
    .selectFrom('modules')
    .select('name')
    .where('environment', '=', environment)
    .execute();
  const names = modules.map(({ name }) => name);
  if (!names.includes(module)) {
    throw new UpliftError('MODULE_UNKNOWN', {
      what: `${environment} has no module ${module}`,
      next: `uplift modules ${environment}`,
    });
  }
  if (!files) return;
  const { uploaded, manifest } = checkedUpload(files, module, names);
  await transaction
    .insertInto('sources')
    .values({ digest: uploaded.digest, files: uploaded.blob })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await transaction
    .updateTable('modules')
    .set({
      uploaded_source: uploaded.digest,
      cost: uploaded.bytes,
      ...(manifest ? { uploaded_manifest: JSON.stringify(manifest) } : {}),
    })
    .where('environment', '=', environment)
    .where('name', '=', module)
    .execute();
}

function checkedUpload(files: NonNullable<PublishRequest['files']>, module: ModuleName, names: readonly ModuleName[]) {
  const { 'package.json': text, ...sources } = files;
  const { manifest, complaints } = readManifest(text, module, names);
  throwRefused([...complaints, ...sourceComplaints(sources, module)], 'correct it and upload again; nothing was kept');
  return { uploaded: packSource(sources), manifest };
}
