/** The files below a folder, each with the digest of its content. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { withOpenFile } from '../../../database/openFiles.js';
import { sha256 } from './digest.js';

/** In the order of their paths, which are relative and have forward slashes: `data/index.d.ts`. */
export type FileDigests = readonly (readonly [path: string, digest: string])[];

/** What links lead to is none of it. Throws when the folder, or something in it, cannot be read. */
export async function fileDigests(folder: string): Promise<FileDigests> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const digests = files.map(async (file) => {
    const content = await withOpenFile(() => readFile(file));
    return [path.relative(folder, file).split(path.sep).join('/'), sha256(content)] as const;
  });
  return (await Promise.all(digests)).sort(([a], [b]) => (a < b ? -1 : 1));
}
