/** Compilers of this process that are disturbed while they work: those that have a certain unit to compile. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** Kills the first `atMost`, until the test ends. Gives the number of compilers killed so far. */
export function killCompilersOf(unit: string, atMost = Number.POSITIVE_INFINITY): () => number {
  return disturbCompilersOf(unit, 'SIGKILL', atMost);
}

/** Each is stopped and never ends by itself. Gives the number of compilers stopped so far. */
export function stopCompilersOf(unit: string): () => number {
  return disturbCompilersOf(unit, 'SIGSTOP', Number.POSITIVE_INFINITY);
}

function disturbCompilersOf(unit: string, signal: NodeJS.Signals, atMost: number): () => number {
  const disturbed = new Set<number>();
  const children = `/proc/${process.pid}/task/${process.pid}/children`;
  const timer = setInterval(() => {
    for (const pid of readFileSync(children, 'utf8').trim().split(' ').map(Number)) {
      if (
        disturbed.size === atMost ||
        pid === 0 ||
        disturbed.has(pid) ||
        !existsSync(path.join('/proc', String(pid), 'cwd', 'sources', unit))
      )
        continue;
      disturbed.add(pid);
      process.kill(pid, signal);
    }
  }, 1);
  onTestFinished(() => clearInterval(timer));
  return () => disturbed.size;
}
