/** Running the compiler as a process of its own, which never outlives the wish for its answer. */
import { spawn } from 'node:child_process';
import os from 'node:os';
import { processEnvironment } from '../../processes/processEnvironment.js';
import { watchMemory } from './compilerMemory.js';
import type { Compiler } from './compilers.js';
import type { CompilePurpose } from './compilerTurns.js';

export interface CompilerRun {
  readonly stdout: string;
  readonly stderr: string;
  /**
   * `not started` comes with the system's reason in `stderr`; `out of time`: it was ended because its time was over; `megabytes`: it
   * was, or ended itself, because it wanted more memory than so many.
   */
  readonly exit:
    | { readonly code: number }
    | { readonly signal: string }
    | { readonly megabytes: number }
    | 'not started'
    | 'out of time';
}

export interface CompilerLimits {
  readonly signal: AbortSignal;
  /** Milliseconds it may take. */
  readonly patience: number;
  /** Megabytes it may take. */
  readonly memory: number;
  /** A preparation gives way to whatever else the machine does. */
  readonly purpose: CompilePurpose;
  /** Told its pid. */
  readonly onSpawn?: ((pid: number) => void) | undefined;
}

/** Rejects with the reason of `signal` when that aborts, once the process has ended. */
export async function runCompiler(
  compiler: Compiler,
  folder: string,
  { signal, patience, memory, purpose, onSpawn }: CompilerLimits,
): Promise<CompilerRun> {
  signal.throwIfAborted();
  const child = spawn(compiler.command, argumentsOf(compiler, memory), {
    cwd: folder,
    env: {
      ...processEnvironment('plain'),
      // What it prints must not depend on where it runs.
      LC_ALL: 'C',
      NODE_NO_WARNINGS: '1',
      // The native compiler lives for a second: collecting its memory less often spares about a seventh of it, for some 20 MB.
      GOGC: '400',
      // But for what comes near to the limit.
      GOMEMLIMIT: `${Math.floor(memory * heapShare)}MiB`,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    signal,
    killSignal: 'SIGKILL',
  });
  const failed = new Promise<Error>((resolve) => child.once('error', resolve));
  const closed = new Promise<{ code: number } | { signal: string }>((resolve) => {
    child.once('close', (code, ended) => resolve(ended === null ? { code: code ?? 0 } : { signal: ended }));
  });
  if (child.pid === undefined) return { stdout: '', stderr: (await failed).message, exit: 'not started' };
  if (purpose === 'preparation') giveWay(child.pid);
  onSpawn?.(child.pid);
  let reason: 'out of time' | { readonly megabytes: number } | undefined;
  const end = (why: typeof reason) => {
    if (child.kill('SIGKILL')) reason ??= why;
  };
  const timer = setTimeout(() => end('out of time'), patience);
  const endWatch = watchMemory(child.pid, memory, () => end({ megabytes: memory }));
  const [stdout, stderr, exit] = await Promise.all([textOf(child.stdout), textOf(child.stderr), closed]);
  clearTimeout(timer);
  endWatch();
  signal.throwIfAborted();
  if (!('signal' in exit)) return { stdout, stderr, exit };
  if (stderr.includes('JavaScript heap out of memory')) reason = { megabytes: memory };
  return { stdout, stderr, exit: reason ?? exit };
}

/** Of its memory, what may be heap: the rest is its own code, stacks and buffers. */
const heapShare = 0.8;

/** Node's own limit would be the same on every machine. */
function argumentsOf({ kind, args }: Compiler, memory: number): readonly string[] {
  return kind === 'javascript' ? [`--max-old-space-size=${Math.ceil(memory * heapShare)}`, ...args] : args;
}

function giveWay(pid: number): void {
  try {
    os.setPriority(pid, os.constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended, or nobody may: then it competes like any other.
  }
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  stream.setEncoding('utf8');
  let text = '';
  for await (const part of stream) text += part;
  return text;
}
