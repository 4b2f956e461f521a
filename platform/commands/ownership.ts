/** Whose a file is: what a host runs is said and written by its owner, or by root, and by nobody else. */
import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';

/** Bits of a mode: who may change it besides its owner, and that in a folder each changes only what is theirs. */
const othersMayWrite = 0o022;
const sticky = 0o1000;

/**
 * The first file or folder, of `file` and those above it, that others may change or replace, with why; undefined: none. What a link leads to
 * counts. Windows has no such modes: nothing is found there.
 */
export async function othersMayChange(file: string): Promise<string | undefined> {
  if (process.platform === 'win32') return undefined;
  const real = await realpath(file);
  for (let at = real; ; at = path.dirname(at)) {
    const { uid, mode } = await lstat(at);
    if (uid !== 0 && uid !== process.getuid?.()) return `${at} belongs to another user (${uid})`;
    const protectedFolder = at !== real && (mode & sticky) !== 0;
    if ((mode & othersMayWrite) !== 0 && !protectedFolder) {
      return `${at} may be changed by others (mode ${(mode & 0o7777).toString(8).padStart(4, '0')}): chmod go-w ${at}`;
    }
    if (at === path.dirname(at)) return undefined;
  }
}
