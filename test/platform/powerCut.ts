/**
 * A disk whose power can be cut: an ext4 file system in an image, on a loop device. What the image holds at a moment is what was sent
 * to the disk by then, so that a copy of it is what a cut leaves: what was only written, and not flushed, is not there. Nothing is
 * flushed by the file system on its own while a test runs: neither by its journal (`commit`) nor where a file replaces another one
 * (`noauto_da_alloc`).
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export interface Disk {
  /** Where it is mounted. */
  readonly folder: string;
  /** What would be left if the power were cut now. Whoever writes to the disk must be stopped, or wait. */
  cut(): Cut;
  remove(): void;
}

export interface Cut {
  /** Starts again from what is left, as often as asked. */
  after<T>(look: (folder: string) => Promise<T>): Promise<T>;
}

const options = 'loop,commit=300,noauto_da_alloc';

/** Throws what the system says when it has no loop devices, or none for this user. */
export function makeDisk(megabytes = 96): Disk {
  const memory = fs.existsSync('/dev/shm') ? '/dev/shm' : os.tmpdir();
  const parent = fs.mkdtempSync(path.join(memory, 'uplift-disk-'));
  const image = path.join(parent, 'image');
  const folder = path.join(parent, 'mounted');
  fs.mkdirSync(folder);
  try {
    fs.writeFileSync(image, '');
    fs.truncateSync(image, megabytes * 1024 * 1024);
    run('mkfs.ext4', ['-q', '-F', image]);
    run('mount', ['-o', options, image, folder]);
  } catch (error) {
    fs.rmSync(parent, { recursive: true, force: true });
    throw error;
  }
  let cuts = 0;
  return {
    folder,
    cut: () => cutOf(image, path.join(parent, `cut-${++cuts}`)),
    remove() {
      run('umount', ['--lazy', folder]);
      fs.rmSync(parent, { recursive: true, force: true });
    },
  };
}

/** Why no power can be cut here; undefined when it can. */
export function noPowerCut(): string | undefined {
  try {
    makeDisk(8).remove();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function cutOf(image: string, kept: string): Cut {
  run('cp', ['--sparse=always', image, kept]);
  return {
    async after(look) {
      const folder = `${kept}-mounted`;
      fs.mkdirSync(folder, { recursive: true });
      run('mount', ['-o', 'loop', kept, folder]);
      try {
        return await look(folder);
      } finally {
        run('umount', ['--lazy', folder]);
      }
    },
  };
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}
