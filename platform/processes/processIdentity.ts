/**
 * Which process is meant. The operating system gives a process id out again, so a process is its id and its start time:
 * nothing here signals a process whose start time is another.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { sendSignal, startTimeOf } from './systemProcesses.js';

export interface ProcessIdentity {
  readonly pid: number;
  /** As `startTimeOf` tells it. */
  readonly startTime: string;
}

/** How often a process that should end is looked at, in milliseconds. */
const lookEvery = 20;

export async function isAlive({ pid, startTime }: ProcessIdentity): Promise<boolean> {
  return (await startTimeOf(pid)) === startTime;
}

/**
 * Ends the process: SIGTERM, then SIGKILL after `grace` milliseconds, then SIGKILL to what is left of its group. Returns when it is
 * gone. Does nothing when the process is not the one that is meant.
 *
 * A group outlives its leader, and its id is not given out again while it has members: the last signal meets nobody else.
 */
export async function endProcess(identity: ProcessIdentity, grace: number): Promise<void> {
  if (!(await isAlive(identity))) return;
  sendSignal(identity.pid, 'SIGTERM');
  if (!(await goneWithin(identity, grace))) {
    sendSignal(identity.pid, 'SIGKILL');
    await goneWithin(identity, Number.POSITIVE_INFINITY);
  }
  sendSignal(-identity.pid, 'SIGKILL');
}

async function goneWithin(identity: ProcessIdentity, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while (await isAlive(identity)) {
    if (Date.now() >= deadline) return false;
    await delay(lookEvery);
  }
  return true;
}
