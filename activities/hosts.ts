/** Whether the host answers that a run waits for: told from the run's own activity there. Reads only. */
import { setTimeout as delay } from 'node:timers/promises';
import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import { optionalTsToMs } from '@temporalio/common/lib/time.js';
import type { temporal } from '@temporalio/proto';
import { explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';

export type HostAnswer =
  | { readonly kind: 'answers' }
  /** Nobody takes what is asked of it. `since`: ISO 8601 UTC. */
  | { readonly kind: 'away'; readonly since: string }
  /** Nothing is asked of it any more. */
  | { readonly kind: 'over' };

/** Milliseconds in which a worker that is there has taken what waits for it. */
const patience = 10_000;
/** Milliseconds between two looks. */
const every = 2_000;

/** `PendingActivityState` of Temporal's interface. */
const scheduled: temporal.api.enums.v1.PendingActivityState = 1;

export const hostWatching = ({ client }: Dependencies) => ({
  /** Until something else is so than `answers` says. `activityId`: of the run that asks, on the queue of the host. */
  awaitHost: explained(
    async ({ activityId, answers }: { activityId: string; answers: boolean }): Promise<HostAnswer> => {
      const { workflowExecution: run } = activityInfo();
      const handle = client.workflow.getHandle(run?.workflowId ?? '', run?.runId);
      let waitsSince: number | undefined;
      for (;;) {
        heartbeat();
        const { raw } = await handle.describe();
        const pending = raw.pendingActivities?.find((each) => each.activityId === activityId);
        if (!pending) return { kind: 'over' };
        const waits = pending.state === scheduled && !pending.nextAttemptScheduleTime;
        if (!waits && !answers) return { kind: 'answers' };
        waitsSince = waits ? (waitsSince ?? Date.now()) : undefined;
        if (waitsSince !== undefined && answers && Date.now() - waitsSince >= patience) return away(pending);
        await delay(every, undefined, { signal: cancellationSignal() });
      }
    },
  ),
});

function away({
  lastHeartbeatTime,
  lastStartedTime,
  scheduledTime,
}: temporal.api.workflow.v1.IPendingActivityInfo): HostAnswer {
  const last = optionalTsToMs(lastHeartbeatTime) ?? optionalTsToMs(lastStartedTime) ?? optionalTsToMs(scheduledTime);
  return { kind: 'away', since: new Date(last ?? Date.now()).toISOString() };
}
