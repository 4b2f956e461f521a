/**
 * The nightly Deploy All of an environment: made once, paused, then changed as people ask. It names the queue on which nights run, so
 * it also tells whose the infrastructure is in its namespace.
 */
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  type ScheduleHandle,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { ids } from '../contract/ids.js';
import { type Owner, ownerText, ownTaskQueues, taskQueueOf } from '../contract/installation.js';
import { environmentAttributes } from '../contract/searchAttributes.js';
import { UpliftError } from '../domain/errors.js';
import type { nightlyDeployAll } from '../workflows/nightlyDeployAll.js';
import type { Temporal } from './connection.js';
import { type NightlyTime, nightlySpec, renewedSpec, timeOf } from './nightlySpec.js';

/** An installation where it meets others: a namespace. */
export type Claimant = Pick<Temporal, 'client' | 'address' | 'namespace' | 'installation' | 'dataFolder'>;

export interface Place {
  readonly infrastructure: string;
  readonly environment: string;
}

export interface Nightly extends Place, NightlyTime {
  /** True unless it says otherwise: nights begin when somebody wants them. */
  readonly paused?: boolean;
}

export interface NightlySchedule {
  readonly id: string;
  readonly at: string;
  readonly timeZone: string;
  readonly paused: boolean;
  readonly note: string;
  /** ISO 8601 UTC. */
  readonly nextRuns: readonly string[];
  /** Workflow ids, newest last. */
  readonly recentRuns: readonly string[];
}

/** A night missed by no more than this is made up for; a later Deploy All would meet people at work. */
const catchupWindow = '1h';

/**
 * Makes the schedule. One that exists stays as people changed it, but for what only programs keep: the queue, the owner, the nights
 * whose hour is skipped. Throws `INFRASTRUCTURE_TAKEN` when it is another installation's.
 */
export async function ensureNightlySchedule(claimant: Claimant, nightly: Nightly): Promise<'created' | 'existed'> {
  if (await keepNightlySchedule(claimant, nightly)) return 'existed';
  if (await create(claimant, nightly)) return 'created';
  await renew(claimant, nightly);
  return 'existed';
}

/** As above, where there is one: false where there is none. */
export async function keepNightlySchedule(claimant: Claimant, place: Place): Promise<boolean> {
  const description = await describe(claimant, place);
  if (description) await renew(claimant, place);
  return description !== undefined;
}

/** Throws `INFRASTRUCTURE_TAKEN` when the nights of any of the environments are another installation's. */
export async function assertInfrastructureFree(claimant: Claimant, places: readonly Place[]): Promise<void> {
  for (const place of places) await readNightlySchedule(claimant, place);
}

/** `undefined` when there is none. Throws `INFRASTRUCTURE_TAKEN` when it is another installation's. */
export async function readNightlySchedule(claimant: Claimant, place: Place): Promise<NightlySchedule | undefined> {
  const description = await describe(claimant, place);
  if (!description) return undefined;
  assertOwn(claimant, place.infrastructure, description);
  return shown(description);
}

export type NightlyChange =
  | { readonly kind: 'time'; readonly at?: string; readonly timeZone?: string }
  | { readonly kind: 'pause' | 'resume'; readonly reason: string }
  | { readonly kind: 'delete' };

/** Changes a schedule that exists and is this installation's; what a change of time leaves out stays. */
export async function changeNightlySchedule(claimant: Claimant, place: Place, change: NightlyChange): Promise<void> {
  const handle = handleOf(claimant, place);
  switch (change.kind) {
    case 'time':
      return handle.update((former) => ({ ...former, spec: nightlySpec({ ...timeOf(former.spec), ...change }) }));
    case 'pause':
      return handle.pause(change.reason);
    case 'resume':
      return handle.unpause(change.reason);
    case 'delete':
      return handle.delete();
  }
}

/** Milliseconds in which the server starts what it was told to start. */
const startWithin = 10_000;
const lookEvery = 200;

/**
 * Runs a night at once, unless one runs: the id of that run. The schedule exists and is this installation's. Throws
 * `TEMPORAL_UNAVAILABLE` when the server starts none.
 */
export async function runNightNow(
  claimant: Claimant,
  place: Place,
): Promise<{ readonly workflowId: string; readonly attached: boolean }> {
  const handle = handleOf(claimant, place);
  const before = (await handle.describe()).info;
  await handle.trigger(ScheduleOverlapPolicy.SKIP);
  const deadline = Date.now() + startWithin;
  while (Date.now() < deadline) {
    const { info } = await handle.describe();
    if (info.numActionsTaken > before.numActionsTaken) {
      return { workflowId: newestOf(info.recentActions), attached: false };
    }
    const [running] = info.runningActions;
    if (running && info.numActionsSkippedOverlap > before.numActionsSkippedOverlap) {
      return { workflowId: running.workflow.workflowId, attached: true };
    }
    await delay(lookEvery);
  }
  throw new UpliftError('TEMPORAL_UNAVAILABLE', {
    what: `The Temporal server has not started the night of ${place.environment} in ${startWithin / 1000} seconds`,
    next: 'uplift doctor',
  });
}

function newestOf(actions: ScheduleDescription['info']['recentActions']): string {
  return actions.at(-1)?.action.workflow.workflowId ?? '';
}

/** False when somebody else was quicker. */
async function create(claimant: Claimant, nightly: Nightly): Promise<boolean> {
  const { infrastructure, environment, paused = true } = nightly;
  const scheduleId = ids.nightly(infrastructure, environment);
  const note = paused ? `made paused; uplift schedule ${environment} --resume --reason WHY starts the nights` : '';
  try {
    await claimant.client.schedule.create<typeof nightlyDeployAll>({
      scheduleId,
      spec: nightlySpec(nightly),
      action: {
        type: 'startWorkflow',
        workflowType: 'nightlyDeployAll',
        workflowId: scheduleId,
        ...belonging(claimant),
        args: [{ infrastructure, environment }],
        typedSearchAttributes: environmentAttributes(infrastructure, environment),
        staticSummary: `Nightly Deploy All of ${environment}`,
      },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow },
      state: { paused, note },
    });
    return true;
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) return false;
    throw error;
  }
}

async function renew(claimant: Claimant, place: Place): Promise<void> {
  await handleOf(claimant, place).update((former) => {
    assertOwn(claimant, place.infrastructure, former);
    const action = { ...former.action, ...belonging(claimant) };
    return { ...former, action, spec: renewedSpec(former.spec) };
  });
}

/** Of the action, since a schedule's own memo cannot be changed later; each night carries it. */
function belonging({ installation, dataFolder }: Claimant): { taskQueue: string; memo: { owner: Owner } } {
  const { id, madeAt } = installation;
  const owner = { id, madeAt, host: hostname(), dataFolder: path.resolve(dataFolder) };
  return { taskQueue: taskQueueOf(installation), memo: { owner } };
}

function assertOwn(claimant: Claimant, infrastructure: string, { scheduleId, action }: ScheduleDescription): void {
  const { installation, namespace, address } = claimant;
  const { taskQueue, memo } = action;
  if (ownTaskQueues(installation).includes(taskQueue)) return;
  const owner = ownerText(taskQueue, memo?.['owner'] as Owner | undefined);
  throw new UpliftError('INFRASTRUCTURE_TAKEN', {
    what: `${infrastructure} in namespace ${namespace} of ${address} belongs to ${owner}, and this is the installation ${installation.id}`,
    blockedBy: `schedule ${scheduleId}`,
    next: `another namespace (TEMPORAL_NAMESPACE=NAME) or server; or, once that installation is stopped for good, temporal schedule delete --namespace ${namespace} --schedule-id ${scheduleId}`,
  });
}

/** `undefined` when there is none. */
async function describe(claimant: Claimant, place: Place): Promise<ScheduleDescription | undefined> {
  try {
    return await handleOf(claimant, place).describe();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

function handleOf({ client }: Claimant, { infrastructure, environment }: Place): ScheduleHandle {
  return client.schedule.getHandle(ids.nightly(infrastructure, environment));
}

function shown({ scheduleId, spec, state, info }: ScheduleDescription): NightlySchedule {
  return {
    id: scheduleId,
    ...timeOf(spec),
    paused: state.paused,
    note: state.note ?? '',
    nextRuns: info.nextActionTimes.slice(0, 3).map((time) => time.toISOString()),
    recentRuns: info.recentActions.map(({ action }) => action.workflow.workflowId),
  };
}
