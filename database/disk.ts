/**
 * Bringing files and folders to the disk. What is only written is in memory: a power cut leaves it empty or not there at all, also
 * under a name that it was given afterwards. So content comes before its name, and a name before whoever is told of it.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withOpenFile } from './openFiles.js';

/** Windows flushes no folder, and no file that is only read: nothing is promised there. */
const flushes = process.platform !== 'win32';

/** A file's content, or the names in a folder. */
export async function toDisk(file: string): Promise<void> {
  if (!flushes) return;
  const handle = await open(file, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The same where nothing else may happen meanwhile. */
export function toDiskAtOnce(file: string): void {
  if (!flushes) return;
  const handle = openSync(file, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A folder with all that is below it; what links lead to is none of it. */
async function folderToDisk(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const below = entries.filter((entry) => entry.isFile() || entry.isDirectory());
  const all = [folder, ...below.map(({ parentPath, name }) => path.join(parentPath, name))];
  await Promise.all(all.map((entry) => withOpenFile(() => toDisk(entry))));
}

/** Makes a folder, and those above it that are missing, so that its name lasts. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true });
  if (first === undefined) return;
  for (let made = path.resolve(folder); ; made = path.dirname(made)) {
    await toDisk(path.dirname(made));
    if (made === first) return;
  }
}

/** Gives what was made beside it its name, complete or not at all. Throws when there is a folder of that name. */
export async function publishFolder(making: string, folder: string): Promise<void> {
  await folderToDisk(making);
  await rename(making, folder);
  await toDisk(path.dirname(folder));
}

/** Readers see the former file or this one, never a part; also after a power cut. The folder is made where it is missing. */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  const making = besideName(file);
  await makeFolder(path.dirname(file));
  try {
    await writeFile(making, content, { flush: true });
    await rename(making, file);
  } catch (error) {
    await rm(making, { force: true });
    throw error;
  }
  await toDisk(path.dirname(file));
}

/** A name beside `file` that nobody else takes. */
export function besideName(file: string): string {
  return `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
}
