/** The runs that workers of this installation have to go on with. */
import { type Installation, taskQueueOf } from '../contract/installation.js';

/** A query of them. Runs on another queue are nobody's here, those of a former program too: `up` has taken over what was its own. */
export function ownOpenRuns(installation: Pick<Installation, 'id'>): string {
  return openRunsOn(taskQueueOf(installation));
}

export function openRunsOn(taskQueue: string): string {
  return `TaskQueue = "${taskQueue}" AND ExecutionStatus = "Running"`;
}
