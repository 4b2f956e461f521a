/** What the folder of an instance says of it: which modules it holds, and which instances they consume. */
import { existsSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { ModuleName } from '../../../domain/modules/module.js';
import { layout, moduleIn } from '../layout.js';

/** In the order of their names. */
export async function instanceMembers(dataFolder: string, instance: string): Promise<readonly ModuleName[]> {
  const names = await readdir(layout.instance(dataFolder, instance));
  return names
    .filter((name) => name !== 'node_modules')
    .map(moduleIn)
    .sort();
}

/** Those it consumes directly, in the order of their ids. */
export async function instanceLinks(dataFolder: string, instance: string): Promise<readonly string[]> {
  const folder = path.join(layout.instance(dataFolder, instance), 'node_modules');
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const instances = layout.instance(dataFolder, '');
  const found = new Set<string>();
  for (const entry of entries.filter((one) => one.isSymbolicLink())) {
    const target = path.resolve(entry.parentPath, await readlink(path.join(entry.parentPath, entry.name)));
    // `instances/<id>/<module>`; system components are elsewhere.
    const [id, module] = path.relative(instances, target).split(path.sep);
    if (module !== undefined && id !== '..' && id !== instance) found.add(id ?? '');
  }
  return [...found].sort();
}
