/** Another process that works on the same data folder: lanes of a preparation, or plain writes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import type { EmbeddedSettings } from '../../platform/embedded/context.js';
import { eventually } from './serving.js';

export interface LaneRequest {
  readonly dataFolder: string;
  readonly settings?: Partial<EmbeddedSettings>;
  readonly work: 'prepare' | 'write';
  readonly preparation?: number;
  readonly lanes?: number;
  readonly stopAfterClaim?: boolean;
  readonly transactions?: number;
}

export interface LaneProcess {
  /** Resolves once it has stopped itself. */
  stopped(): Promise<void>;
  goOn(): void;
  /** What it told, once it has ended. */
  readonly told: Promise<
    readonly { readonly kind: string; readonly code?: string | null; readonly message?: string }[]
  >;
}

export function startLanes(request: LaneRequest): LaneProcess {
  if (!existsSync('dist/platform/embedded/platform.js')) throw new Error('dist is missing: npm run build');
  const script = path.resolve('test', 'platform', 'laneProcess.mjs');
  const child = spawn(process.execPath, [script, JSON.stringify(request)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const output = text(child.stdout);
  const exit = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  return {
    stopped: () => eventually('the process has stopped', async () => stateOf(child.pid) === 'T').then(() => undefined),
    goOn: () => child.kill('SIGCONT'),
    told: exit.then(async () =>
      (await output)
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    ),
  };
}

/** As the system tells it: `T` is stopped. */
function stateOf(pid: number | undefined): string | undefined {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0];
}
