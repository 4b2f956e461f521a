/** Around a rollback: what it would lose, the end of whatever works on the environment, evidence. Keys: the workflow id, the run. */
import { setTimeout as delay } from 'node:timers/promises';
import { cancellationSignal } from '@temporalio/activity';
import { type Client, type WorkflowHandle, WorkflowNotFoundError } from '@temporalio/client';
import { UpliftError } from '../domain/errors.js';
import type { Loss, Snapshot } from '../platform/port.js';
import { endUpgradesOf, upgradeRecord } from '../store/upgrades.js';
import { beating, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';
import { keepEvidence } from './evidence.js';

interface Environment {
  readonly infrastructure: string;
  readonly environment: string;
}

/** What a rollback would go back to, and what that costs (LIVE-04). */
export interface RollbackReadiness {
  readonly snapshot: Snapshot;
  readonly loss: Loss;
  /** The plan of the upgrade that took the snapshot, which an approval names. */
  readonly plan: string;
  /** Whether the environment asks somebody before users lose what they wrote. */
  readonly asks: boolean;
}

/**
 * How long, in milliseconds, a run may take to end when it is cancelled. Its activities are told at once and need seconds; what has not
 * ended then fails its tasks or waits for somebody, and is fenced by the token that the rollback holds already.
 */
const cancelWithin = 60_000;
const lookEvery = 500;

export const rollbackActivities = ({ platform, store, client }: Dependencies) => ({
  /** Throws `SNAPSHOT_MISSING`, and `NOTHING_TO_TAKE_BACK` when the environment was taken back and nothing has changed it since. */
  rollbackReadiness: explained(async ({ infrastructure, environment }: Environment): Promise<RollbackReadiness> => {
    await platform.inventory.environment(infrastructure, environment);
    const snapshot = await platform.snapshots.newest(environment);
    if (!snapshot) {
      throw new UpliftError('SNAPSHOT_MISSING', {
        what: `${environment} has no snapshot to go back to: no upgrade has changed it yet`,
        next: `uplift status ${environment}`,
      });
    }
    const restored = await platform.snapshots.restored(environment);
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
      loss: await platform.snapshots.loss({ environment, id: snapshot.id }),
      plan: (await upgradeRecord(store, snapshot.id))?.plan ?? snapshot.digest,
      asks: (policy?.quorum ?? 1) > 0,
    };
  }),

  /** Cancels those that run and waits until each has closed; one that does not end in time is terminated. One that does not exist has. */
  endWorkflows: explained(
    async ({ workflowIds, reason }: { workflowIds: readonly string[]; reason: string }): Promise<void> => {
      const ended = () =>
        client.withAbortSignal(cancellationSignal(), () =>
          Promise.all(workflowIds.map((id) => endOne(client, id, reason))),
        );
      await beating({ ending: workflowIds }, ended);
    },
  ),

  recordRollback: explained(
    async ({ infrastructure, environment, report }: Environment & { report: unknown }): Promise<void> => {
      await keepEvidence(store, { upgrade: infrastructure, environment, name: 'rollback', payload: report });
      await endUpgradesOf(store, { infrastructure, environment });
    },
  ),
});

async function endOne(client: Client, workflowId: string, reason: string): Promise<void> {
  try {
    const handle = client.workflow.getHandle(workflowId);
    if (!(await isRunning(handle))) return;
    await handle.cancel();
    const deadline = Date.now() + cancelWithin;
    while (Date.now() < deadline) {
      if (!(await isRunning(handle))) return;
      await delay(lookEvery, undefined, { signal: cancellationSignal() });
    }
    await handle.terminate(`${reason}; it did not end within ${cancelWithin / 1_000} s of being cancelled`);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error; // it has closed
  }
}

async function isRunning(handle: WorkflowHandle): Promise<boolean> {
  return (await handle.describe()).status.name === 'RUNNING';
}
