/** Folders to compile in: in memory where the system has a folder for that, since making files on a disk takes longer than compiling. */
import { constants } from 'node:fs';
import { access, mkdtemp, readdir, realpath, rm, statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { UpliftError } from '../../../domain/errors.js';

const memory = '/dev/shm';

/** Several times what a large group writes, in bytes. Containers often have no more than 64 MB in memory. */
const enough = 48 * 1024 * 1024;

/** Runs `work` in a fresh folder, which is gone afterwards, whatever happens. Throws `DISK_FULL` when it does not fit. */
export async function inWorkFolder<T>(token: number, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(await base(), `uplift-${process.pid}-${token}-`));
  try {
    return await work(await realpath(folder));
  } catch (error) {
    throw explained(error, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes the folders of processes that are gone. */
export async function sweepWorkFolders(): Promise<void> {
  for (const parent of new Set([memory, os.tmpdir()])) {
    const names = await readdir(parent).catch(() => []);
    const left = names.filter((name) => isLeft(/^uplift-(\d+)-\d+-\w{6}$/.exec(name)?.[1]));
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

function isLeft(pid: string | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function explained(error: unknown, folder: string): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') return error;
  return new UpliftError(
    'DISK_FULL',
    {
      what: `${path.dirname(folder)} is full: a group of modules could not be compiled there`,
      next: 'free some space; the group is tried again by itself',
    },
    { cause: error },
  );
}
