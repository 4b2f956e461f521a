/** Runs about a whole infrastructure: its plan, its upgrade, and whatever gate waits in any of its runs. */
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/common';
import type { PlanSummary } from '../../activities/planning.js';
import { ids } from '../../contract/ids.js';
import { assertOwnRun, taskQueueOf } from '../../contract/installation.js';
import { clientMemo } from '../../contract/memo.js';
import { infrastructureKey } from '../../contract/searchAttributes.js';
import { UpliftError } from '../../domain/errors.js';
import { isOn } from '../../domain/releases/version.js';
import { loadPlanDocument, type PlanDocument } from '../../store/plans.js';
import type { Temporal } from '../../temporal/connection.js';
import type { RunStatus } from '../../workflows/messages.js';
import type { upgradeInfrastructure } from '../../workflows/upgradeInfrastructure.js';
import type { Places } from './infrastructure.js';
import { type Gate, runningRuns } from './runs.js';
import { withStore } from './store.js';

export interface WaitingGate {
  /** The infrastructure itself, or one of its environments. */
  readonly about: string;
  readonly environment: string | null;
  readonly workflowId: string;
  readonly gate: Gate;
}

/** Makes the plan, which is kept in the store of the data folder, and reads it there; nothing is begun. */
export async function makePlan(
  temporal: Temporal,
  { run: { infrastructure }, dataFolder }: Pick<Places, 'run' | 'dataFolder'>,
  to: string | undefined,
): Promise<PlanDocument> {
  const { client, installation } = temporal;
  const workflowId = ids.plan(infrastructure);
  await runningRun(temporal, workflowId); // one that runs is ended, unless it is another installation's
  const { hash } = await client.workflow.execute<(input: unknown) => Promise<PlanSummary>>('planInfrastructure', {
    workflowId,
    taskQueue: taskQueueOf(installation),
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
    args: [{ infrastructure, ...(to === undefined ? {} : { to }) }],
    staticSummary: `Plan of ${infrastructure}`,
  });
  return withStore(dataFolder, (store) => loadPlanDocument(store, hash));
}

export interface UpgradeRequest {
  readonly to?: string;
  /** Hash of a plan made before. */
  readonly plan?: string;
  readonly requestedBy?: string;
}

/** Starts it or attaches to the one that runs. Throws `OTHER_TARGET_RUNNING` when that goes to another release. */
export async function startInfrastructureUpgrade(
  temporal: Temporal,
  infrastructure: string,
  request: UpgradeRequest,
): Promise<{ handle: WorkflowHandle<typeof upgradeInfrastructure>; workflowId: string; attached: boolean }> {
  const { client, installation } = temporal;
  const workflowId = ids.upgradeInfrastructure(infrastructure);
  const handle = client.workflow.getHandle<typeof upgradeInfrastructure>(workflowId);
  try {
    await client.workflow.start('upgradeInfrastructure', {
      workflowId,
      taskQueue: taskQueueOf(installation),
      workflowIdConflictPolicy: 'FAIL',
      args: [{ infrastructure, ...request }],
      staticSummary: `${infrastructure} to ${request.to ?? 'the release of its plan'}`,
      memo: clientMemo,
      typedSearchAttributes: [{ key: infrastructureKey, value: infrastructure }],
    });
    return { handle, workflowId, attached: false };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    await assertSameTarget(temporal, workflowId, request);
    return { handle, workflowId, attached: true };
  }
}

async function assertSameTarget(temporal: Temporal, workflowId: string, { to }: UpgradeRequest): Promise<void> {
  const status = await askStatus(temporal, workflowId);
  if (to === undefined || status?.target === null || status?.target === undefined || isOn(status.target, to)) return;
  throw new UpliftError('OTHER_TARGET_RUNNING', {
    what: `The infrastructure is being upgraded to ${status.target}, not to ${to}`,
    blockedBy: workflowId,
    next: 'uplift status; to go elsewhere, reject or stop that upgrade first',
  });
}

/** Every gate that waits for people, the infrastructure's own first. */
export async function waitingGates(temporal: Temporal, { run, places }: Places): Promise<readonly WaitingGate[]> {
  const workflowId = ids.upgradeInfrastructure(run.infrastructure);
  const status = await askStatus(temporal, workflowId);
  const own = status?.gate ? [{ about: run.infrastructure, environment: null, workflowId, gate: status.gate }] : [];
  const below = await Promise.all(
    places.map(async (place) => {
      const runs = await runningRuns(temporal, place);
      return runs.flatMap(({ workflowId: id, status: now }) =>
        now?.gate ? [{ about: place.environment, environment: place.environment, workflowId: id, gate: now.gate }] : [],
      );
    }),
  );
  return [...own, ...below.flat()];
}

/** How long, in milliseconds, a worker may take to answer: it answers in a few, or there is none. */
const answerWithin = 3_000;

/** Undefined when the run does not exist, has ended, or no worker answers. Throws as `runningRun`. */
export async function askStatus(temporal: Temporal, workflowId: string): Promise<RunStatus | undefined> {
  const { client } = temporal;
  const handle = await runningRun(temporal, workflowId);
  const ask = async () => handle?.query<RunStatus, []>('status');
  return client.withDeadline(Date.now() + answerWithin, ask).catch(() => undefined);
}

/** Undefined when the run does not exist or has ended. Throws `INFRASTRUCTURE_TAKEN` when it is another installation's. */
async function runningRun({ client, installation }: Temporal, workflowId: string): Promise<WorkflowHandle | undefined> {
  const handle = client.workflow.getHandle(workflowId);
  const run = await handle.describe().catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  });
  if (run?.status.name !== 'RUNNING') return undefined;
  assertOwnRun({ installation, ...run });
  return handle;
}
