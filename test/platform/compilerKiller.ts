/** Kills compilers of this process while they work: those that have a certain unit to compile. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';

/** The first `atMost`, until the test ends. Gives the number of compilers killed so far. */
export function killCompilersOf(unit: string, atMost = Number.POSITIVE_INFINITY): () => number {
  const killed = new Set<number>();
  const children = `/proc/${process.pid}/task/${process.pid}/children`;
  const timer = setInterval(() => {
    for (const pid of readFileSync(children, 'utf8').trim().split(' ').map(Number)) {
      if (
        killed.size === atMost ||
        pid === 0 ||
        killed.has(pid) ||
        !existsSync(path.join('/proc', String(pid), 'cwd', 'sources', unit))
      )
        continue;
      killed.add(pid);
      process.kill(pid, 'SIGKILL');
    }
  }, 1);
  onTestFinished(() => clearInterval(timer));
  return () => killed.size;
}
