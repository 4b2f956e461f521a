/**
 * Everything a command has started: its process group, and by a mark in their environment the processes that have left the group.
 * What has left the group and hides its environment is not found.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { groupProcesses, markedProcesses, type SystemProcess, sendSignal } from '../processes/systemProcesses.js';

/** Its value is the folder of the attempt. */
export const commandMark = 'UPLIFT_COMMAND';

/** Milliseconds between two looks at what is to end. */
const lookEvery = 50;
/** Milliseconds after SIGKILL: what is left then belongs to somebody else, or waits for a disk. */
const patience = 5_000;

/** `group`: the id of the program's process, while that is not given out again. */
export async function startedBy(folder: string, group?: number): Promise<readonly SystemProcess[]> {
  // Names of marks are prefixes, and the folder of attempt 1 is one of that of attempt 10.
  const marked = (await markedProcesses(folder, commandMark)).filter(({ name }) => name === '');
  const grouped = group === undefined ? [] : await groupProcesses(group);
  return [...new Map([...marked, ...grouped].map((each) => [each.pid, each])).values()];
}

/** SIGTERM, after `grace` milliseconds SIGKILL. Returns how many are left all the same. */
export async function endStarted(folder: string, grace: number, group?: number): Promise<number> {
  if (await gone(folder, group, 'SIGTERM', grace)) return 0;
  if (await gone(folder, group, 'SIGKILL', patience)) return 0;
  return (await startedBy(folder, group)).length;
}

/** What has been started meanwhile is met too; each gets a SIGTERM once. */
async function gone(
  folder: string,
  group: number | undefined,
  signal: 'SIGTERM' | 'SIGKILL',
  milliseconds: number,
): Promise<boolean> {
  const told = new Set<string>();
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const left = await startedBy(folder, group);
    if (left.length === 0) return true;
    if (Date.now() >= deadline) return false;
    for (const { pid, startTime } of left) {
      if (signal === 'SIGTERM' && told.has(`${pid} ${startTime}`)) continue;
      told.add(`${pid} ${startTime}`);
      tell(pid, signal);
    }
    await delay(lookEvery);
  }
}

/** One that runs as another user cannot be told: it counts as left. */
function tell(pid: number, signal: NodeJS.Signals): void {
  try {
    sendSignal(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') throw error;
  }
}
