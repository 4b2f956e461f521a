/** A disk of a few megabytes, which a test fills up and makes room on again. It needs root; elsewhere these tests are skipped. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';

export interface SmallDisk {
  /** Where it is mounted. */
  readonly folder: string;
  /** Leaves so many kilobytes, at most. */
  fill(kilobytes?: number): void;
  makeRoom(): void;
}

/** Why there is none here; undefined when there is. */
export function noSmallDisk(): string | undefined {
  try {
    mounted(1).remove();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Gone when the test has finished. */
export function smallDisk(megabytes: number): SmallDisk {
  const { folder, remove } = mounted(megabytes);
  onTestFinished(remove);
  const filling = path.join(folder, 'filling');
  return {
    folder,
    fill(kilobytes = 0) {
      const { bavail, bsize } = fs.statfsSync(folder);
      fs.writeFileSync(filling, Buffer.alloc(Math.max(0, bavail * bsize - kilobytes * 1024)), { flag: 'a' });
    },
    makeRoom: () => fs.rmSync(filling, { force: true }),
  };
}

function mounted(megabytes: number): { readonly folder: string; remove(): void } {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'uplift-small-'));
  const run = (command: string, ...args: readonly string[]) => {
    const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command}: ${error?.message ?? stderr.trim()}`);
  };
  try {
    run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'uplift-test', folder);
  } catch (error) {
    fs.rmSync(folder, { recursive: true, force: true });
    throw error;
  }
  return {
    folder,
    remove() {
      run('umount', '--lazy', folder);
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
