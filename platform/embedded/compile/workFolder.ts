/** Folders to compile in: in memory where the system has a folder for that, since making files on a disk takes longer than compiling. */
import { constants } from 'node:fs';
import { access, mkdtemp, readdir, realpath, rm, statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { writing } from '../../../database/fullDisk.js';
import { isThere } from './isThere.js';

const memory = '/dev/shm';

/** Several times what a large group writes, in bytes. Containers often have no more than 64 MB in memory. */
const enough = 48 * 1024 * 1024;

/** What is written here, in messages. */
export const compiledGroup = 'A group of modules that is to be compiled';

/** Runs `work` in a fresh folder, which is gone afterwards, whatever happens. Throws `DISK_FULL` when it does not fit. */
export async function inWorkFolder<T>(token: number, work: (folder: string) => Promise<T>): Promise<T> {
  const place = await base();
  return writing(compiledGroup, place, async () => {
    const folder = await mkdtemp(path.join(place, `uplift-${process.pid}-${token}-`));
    try {
      return await work(await realpath(folder));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
}

/** Removes the folders of processes that are gone. */
export async function sweepWorkFolders(): Promise<void> {
  for (const parent of new Set([memory, os.tmpdir()])) {
    const names = await readdir(parent).catch(() => []);
    const left = names.filter((name) => {
      const [, pid] = /^uplift-(\d+)-\d+-\w{6}$/.exec(name) ?? [];
      return pid !== undefined && !isThere(Number(pid));
    });
    // Another user's folder cannot be removed, nor need it be.
    await Promise.all(
      left.map((name) => rm(path.join(parent, name), { recursive: true, force: true }).catch(() => undefined)),
    );
  }
}

async function base(): Promise<string> {
  try {
    await access(memory, constants.W_OK | constants.X_OK);
    const { bavail, bsize } = await statfs(memory);
    return bavail * bsize >= enough ? memory : os.tmpdir();
  } catch {
    return os.tmpdir();
  }
}
