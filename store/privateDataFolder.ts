/** The data folder is its owner's alone: it holds what users entered, and the secrets that open a closed door. */
import { chmodSync, lstatSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { writingAtOnce } from '../database/fullDisk.js';

/** What group and others may do. */
const others = 0o077;

/**
 * From now on this process, and all it starts, makes files for its user only. Makes the folder where it is missing; takes from others
 * what they may do with it and with anything in it. Returns how many files and folders that were. Links are not followed. Throws
 * `DISK_FULL`.
 */
export function privateDataFolder(dataFolder: string): number {
  process.umask(others);
  writingAtOnce('The data folder', dataFolder, () => mkdirSync(dataFolder, { recursive: true }));
  return closed(realpathSync(dataFolder)) + closedIn(dataFolder);
}

function closedIn(folder: string): number {
  let count = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    // A folder first: once it is closed, nobody gets to what is in it.
    if (entry.isFile() || entry.isDirectory()) count += closed(file);
    if (entry.isDirectory()) count += unlessGone(() => closedIn(file));
  }
  return count;
}

function closed(file: string): number {
  return unlessGone(() => {
    const { mode } = lstatSync(file);
    if ((mode & others) === 0) return 0;
    chmodSync(file, mode & 0o700);
    return 1;
  });
}

/** What an earlier `up` has left running goes on meanwhile, and removes files. */
function unlessGone(look: () => number): number {
  try {
    return look();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
