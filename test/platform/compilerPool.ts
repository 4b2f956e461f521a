/** Another process that waits for a turn to compile, has it, and gives it back when it is told to. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { CompilePurpose } from '../../platform/embedded/compile/compilerTurns.js';

export interface OtherProcess {
  began(): boolean;
  /** Its work is done: it gives its turn back and ends. */
  leave(): void;
  signal(signal: NodeJS.Signals): void;
  end(signal: NodeJS.Signals): Promise<void>;
  /** Its exit code. */
  ended(): Promise<number | null>;
}

/** It runs what `npm run build` has made, and asks as soon as it can. */
export async function otherProcess(
  file: string,
  places: number,
  purpose: CompilePurpose,
  lease?: number,
): Promise<OtherProcess> {
  const script = path.resolve('test', 'platform', 'compilerPoolProcess.mjs');
  const child = spawn(process.execPath, [script, JSON.stringify({ file, places, purpose, lease })], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += String(chunk);
  });
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    await exit;
  };
  onTestFinished(() => end('SIGKILL'));
  await once(child, 'spawn');
  return {
    began: () => said.includes('begun'),
    leave: () => child.stdin.end(),
    signal: (signal) => void child.kill(signal),
    end,
    ended: async () => (await exit)[0] as number | null,
  };
}
