/** A command of the built command line as a process of a test. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export interface CommandProcess {
  readonly pid: number;
  /** Sends the signal and resolves with the exit code, or the signal that ended it. */
  readonly end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<number | string>;
  /** Once it ends by itself. */
  readonly exited: () => Promise<number | string>;
  /** What it has printed and said. */
  readonly output: () => string;
}

export const mainScript = fileURLToPath(new URL('../../dist/client/cli/main.js', import.meta.url));

/** `uplift WORDS`; killed when the test has finished, if it still runs. `kept`: whoever asks ends it, for other tests go on with it. */
export async function spawnUplift(
  words: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  kept = false,
): Promise<CommandProcess> {
  const child = spawn(process.execPath, [mainScript, ...words], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
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
  if (!kept) {
    onTestFinished(async () => {
      await end('SIGKILL');
    });
  }
  return { pid: child.pid as number, end, exited, output: () => output };
}
