/**
 * The highest token of an environment that this host has seen: what is asked for under an earlier one is not started. A file for each, so that
 * nobody's write takes back another's. It is seen before anything is started or ended, and looked at once more when a start is on the
 * disk: of a start and a takeover at the same time, one sees the other.
 */
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder, toDisk } from '../../database/disk.js';
import { UpliftError } from '../../domain/errors.js';
import type { Takeover } from '../../port/commands.js';
import { environmentFolder } from './journal.js';

/** Records that it was seen; lasts. All but the newest are removed. */
export async function seeToken(hostFolder: string, { token, ...place }: Takeover): Promise<void> {
  const folder = tokensFolder(hostFolder, place);
  await makeFolder(folder);
  await writeFile(path.join(folder, String(token)), '', { flush: true });
  await toDisk(folder);
  const newest = await newestToken(folder);
  const earlier = (await tokensIn(folder)).filter((each) => each < newest);
  for (const each of earlier) await rm(path.join(folder, String(each)), { force: true });
}

/** Throws `ENVIRONMENT_HELD` when a later token was seen. */
export async function assertNewest(hostFolder: string, { token, ...place }: Takeover): Promise<void> {
  const newest = await newestToken(tokensFolder(hostFolder, place));
  if (newest <= token) return;
  throw new UpliftError('ENVIRONMENT_HELD', {
    what: `${place.environment} was taken over: nothing is started there under the token ${token}`,
    blockedBy: `whoever holds it under the token ${newest}`,
    next: 'uplift status says who; wait for that to end',
  });
}

export function tokensFolder(hostFolder: string, place: Omit<Takeover, 'token'>): string {
  return path.join(environmentFolder(hostFolder, place), 'tokens');
}

/** 0: none was seen. */
export async function newestToken(folder: string): Promise<number> {
  return Math.max(0, ...(await tokensIn(folder)));
}

async function tokensIn(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names.filter((name) => /^\d+$/.test(name)).map(Number);
}
