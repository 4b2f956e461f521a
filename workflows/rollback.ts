/**
 * Taking an environment back to its snapshot (LIVE-05). It is always allowed, in a closed window and in a freeze too. The
 * environment's token comes first, so that whatever the upgrade still does is refused; then the upgrade is cancelled and waited for.
 */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  setCurrentDetails,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { inputs } from '../domain/message.js';
import type { RestoreReport, Snapshot } from '../platform/port.js';
import {
  checkApplications,
  closeDoor,
  endWorkflows,
  holdForRollback,
  openDoor,
  recordRollback,
  releaseEnvironment,
  restoreSnapshot,
} from './activities.js';
import { ids } from './ids.js';
import { accepted } from './parts/refusal.js';
import { environmentAttributes, releaseKey, stepKey } from './searchAttributes.js';

export interface RollbackReport {
  readonly environment: string;
  readonly requestedBy: string;
  readonly reason: string;
  readonly snapshot: Snapshot;
  readonly restored: RestoreReport;
  /** Milliseconds from the decision until users were served again. */
  readonly duration: number;
  readonly hotPoints: { readonly checked: number; readonly failures: number };
}

export async function rollback(input: unknown): Promise<RollbackReport> {
  const request = accepted(inputs.rollback.check(input));
  const { infrastructure, environment, requestedBy, reason } = request;
  const step = (name: string) => {
    upsertSearchAttributes([{ key: stepKey, value: name }]);
    setCurrentDetails(`**Rollback of ${environment}**, asked for by ${requestedBy}: ${reason}\n\n- step: **${name}**`);
  };
  upsertSearchAttributes(environmentAttributes(infrastructure, environment));
  const started = Date.now();

  step('taking over');
  const { hold, snapshot, hotPoints } = await holdForRollback.executeWithOptions(
    { summary: `take ${environment} over` },
    [request],
  );
  const { token } = hold;
  upsertSearchAttributes([{ key: releaseKey, value: snapshot.release }]);
  await endWorkflows.executeWithOptions({ summary: 'cancel what works on it, and wait' }, [
    {
      workflowIds: [
        ids.goLive(infrastructure, environment),
        ids.upgradeEnvironment(infrastructure, environment),
        ids.prepare(infrastructure, environment),
        ids.deploy(infrastructure, environment),
      ],
    },
  ]);
  step('closing');
  await closeDoor.executeWithOptions({ summary: 'keep users out' }, [{ environment, token, forRollback: true }]);
  step('restoring');
  const restored = await restoreSnapshot.executeWithOptions(
    { summary: `restore ${snapshot.id} of ${snapshot.takenAt}` },
    [{ environment, id: snapshot.id, token }],
  );
  step('tests');
  const { checked, failures } = await checkApplications.executeWithOptions({ summary: 'hot points' }, [
    { environment, hotPoints, since: hold.since, release: snapshot.release },
  ]);
  step('opening');
  await openDoor.executeWithOptions({ summary: 'let users in' }, [{ environment, token }]);
  const report = {
    environment,
    requestedBy,
    reason,
    snapshot,
    restored,
    duration: Date.now() - started,
    hotPoints: { checked, failures },
  };
  await CancellationScope.nonCancellable(async () => {
    await releaseEnvironment.executeWithOptions({ summary: `let go of ${environment}` }, [{ environment, token }]);
    await recordRollback.executeWithOptions({ summary: 'record as evidence' }, [{ infrastructure, report }]);
  });
  step('done');
  await condition(allHandlersFinished);
  return report;
}
