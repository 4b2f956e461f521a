/** One program, from its start to its end, in a process group of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { CommandExit } from '../../domain/commands/command.js';
import type { Output } from './output.js';
import { commandMark, endStarted } from './started.js';

export interface Program {
  /** Absolute. Its folder is the working folder. */
  readonly path: string;
  readonly arguments: readonly string[];
  readonly workingFolder: string;
  /** All of it, but for the mark. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of new files. */
  readonly umask: number;
}

export interface ProgramLimits {
  /** The folder of the attempt: the mark of what the program starts. */
  readonly folder: string;
  /** Milliseconds. */
  readonly timeout: number;
  readonly grace: number;
  readonly cancelled: AbortSignal;
}

/** Milliseconds for what a program that has ended has written last. Children that it has left behind may hold its output open. */
const lastOutput = 2_000;

/** `survivors`: how many processes could not be ended. */
export async function runProgram(
  program: Program,
  output: Output,
  limits: ProgramLimits,
): Promise<{ readonly exit: CommandExit; readonly survivors: number }> {
  const child = started(program, limits.folder);
  const exited = once(child, 'exit') as Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  exited.catch(() => undefined);
  try {
    await once(child, 'spawn');
  } catch (error) {
    return { exit: { kind: 'not started', reason: (error as Error).message }, survivors: 0 };
  }
  // Its pipes break when it does, or when they are closed below.
  const written = Promise.allSettled([output.take(child.stdout, 'told'), output.take(child.stderr)]);
  const ended = await endedBy(child, exited, limits);
  await Promise.race([written, delay(lastOutput, undefined, { ref: false })]);
  child.stdout.destroy();
  child.stderr.destroy();
  await written;
  return ended;
}

function started({ path, arguments: words, workingFolder, environment, umask }: Program, folder: string) {
  const own = process.umask(umask);
  try {
    return spawn(path, words, {
      cwd: workingFolder,
      env: { ...environment, [commandMark]: folder },
      // A session of its own: what ends it ends all of it, and not the runner.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } finally {
    process.umask(own);
  }
}

async function endedBy(
  child: ChildProcess,
  exited: Promise<[code: number | null, signal: NodeJS.Signals | null]>,
  { folder, timeout, grace, cancelled }: ProgramLimits,
): Promise<{ exit: CommandExit; survivors: number }> {
  const first = new AbortController();
  const interrupted = AbortSignal.any([cancelled, first.signal]);
  const timeIsOver = delay(timeout, 'timed out' as const, { signal: interrupted }).catch(() => 'cancelled' as const);
  const how = await Promise.race([exited, timeIsOver]);
  first.abort();
  if (typeof how !== 'string') {
    const [code, signal] = how;
    const exit: CommandExit = signal === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'signalled', signal };
    return { exit, survivors: 0 };
  }
  const survivors = await endStarted(folder, grace, child.pid);
  child.kill('SIGKILL'); // where its processes cannot be looked at
  return { exit: { kind: how }, survivors };
}
