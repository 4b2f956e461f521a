/** That both sides do the same work: every module compiled to the same JavaScript and declarations, byte by byte. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { readArtifact } from '../../platform/embedded/compile/artifacts.js';
import type { PlatformDatabase } from '../../platform/embedded/database.js';
import type { Workspace } from './workspace.js';

/** Throws, naming the first file that differs. */
export async function assertSameOutput(
  database: PlatformDatabase,
  environment: string,
  { outputs }: Workspace,
): Promise<void> {
  const modules = await database
    .selectFrom('modules')
    .select('artifact')
    .distinct()
    .where('environment', '=', environment)
    .execute();
  let compared = 0;
  for (const { artifact } of modules) {
    const { files } = await readArtifact(database, artifact ?? '');
    for (const { path: file, text } of files) {
      const [name = '', below = ''] = file.split('/src/');
      const written = await readFile(path.join(outputs.get(name) ?? '', below), 'utf8').catch(() => undefined);
      if (written !== text) throw new Error(`${file} is not the same where tsc -b has written it`);
      compared += 1;
    }
  }
  // JavaScript and declarations of every module, at least.
  if (compared < 2 * outputs.size) throw new Error(`${compared} files compared, of ${outputs.size} modules`);
}
