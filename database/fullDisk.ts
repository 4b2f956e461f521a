/** A full disk, told in one way: what could not be written, where, how much is free there, and that nothing else is lost. */
import { existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { UpliftError } from '../domain/errors.js';

/** How the system says it, also of the share of a disk that its user may have, and SQLite. */
const said = ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'];

/** Where a file cannot be made, or be made larger, SQLite only says what it was doing. */
const vague = /^SQLITE_(IOERR|CANTOPEN)/;

/** Bytes with which nothing can be done any more. */
const least = 1_048_576;

/** Does `work`, which writes `what` at `place`. Throws `DISK_FULL` where that is full, else what `work` throws. */
export async function writing<T>(what: string, place: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainedDisk(error, what, place);
  }
}

/** The same where nothing else may happen meanwhile. */
export function writingAtOnce<T>(what: string, place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explainedDisk(error, what, place);
  }
}

/** For what a program could not do that does not tell why. Throws `DISK_FULL` when there is hardly any room at `place`. */
export function assertRoom(what: string, place: string, cause?: unknown): void {
  const free = freeAt(path.resolve(place));
  if (free !== undefined && free < least) throw fullDisk(what, place, free, cause);
}

/** The error that says so; any other as it is. `place` need not exist. */
function explainedDisk(error: unknown, what: string, place: string): unknown {
  const code = String((error as { code?: unknown } | undefined)?.code);
  if (vague.test(code)) assertRoom(what, place, error);
  return said.includes(code) ? fullDisk(what, place, freeAt(path.resolve(place)), error) : error;
}

function fullDisk(what: string, place: string, free: number | undefined, cause: unknown): UpliftError {
  const shown = free === undefined ? '' : ` (${(free / 1e6).toFixed(1)} MB free)`;
  return new UpliftError(
    'DISK_FULL',
    {
      what: `${what} could not be written: the disk of ${place} is full${shown}. What was recorded before is not lost`,
      next: 'free some space there; a run goes on by itself then, a command is to be given again',
    },
    { cause },
  );
}

/** In bytes, at the nearest folder that there is; undefined when the system does not tell. */
function freeAt(place: string): number | undefined {
  if (!existsSync(place) && path.dirname(place) !== place) return freeAt(path.dirname(place));
  try {
    const { bavail, bsize } = statfsSync(place);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}
