/** Around a rollback: what it would lose, the end of whatever works on the environment, evidence. Keys: the workflow id, the run. */

import { cancellationSignal } from '@temporalio/activity';
import { UpliftError } from '../domain/errors.js';
import type { Place } from '../domain/infrastructure/place.js';
import type { Hold } from '../port/hold.js';
import type { Loss, Snapshot } from '../port/snapshots.js';
import type { RecordedBackup } from '../store/backups.js';
import { newestBackup } from '../store/backups.js';
import { takenBack } from '../store/evidence.js';
import { loadPlan } from '../store/plans.js';
import type { Store } from '../store/store.js';
import { endUpgradesOf, upgradeRecord } from '../store/upgrades.js';
import { beating, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';
import { takeEnvironment } from './driven.js';
import { cancelPatience, endRun } from './endRun.js';
import { keepEvidence } from './evidence.js';
import type { EnvironmentToDrive } from './planning.js';
import { toDrive } from './planning.js';
import { environmentOf } from './planToFollow.js';

/** What a rollback would go back to, and what that costs (LIVE-04). */
export interface RollbackReadiness {
  readonly kind: 'driven';
  readonly snapshot: Snapshot;
  readonly loss: Loss;
  /** The plan of the upgrade that took the snapshot, which an approval names. */
  readonly plan: string;
  /** Whether the environment asks somebody before users lose what they wrote. */
  readonly asks: boolean;
}

/** Where no platform is driven: what was told of the backup, and who brings it back. */
export interface ToldReadiness {
  readonly kind: 'told';
  readonly backup: RecordedBackup;
  readonly plan: string;
  readonly asks: boolean;
  readonly decisions: EnvironmentToDrive;
}

export const rollbackActivities = (dependencies: Dependencies) => {
  const { platform, store, client, installation } = dependencies;
  return {
    /** Throws `SNAPSHOT_MISSING`, and `NOTHING_TO_TAKE_BACK` when the environment was taken back and nothing has changed it since. */
    rollbackReadiness: explained(
      async ({ infrastructure, environment }: Place): Promise<RollbackReadiness | ToldReadiness> => {
        const place = { infrastructure, environment };
        await platform.inventory.environment(place);
        const described = await platform.inventory.infrastructure(infrastructure);
        const policy = described.environments.find(({ name }) => name === environment)?.gates.rollback;
        const asks = (policy?.quorum ?? 1) > 0;
        const driven = await platform.driven(place);
        if (!driven) return { kind: 'told', asks, ...(await toldReadiness(store, place)) };
        const { snapshots } = driven;
        const snapshot = await snapshots.newest(place);
        if (!snapshot) {
          throw new UpliftError('SNAPSHOT_MISSING', {
            what: `${environment} has no snapshot to go back to: no upgrade has changed it yet`,
            next: `uplift status ${environment}`,
          });
        }
        const restored = await snapshots.restored(place);
        if (restored?.snapshot === snapshot.id) {
          throw new UpliftError('NOTHING_TO_TAKE_BACK', {
            what: `${environment} was taken back to ${snapshot.id} (${snapshot.release}) at ${restored.at}, and no upgrade has changed it since`,
            next: `uplift status ${environment}`,
          });
        }
        return {
          kind: 'driven',
          snapshot,
          loss: await snapshots.loss({ ...place, id: snapshot.id }),
          plan: (await upgradeRecord(store, snapshot.id))?.plan ?? snapshot.digest,
          asks,
        };
      },
    ),

    /** Takes an environment that nobody drives; whoever works there under an earlier token is told so by name. */
    holdToldForRollback: explained(
      (request: Place & { release: string; workflow: string }): Promise<Hold> =>
        takeEnvironment(dependencies, { ...request, operation: 'rollback' }),
    ),

    /** Cancels those that run and waits until each has closed; one that does not end in time is terminated. One that does not exist has. */
    endWorkflows: explained(
      async ({ workflowIds, reason }: { workflowIds: readonly string[]; reason: string }): Promise<void> => {
        const signal = cancellationSignal();
        const ended = () =>
          client.withAbortSignal(signal, () =>
            Promise.all(
              workflowIds.map((id) =>
                endRun({ client, installation }, id, { signal, patience: cancelPatience, reason }),
              ),
            ),
          );
        await beating({ ending: workflowIds }, ended);
      },
    ),

    recordRollback: explained(
      async ({ infrastructure, environment, report }: Place & { report: unknown }): Promise<void> => {
        await keepEvidence(store, { upgrade: infrastructure, environment, name: takenBack, payload: report });
        await endUpgradesOf(store, { infrastructure, environment });
      },
    ),
  };
};

async function toldReadiness(
  store: Store,
  place: Place,
): Promise<Pick<ToldReadiness, 'backup' | 'plan' | 'decisions'>> {
  const backup = await newestBackup(store, place);
  const plan = backup && (await upgradeRecord(store, backup.upgrade))?.plan;
  if (backup && plan !== undefined) {
    return { backup, plan, decisions: toDrive(environmentOf(await loadPlan(store, plan), place.environment)) };
  }
  throw new UpliftError('SNAPSHOT_MISSING', {
    what: `${place.environment} has no backup to go back to: no upgrade has changed it yet`,
    next: `uplift status ${place.environment}`,
  });
}
