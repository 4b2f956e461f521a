/** One attempt of an activity, as the platform sees it: who claims, how it is told to stop, how its errors reach the workflow. */
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common';
import { reported } from '../contract/reported.js';
import { UpliftError } from '../domain/errors.js';
import { shortened } from '../domain/text.js';
import type { Progress } from '../port/progress.js';
import { assertNotPaused } from '../store/pause.js';
import type { Store } from '../store/store.js';

type Activity<Input, Output> = (input: Input) => Promise<Output>;

/** Characters of each part of an error. */
const longestPart = 4_000;

/** How long an activity that finds everything paused waits before it looks again. */
const pausedRetry = '5s';

/**
 * Errors of the registry become failures with their code as type; those that refuse or fail are not tried again.
 *
 * What aborts with Node's own error after a cancellation, a pause or a reset of the activity must end as Temporal's, else the
 * server refuses the answer and the attempt hangs until its timeout.
 */
export function explained<Input, Output>(activity: Activity<Input, Output>): Activity<Input, Output> {
  return async (input) => {
    try {
      return await activity(input);
    } catch (error) {
      cancellationSignal().throwIfAborted();
      throw error instanceof UpliftError ? asFailure(error) : error;
    }
  };
}

/** An activity with an effect: it does not start while everything is paused. */
export function effectful<Input, Output>(store: Store, activity: Activity<Input, Output>): Activity<Input, Output> {
  return explained(async (input) => {
    await assertNotPaused(store);
    return activity(input);
  });
}

/** The same for every attempt of one activity; unique after a reset or a continue-as-new. */
export function activityKey(): string {
  const { workflowExecution, activityId } = activityInfo();
  return `${workflowExecution?.runId}/${activityId}`;
}

export function attemptProgress(): Progress {
  return { signal: cancellationSignal(), heartbeat: (details) => heartbeat(reported(details)) };
}

/** Milliseconds between heartbeats; well below every timeout. */
const beat = 3_000;

/** Heartbeats while `work` goes on, which only waits for others. */
export async function beating<T>(details: unknown, work: () => Promise<T>): Promise<T> {
  heartbeat(details);
  const timer = setInterval(() => heartbeat(details), beat);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** No longer than a history bears, and without what it was caused by, which may be anything. */
function asFailure(error: UpliftError): ApplicationFailure {
  const { what, blockedBy, next } = error.parts;
  const short = new UpliftError(error.code, {
    what: shortened(what, longestPart),
    ...(blockedBy === undefined ? {} : { blockedBy: shortened(blockedBy, longestPart) }),
    ...(next === undefined ? {} : { next: shortened(next, longestPart) }),
  });
  short.stack = shortened(error.stack ?? '', 2 * longestPart);
  return ApplicationFailure.create({
    message: short.message,
    type: error.code,
    nonRetryable: error.class !== 'retry',
    details: [short.parts],
    cause: short,
    ...(error.code === 'PAUSED' ? { nextRetryDelay: pausedRetry, category: ApplicationFailureCategory.BENIGN } : {}),
  });
}
