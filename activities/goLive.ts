/** The door, the snapshot, and taking an environment back. Keys: environment for the door, environment and upgrade for a snapshot. */
import { activityInfo } from '@temporalio/activity';
import { reported } from '../contract/reported.js';
import { UpliftError } from '../domain/errors.js';
import { isOfHold } from '../domain/goLive/snapshotOrder.js';
import { hotPointsOf } from '../domain/infrastructure/infrastructure.js';
import type { Place } from '../domain/infrastructure/place.js';
import type { DoorRequest, MaintenanceNotice } from '../port/door.js';
import type { Hold } from '../port/hold.js';
import type { RestoreReport, Snapshot } from '../port/snapshots.js';
import { assertNotPaused } from '../store/pause.js';
import { attemptProgress, effectful, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';
import { drivenAt, takeEnvironment } from './driven.js';

interface Held extends Place {
  readonly token: number;
}

/** `until`: when the plan expects users to come back, ISO 8601 UTC. */
interface ToClose extends Held {
  readonly reason: string;
  readonly until?: string;
  readonly forRollback?: boolean;
}

export const goLiveActivities = (dependencies: Dependencies) => {
  const { platform, store } = dependencies;
  return {
    /** A rollback is never held back by a pause. */
    closeDoor: explained(async ({ forRollback = false, until, ...request }: ToClose): Promise<void> => {
      if (!forRollback) await assertNotPaused(store);
      const { door } = await drivenAt(platform, request);
      const notice = await noticeOf(platform, request, until);
      return door.close({ ...request, by: thisRun(), notice }, attemptProgress());
    }),

    /** Not held back by a pause: letting users in undoes harm. `onlyOwn`: undoes what this very run has closed, and nothing else. */
    openDoor: explained(
      async (request: Held & { onlyOwn?: boolean }): Promise<void> =>
        (await drivenAt(platform, request)).door.open({ ...request, by: thisRun() }, attemptProgress()),
    ),

    /**
     * Of the environment as it was before its first change: an upgrade that was interrupted and started again holds the environment
     * since then, and keeps the snapshot it took.
     */
    takeSnapshot: effectful(store, async (request: Held & { id: string }): Promise<Snapshot> => {
      const { snapshots } = await drivenAt(platform, request);
      const { hold } = await platform.inventory.environment(request);
      const newest = await snapshots.newest(request);
      if (hold && newest && isOfHold(newest, hold)) return newest;
      return snapshots.take(request, attemptProgress());
    }),

    /** A rollback is never held back. */
    restoreSnapshot: explained(
      async (request: Held & { id: string }): Promise<RestoreReport> =>
        reported(await (await drivenAt(platform, request)).snapshots.restore(request, attemptProgress())),
    ),

    holdForRollback: explained(
      async ({
        infrastructure,
        environment,
      }: Place): Promise<{ hold: Hold; snapshot: Snapshot; hotPoints: readonly string[] }> => {
        const place = { infrastructure, environment };
        const { hold: held } = await platform.inventory.environment(place);
        const snapshot = await (await drivenAt(platform, place)).snapshots.newest(place);
        if (!snapshot) {
          throw new UpliftError('SNAPSHOT_MISSING', {
            what: `${environment} has no snapshot to go back to: no upgrade has changed it yet`,
            next: `uplift status ${environment}`,
          });
        }
        // The newest snapshot may be that of an earlier upgrade: going back to it would undo more than this one did.
        if (held?.operation === 'upgrade' && !isOfHold(snapshot, held)) {
          throw new UpliftError('SNAPSHOT_MISSING', {
            what: `Nothing is to be taken back: ${held.workflow} holds ${environment} since ${held.since} and has changed nothing yet, for it has no snapshot`,
            blockedBy: held.workflow,
            next: `stop that upgrade, or start it again: it goes on`,
          });
        }
        const workflow = activityInfo().workflowExecution?.workflowId ?? '';
        const asked = { ...place, operation: 'rollback', workflow, release: snapshot.release } as const;
        const hold = await takeEnvironment(dependencies, asked);
        const described = await platform.inventory.infrastructure(infrastructure);
        return { hold, snapshot, hotPoints: hotPointsOf(described, environment) };
      },
    ),
  };
};

/** The words of the site. A file that cannot be read keeps nothing up: then the page has none. */
async function noticeOf(
  { inventory }: Dependencies['platform'],
  { infrastructure, environment }: Place,
  until: string | undefined,
): Promise<MaintenanceNotice> {
  const described = await inventory.infrastructure(infrastructure).catch(() => undefined);
  const { maintenance = {}, timeZone = 'UTC' } = described?.environments.find(({ name }) => name === environment) ?? {};
  return { ...maintenance, until, timeZone };
}

function thisRun(): DoorRequest['by'] {
  const { workflowId = '', runId = '' } = activityInfo().workflowExecution ?? {};
  return { workflow: workflowId, run: runId };
}
