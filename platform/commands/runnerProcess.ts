/** Starting a runner: a process that goes on whatever becomes of this one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { processEnvironment } from '../processes/processEnvironment.js';
import type { RunnerRequest } from './runner.js';

const fromSources = import.meta.url.endsWith('.ts');
const script = fileURLToPath(
  new URL(`${fromSources ? '../../dist/platform/commands' : '.'}/runner.js`, import.meta.url),
);

/**
 * Returns once the attempt is on the disk, whether this runner has it or another one was first. Secrets go through a pipe: neither arguments
 * nor files have them. Throws what the runner said when it could not begin.
 */
export async function startRunner(request: RunnerRequest): Promise<void> {
  const runner = spawn(process.execPath, ['--enable-source-maps', script], {
    env: processEnvironment('command'),
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  runner.unref();
  runner.stdin.on('error', () => undefined); // it has ended already, and said why
  runner.stdin.end(JSON.stringify(request));
  const said = text(runner.stderr);
  const answered = once(runner.stdout, 'data').then(() => true);
  const began = await Promise.race([answered, once(runner, 'close').then(() => false)]);
  if (!began) throw new Error(`The runner of a command could not begin: ${await said}`);
  runner.stdout.destroy();
  runner.stderr.destroy();
  await said.catch(() => undefined);
}
