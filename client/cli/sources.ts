/** A module's folder on this machine, read for an upload. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { UpliftError } from '../../domain/errors.js';

/** The TypeScript below `folder`/src, and package.json if there is one, by path with forward slashes. Throws `INPUT_INVALID`. */
export async function readModuleFolder(folder: string): Promise<Readonly<Record<string, string>>> {
  const entries = await fs.readdir(path.join(folder, 'src'), { recursive: true, withFileTypes: true }).catch(() => []);
  const files: Record<string, string> = {};
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
    const file = path.join(entry.parentPath, entry.name);
    files[path.relative(folder, file).split(path.sep).join('/')] = await fs.readFile(file, 'utf8');
  }
  if (Object.keys(files).length === 0) {
    throw new UpliftError('INPUT_INVALID', {
      what: `${folder} has no TypeScript below src/`,
      next: "name the module's folder: the one with package.json and src/",
    });
  }
  const manifest = await fs.readFile(path.join(folder, 'package.json'), 'utf8').catch(() => undefined);
  return manifest === undefined ? files : { ...files, 'package.json': manifest };
}
