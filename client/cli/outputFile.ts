/** Files that a command writes where it is told to: whether that is possible is said before anything takes long. */
import { constants } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { writing } from '../../database/fullDisk.js';
import { UpliftError } from '../../domain/errors.js';

/** Throws `INPUT_INVALID` where no file can be written. */
export async function assertWritable(file: string): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  const found = await fs.stat(file).catch(() => undefined);
  if (found?.isDirectory()) throw notWritable(file, 'it is a folder');
  const inside = await fs.stat(folder).catch(() => undefined);
  if (!inside) throw notWritable(file, `there is no folder ${folder}`);
  if (!inside.isDirectory()) throw notWritable(file, `${folder} is no folder`);
  try {
    await fs.access(found ? file : folder, constants.W_OK);
  } catch {
    throw notWritable(file, `you may not write ${found ? 'it' : `into ${folder}`}`);
  }
}

/** Throws `INPUT_INVALID` and `DISK_FULL`; a new file is there whole or not at all. */
export async function writeOutput(file: string, text: string): Promise<void> {
  const found = await fs.stat(file).catch(() => undefined);
  try {
    await writing('What was asked for', file, () => fs.writeFile(file, text));
  } catch (error) {
    if (!found) await fs.rm(file, { force: true });
    throw error instanceof UpliftError ? error : notWritable(file, (error as Error).message);
  }
}

function notWritable(file: string, why: string): UpliftError {
  return new UpliftError('INPUT_INVALID', {
    what: `${file} cannot be written: ${why}`,
    next: 'name another file with -o, or make its folder first',
  });
}
