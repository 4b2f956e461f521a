/** Around a rollback: what it would lose, the end of whatever works on the environment, evidence. Keys: the workflow id, the run. */
import { cancellationSignal } from '@temporalio/activity';
import { UpliftError } from '../domain/errors.js';
import type { Place } from '../domain/infrastructure/place.js';
import type { Loss, Snapshot } from '../port/snapshots.js';
import { takenBack } from '../store/evidence.js';
import { endUpgradesOf, upgradeRecord } from '../store/upgrades.js';
import { beating, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';
import { drivenAt } from './driven.js';
import { cancelPatience, endRun } from './endRun.js';
import { keepEvidence } from './evidence.js';

/** What a rollback would go back to, and what that costs (LIVE-04). */
export interface RollbackReadiness {
  readonly snapshot: Snapshot;
  readonly loss: Loss;
  /** The plan of the upgrade that took the snapshot, which an approval names. */
  readonly plan: string;
  /** Whether the environment asks somebody before users lose what they wrote. */
  readonly asks: boolean;
}

export const rollbackActivities = ({ platform, store, client, installation }: Dependencies) => ({
  /** Throws `SNAPSHOT_MISSING`, and `NOTHING_TO_TAKE_BACK` when the environment was taken back and nothing has changed it since. */
  rollbackReadiness: explained(async ({ infrastructure, environment }: Place): Promise<RollbackReadiness> => {
    const place = { infrastructure, environment };
    await platform.inventory.environment(place);
    const { snapshots } = await drivenAt(platform, place);
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
    const described = await platform.inventory.infrastructure(infrastructure);
    const policy = described.environments.find(({ name }) => name === environment)?.gates.rollback;
    return {
      snapshot,
      loss: await snapshots.loss({ ...place, id: snapshot.id }),
      plan: (await upgradeRecord(store, snapshot.id))?.plan ?? snapshot.digest,
      asks: (policy?.quorum ?? 1) > 0,
    };
  }),

  /** Cancels those that run and waits until each has closed; one that does not end in time is terminated. One that does not exist has. */
  endWorkflows: explained(
    async ({ workflowIds, reason }: { workflowIds: readonly string[]; reason: string }): Promise<void> => {
      const signal = cancellationSignal();
      const ended = () =>
        client.withAbortSignal(signal, () =>
          Promise.all(
            workflowIds.map((id) => endRun({ client, installation }, id, { signal, patience: cancelPatience, reason })),
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
});
