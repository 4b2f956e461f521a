/**
 * What a host remembers of its commands, in files: a folder for each attempt, with `start.json`, which is there before the program is,
 * `output.txt`, and `end.json` once it has ended. It belongs to the host alone: nobody needs a database to know what was done.
 *
 *     STATE/HOST/INFRASTRUCTURE/ENVIRONMENT/UPGRADE/STEP/SUBJECT/ATTEMPT/
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { CommandExit } from '../../domain/commands/command.js';
import type { CommandPlace } from '../../port/commands.js';
import { isAlive, type ProcessIdentity } from '../processes/processIdentity.js';
import type { SystemProcess } from '../processes/systemProcesses.js';
import { startedBy } from './started.js';

/** Written once, complete, on the disk before anything else happens. Times are ISO 8601 UTC. */
export interface StartRecord {
  readonly place: CommandPlace;
  readonly attempt: number;
  readonly askedBy: string;
  readonly token: number;
  /** The program's name and its arguments. */
  readonly command: readonly string[];
  readonly timeoutMinutes: number;
  readonly started: string;
  /** From then on it may be ended. */
  readonly deadline: string;
  /** Whoever stands beside the program, and writes its end. */
  readonly runner: ProcessIdentity;
}

/** Written once, on the disk before anybody is told. */
export interface EndRecord {
  readonly exit: CommandExit;
  readonly ended: string;
  /** Bytes of the output that are not kept. */
  readonly leftOut: number;
  /** The line that tells a result. */
  readonly told: string | null;
  /** Processes that could not be ended. */
  readonly survivors: number;
}

export type Attempt =
  | { readonly kind: 'none' }
  | { readonly kind: 'going on'; readonly start: StartRecord }
  /** Its runner is gone: what it has started goes on, and nobody will write how it ends. */
  | { readonly kind: 'left behind'; readonly start: StartRecord; readonly processes: readonly SystemProcess[] }
  /** `end` is null when nobody has written it. */
  | { readonly kind: 'ended'; readonly start: StartRecord; readonly end: EndRecord | null };

export const files = { start: 'start.json', end: 'end.json', output: 'output.txt' } as const;

export function environmentFolder(
  hostFolder: string,
  { infrastructure, environment }: Pick<CommandPlace, 'infrastructure' | 'environment'>,
): string {
  return path.join(hostFolder, named(infrastructure), named(environment));
}

/** Where the attempts at a command are, by number. */
export function attemptsFolder(hostFolder: string, place: CommandPlace): string {
  const { upgrade, step, subject } = place;
  return path.join(environmentFolder(hostFolder, place), named(upgrade), named(step), named(subject));
}

/** Of every attempt at a place, or in an environment. */
export async function attemptFolders(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(noFolder);
  const starts = entries.filter(({ name, parentPath }) => name === files.start && isAttempt(path.basename(parentPath)));
  return starts.map(({ parentPath }) => parentPath);
}

export async function newestAttempt(attempts: string): Promise<number | undefined> {
  const entries = await readdir(attempts, { withFileTypes: true }).catch(noFolder);
  const numbers = entries.filter(({ name }) => isAttempt(name)).map(({ name }) => Number(name));
  return numbers.length === 0 ? undefined : Math.max(...numbers);
}

/** Another name is that of one in the making, or of one that nobody made. */
function isAttempt(name: string): boolean {
  return /^\d+$/.test(name);
}

export async function readAttempt(folder: string): Promise<Attempt> {
  const start = await readRecord<StartRecord>(path.join(folder, files.start));
  if (!start) return { kind: 'none' };
  const end = await readEnd(folder);
  if (end) return { kind: 'ended', start, end };
  if (await isAlive(start.runner)) return { kind: 'going on', start };
  // It may have written the end and gone since.
  const late = await readEnd(folder);
  if (late) return { kind: 'ended', start, end: late };
  const processes = await startedBy(folder);
  return processes.length > 0 ? { kind: 'left behind', start, processes } : { kind: 'ended', start, end: null };
}

function readEnd(folder: string): Promise<EndRecord | undefined> {
  return readRecord<EndRecord>(path.join(folder, files.end));
}

/** Records are renamed into their place: what is there is complete. */
async function readRecord<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Names of places begin and end with a letter, a digit or "_": none leads out of the folder. */
function named(name: string): string {
  return encodeURIComponent(name);
}

function noFolder(error: NodeJS.ErrnoException): [] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
