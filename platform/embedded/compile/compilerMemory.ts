/** How much memory a compiler may take: what people set, else a share of the machine's. */
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { UpliftError } from '../../../domain/errors.js';
import { compilerMemoryVariable } from '../../processes/processEnvironment.js';

/** Megabytes. A large group takes less. */
const least = 2_048;

/** Megabytes: half of the machine's, shared by the compilers that run at a time. Throws `INPUT_INVALID`. */
export function compilerMemory(chosen = process.env[compilerMemoryVariable]): number {
  if (chosen !== undefined) return chosenMemory(chosen);
  const all = Math.min(os.totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY) / 1_048_576;
  return Math.max(least, Math.floor(all / 2 / os.availableParallelism()));
}

function chosenMemory(chosen: string): number {
  if (/^[1-9]\d{0,6}$/.test(chosen)) return Number(chosen);
  throw new UpliftError('INPUT_INVALID', {
    what: `${compilerMemoryVariable} is ${JSON.stringify(chosen.slice(0, 40))}, and no number of megabytes`,
    next: `set it to a number such as ${2 * least}, or not at all`,
  });
}

/** Milliseconds between two looks at what a process takes. */
const lookEvery = 100;

/** Calls `exceeded` once a process has more than so many megabytes in memory, where the system tells. Ends by the function it gives. */
export function watchMemory(pid: number, megabytes: number, exceeded: () => void): () => void {
  const timer = setInterval(async () => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    if (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) > megabytes * 1024) exceeded();
  }, lookEvery);
  return () => clearInterval(timer);
}
