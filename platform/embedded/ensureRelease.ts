/** The folder of a release: compared with what was imported before anything of it is used, and made again from the factory. */
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { replaceFile } from '../../database/disk.js';
import { writing } from '../../database/fullDisk.js';
import { UpliftError } from '../../domain/errors.js';
import { digestOf } from './compile/digest.js';
import { type FileDigests, fileDigests } from './compile/fileDigests.js';
import type { EmbeddedContext } from './context.js';
import { layout } from './layout.js';

/** Over every file of the folder. */
export async function releaseDigest(folder: string): Promise<string> {
  return digestOf(await fileDigests(folder));
}

/** Throws `RELEASE_CORRUPTED` when it is not what was imported, and its factory is no longer what it was imported from. */
export async function ensureRelease(
  { database, dataFolder }: Pick<EmbeddedContext, 'database' | 'dataFolder'>,
  version: string,
): Promise<void> {
  const row = await database
    .selectFrom('releases')
    .select('folder_digest')
    .where('version', '=', version)
    .executeTakeFirst();
  if (!row?.folder_digest) return; // a release that an older program has imported
  const folder = layout.release(dataFolder, version);
  const found = await fileDigests(folder).catch(() => []);
  if (digestOf(found) === row.folder_digest) return;
  const factories = await database.selectFrom('infrastructures').select('folder').execute();
  for (const { folder: factory } of factories) {
    const source = path.join(factory, 'releases', version);
    const imported = await fileDigests(source).catch(() => []);
    if (digestOf(imported) === row.folder_digest)
      return writing(`Release ${version}`, folder, () => mend(folder, found, source, imported));
  }
  throw new UpliftError('RELEASE_CORRUPTED', {
    what: `${folder} is not what was imported, and no longer to be had from ${factories.map((factory) => factory.folder).join(', ')}`,
    next: 'bring either folder back from a copy, then try again',
  });
}

async function mend(folder: string, found: FileDigests, source: string, imported: FileDigests): Promise<void> {
  const present = new Map(found);
  for (const [file, digest] of imported) {
    if (present.get(file) !== digest)
      await replaceFile(path.join(folder, file), await readFile(path.join(source, file)));
    present.delete(file);
  }
  for (const file of present.keys()) await rm(path.join(folder, file), { force: true });
}
