/** Running the compiler as a process of its own, which never outlives the wish for its answer. */
import { spawn } from 'node:child_process';
import type { Compiler } from './compilers.js';

export interface CompilerRun {
  readonly stdout: string;
  readonly stderr: string;
  /** `not started` comes with the system's reason in `stderr`; `out of time`: it was ended because its time was over. */
  readonly exit: { readonly code: number } | { readonly signal: string } | 'not started' | 'out of time';
}

/**
 * Rejects with the reason of `signal` when that aborts, once the process has ended. `patience`: milliseconds it may take; `onSpawn`
 * is told its pid.
 */
export async function runCompiler(
  { command, args }: Compiler,
  folder: string,
  {
    signal,
    patience,
    onSpawn,
  }: {
    readonly signal: AbortSignal;
    readonly patience: number;
    readonly onSpawn?: ((pid: number) => void) | undefined;
  },
): Promise<CompilerRun> {
  signal.throwIfAborted();
  const child = spawn(command, args, {
    cwd: folder,
    env: environment(),
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
  onSpawn?.(child.pid);
  let late = false;
  const timer = setTimeout(() => {
    late = child.kill('SIGKILL');
  }, patience);
  const [stdout, stderr, exit] = await Promise.all([textOf(child.stdout), textOf(child.stderr), closed]);
  clearTimeout(timer);
  signal.throwIfAborted();
  return { stdout, stderr, exit: late && 'signal' in exit ? 'out of time' : exit };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  stream.setEncoding('utf8');
  let text = '';
  for await (const part of stream) text += part;
  return text;
}

function environment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...inherited } = process.env;
  return {
    ...inherited,
    // What it prints must not depend on where it runs.
    LC_ALL: 'C',
    NODE_NO_WARNINGS: '1',
    // The native compiler lives for a second: collecting its memory less often spares about a seventh of it, for some 20 MB.
    GOGC: '400',
  };
}
