/**
 * An installation: one data folder and the processes that work for it. Several may share a Temporal namespace, for each has task
 * queues of its own: what a run starts goes where the run is, so nobody takes another's work.
 */
import { UpliftError } from '../domain/errors.js';

export interface Installation {
  /** Eight hexadecimal digits, made once. */
  readonly id: string;
  /** ISO 8601 UTC. */
  readonly madeAt: string;
  /** Whether runs from before installations had ids, which are all on the queue `uplift`, are its own. */
  readonly formerQueue: boolean;
}

/** What an installation says of itself where others meet what is its own. */
export interface Owner extends Pick<Installation, 'id' | 'madeAt'> {
  readonly host: string;
  /** Absolute path. */
  readonly dataFolder: string;
}

/** The queue of the programs whose installations had no id. */
export const formerTaskQueue = 'uplift';

/** Where workflows and their quick activities run. */
export function taskQueueOf({ id }: Pick<Installation, 'id'>): string {
  return `${formerTaskQueue}-${id}`;
}

/** Where modules are compiled for the runs of `taskQueue`. */
export function compileQueueOf(taskQueue: string): string {
  return `${taskQueue}-compile`;
}

/** Where a host runs programs for the runs of `taskQueue`. */
export function hostQueueOf(taskQueue: string, host: string): string {
  return `${taskQueue}-host-${host}`;
}

/** Every queue that holds runs of this installation, the one for new runs first. */
export function ownTaskQueues(installation: Pick<Installation, 'id' | 'formerQueue'>): readonly string[] {
  return [taskQueueOf(installation), ...(installation.formerQueue ? [formerTaskQueue] : [])];
}

/** Whose the runs of a queue are, in words; `owner` is what that one says of itself. */
export function ownerText(taskQueue: string, owner?: Owner): string {
  const [, id] = /^uplift-([0-9a-f]{8})$/.exec(taskQueue) ?? [];
  if (owner && owner.id === id)
    return `the installation ${id} (made ${owner.madeAt} at ${owner.host} in ${owner.dataFolder})`;
  if (id !== undefined) return `the installation ${id}`;
  if (taskQueue === formerTaskQueue) return `an installation of an earlier program (task queue ${taskQueue})`;
  return `whoever serves the task queue ${taskQueue}`;
}

/** Throws `INFRASTRUCTURE_TAKEN` for a run of another installation: whoever asks looks before it sends, joins or ends anything. */
export function assertOwnRun({
  installation,
  workflowId,
  taskQueue,
}: {
  readonly installation: Installation;
  readonly workflowId: string;
  /** The run's. */
  readonly taskQueue: string;
}): void {
  if (ownTaskQueues(installation).includes(taskQueue)) return;
  throw new UpliftError('INFRASTRUCTURE_TAKEN', {
    what: `${workflowId} is a run of ${ownerText(taskQueue)}, and this is the installation ${installation.id}`,
    next: 'name the data folder of that one with --data, or the server and namespace of this one with TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE',
  });
}
