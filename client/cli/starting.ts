/** Starting a run that an environment has at most once at a time, or attaching to the one that is there. */
import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter, type Workflow, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { assertOwnRun, taskQueueOf } from '../../contract/installation.js';
import { clientMemo } from '../../contract/memo.js';
import { environmentAttributes, releaseKey } from '../../contract/searchAttributes.js';
import { UpliftError } from '../../domain/errors.js';
import type { UpgradeEnvironmentInput } from '../../domain/messages/message.js';
import { isOn } from '../../domain/releases/version.js';
import type { Temporal } from '../../temporal/connection.js';
import type { deployModules } from '../../workflows/deployModules.js';
import type { prepareModules } from '../../workflows/prepareModules.js';
import type { upgradeEnvironment } from '../../workflows/upgradeEnvironment.js';
import { typed } from '../words.js';
import type { Place } from './infrastructure.js';
import { workflowIdOf } from './runs.js';

export interface Started<W extends Workflow> {
  readonly handle: WorkflowHandle<W>;
  readonly workflowId: string;
  /** It ran already. */
  readonly attached: boolean;
}

/** `to` is a version. Throws `OTHER_TARGET_RUNNING` when one runs towards another release. */
export async function startUpgrade(
  temporal: Temporal,
  place: Place,
  {
    to,
    plan,
    requestedBy,
  }: Pick<UpgradeEnvironmentInput, 'to' | 'requestedBy'> & { readonly plan?: string | undefined },
): Promise<Started<typeof upgradeEnvironment>> {
  const started = await startOnce<typeof upgradeEnvironment>(temporal, place, {
    workflow: 'upgradeEnvironment',
    workflowId: workflowIdOf('upgrade', place),
    input: { to, ...(plan === undefined ? {} : { plan }), ...(requestedBy === undefined ? {} : { requestedBy }) },
    summary: `Upgrade of ${place.environment} to ${to}`,
    release: to,
  });
  if (started.attached) await assertSameTarget(started, place, to);
  return started;
}

export function startPreparation(
  temporal: Temporal,
  place: Place,
  requestedBy: string | undefined,
): Promise<Started<typeof prepareModules>> {
  return startOnce<typeof prepareModules>(temporal, place, {
    workflow: 'prepareModules',
    workflowId: workflowIdOf('prepare', place),
    input: requestedBy === undefined ? {} : { requestedBy },
    summary: `Preparation of ${place.environment}`,
  });
}

export function startDeployment(
  temporal: Temporal,
  place: Place,
  requestedBy: string | undefined,
): Promise<Started<typeof deployModules>> {
  return startOnce<typeof deployModules>(temporal, place, {
    workflow: 'deployModules',
    workflowId: workflowIdOf('deploy', place),
    input: requestedBy === undefined ? {} : { requestedBy },
    summary: `Deploy All of ${place.environment}`,
  });
}

export interface Start {
  readonly workflow: string;
  readonly workflowId: string;
  /** Beside infrastructure and environment. */
  readonly input: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly release?: string;
}

export async function startOnce<W extends (input: unknown) => Promise<unknown>>(
  { client, installation }: Temporal,
  { infrastructure, environment }: Place,
  { workflow, workflowId, input, summary, release }: Start,
): Promise<Started<W>> {
  const attributes = environmentAttributes(infrastructure, environment);
  if (release !== undefined) attributes.push({ key: releaseKey, value: release });
  try {
    const handle = await client.workflow.start<(input: unknown) => Promise<unknown>>(workflow, {
      workflowId,
      taskQueue: taskQueueOf(installation),
      workflowIdConflictPolicy: 'FAIL',
      args: [{ infrastructure, environment, ...input }],
      staticSummary: summary,
      memo: clientMemo,
      typedSearchAttributes: attributes,
    });
    return { handle: handle as WorkflowHandle<Workflow> as WorkflowHandle<W>, workflowId, attached: false };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const handle = client.workflow.getHandle<W>(workflowId);
    assertOwnRun({ installation, ...(await handle.describe()) });
    return { handle, workflowId, attached: true };
  }
}

async function assertSameTarget<W extends Workflow>(
  { handle, workflowId }: Started<W>,
  { environment }: Place,
  to: string,
): Promise<void> {
  const { to: running = 'a release it does not name' } = await startInput(handle);
  if (isOn(running, to)) return;
  throw new UpliftError('OTHER_TARGET_RUNNING', {
    what: `${environment} is being upgraded to ${running}, not to ${to}`,
    blockedBy: workflowId,
    next: `uplift status ${typed(environment)}; to go to ${to}, reject that upgrade first`,
  });
}

/** What the run was started with, which no worker has to be asked for. */
async function startInput<W extends Workflow>(handle: WorkflowHandle<W>): Promise<{ readonly to?: string }> {
  const { events } = await handle.fetchHistory();
  const [payload] = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const input = payload ? defaultPayloadConverter.fromPayload<{ to?: unknown } | null>(payload) : null;
  return typeof input?.to === 'string' ? { to: input.to.trim() } : {};
}
