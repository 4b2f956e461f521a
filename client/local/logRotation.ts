/**
 * Logs of a bounded size. Processes write at the end of a file that they have had open since their start, and outlive whoever started
 * them: so a large log is copied and then emptied, and its process goes on writing into the same file. A line that is written between
 * the last look at the end and the emptying, some millionths of a second, is lost.
 *
 *     logs/worker.log      what is written now
 *     logs/worker.log.1    what was written before, and so on to .4, the oldest
 */
import fs from 'node:fs';
import { copyFile, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { writing } from '../../database/fullDisk.js';

interface LogLimits {
  /** From so many bytes on a log is copied. */
  readonly bytes: number;
  readonly copies: number;
}

/** At most 50 MB for each process. */
const defaultLimits: LogLimits = { bytes: 10_000_000, copies: 4 };

/** Looks once at each log of the folder. Throws `DISK_FULL`: the log is as it was then, and the oldest copy is gone. */
export async function rotateLogs(folder: string, limits = defaultLimits): Promise<void> {
  for (const name of (await readdir(folder)).filter((file) => file.endsWith('.log'))) {
    const log = path.join(folder, name);
    const { size } = await stat(log);
    if (size >= limits.bytes) await rotate(log, limits.copies);
  }
}

async function rotate(log: string, copies: number): Promise<void> {
  const copying = `${log}.0`;
  // It would be the next to go, and makes room for its successor.
  await rm(`${log}.${copies}`, { force: true });
  await writing('The copy of a log', copying, () => copyAndEmpty(log, copying));
  for (let number = copies - 1; number >= 0; number--) {
    await rename(`${log}.${number}`, `${log}.${number + 1}`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

async function copyAndEmpty(log: string, copying: string): Promise<void> {
  try {
    await copyFile(log, copying);
    copyRestAndEmpty(log, copying);
  } catch (error) {
    await rm(copying, { force: true });
    throw error;
  }
}

/** What came while the most was copied, until nothing comes any more: nothing else happens here meanwhile. */
function copyRestAndEmpty(log: string, copying: string): void {
  const from = fs.openSync(log, 'r+');
  const to = fs.openSync(copying, 'r+');
  try {
    const piece = Buffer.alloc(65_536);
    let copied = fs.fstatSync(to).size;
    for (let read = 1; read > 0; copied += read) {
      read = fs.readSync(from, piece, 0, piece.length, copied);
      fs.writeSync(to, piece, 0, read, copied);
    }
    fs.ftruncateSync(from);
  } finally {
    fs.closeSync(from);
    fs.closeSync(to);
  }
}
