/** `uplift worker` as a process of a test, beside the one that `uplift up` supervises or alone. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { mainScript } from './uplift.js';

export interface WorkerProcess {
  readonly pid: number;
  /** Sends the signal and resolves with the exit code, or the signal that ended it. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<number | string>;
  /** Once it ends by itself. */
  readonly exited: () => Promise<number | string>;
  /** What it has logged. */
  readonly output: () => string;
}

export interface WorkerOptions {
  readonly dataFolder: string;
  /** Of the Temporal server. */
  readonly address: string;
  readonly metricsPort?: number;
}

/** Killed when the test has finished, if it still runs. */
export async function startWorkerProcess({ dataFolder, address, metricsPort }: WorkerOptions): Promise<WorkerProcess> {
  const metrics = metricsPort === undefined ? [] : ['--metrics-port', String(metricsPort)];
  const child = spawn(process.execPath, [mainScript, 'worker', '--data', dataFolder, ...metrics], {
    env: { ...process.env, TEMPORAL_ADDRESS: address },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  const ended = once(child, 'exit');
  await once(child, 'spawn');
  const exited = async () => {
    await ended;
    return child.exitCode ?? child.signalCode ?? 'unknown';
  };
  const end = (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return exited();
  };
  onTestFinished(async () => {
    await end('SIGKILL');
  });
  return { pid: child.pid as number, end, exited, output: () => output };
}
