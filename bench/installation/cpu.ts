/** Processor time of processes and of those they have started, from Linux' `/proc`; nothing elsewhere. */
import { readFile } from 'node:fs/promises';

/** In milliseconds since it started. `children`: of those that have ended, theirs included. */
export interface ProcessorTime {
  readonly own: number;
  readonly children: number;
}

/** `sysconf(_SC_CLK_TCK)` is 100 a second on every Linux that Node runs on. */
const millisecondsPerTick = 10;

/** Undefined where there is no `/proc`, or the process has ended. */
export async function processorTime(pid: number): Promise<ProcessorTime | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // proc(5): the fields after the command's name, which is in parentheses and may contain anything.
  const [user, system, childUser, childSystem] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
    .map((ticks) => Number(ticks) * millisecondsPerTick);
  if (user === undefined || system === undefined || childUser === undefined || childSystem === undefined)
    return undefined;
  return { own: user + system, children: childUser + childSystem };
}
