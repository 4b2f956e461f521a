/** The nightly Deploy All of an environment: made once, paused, then changed as people ask. */
import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  type ScheduleHandle,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import { UpliftError } from '../domain/errors.js';
import { ids, taskQueues } from '../workflows/ids.js';
import type { nightlyDeployAll } from '../workflows/nightlyDeployAll.js';
import { environmentAttributes } from '../workflows/searchAttributes.js';

export interface Nightly {
  readonly infrastructure: string;
  readonly environment: string;
  /** Wall-clock time in `timeZone`: `02:00`. */
  readonly at?: string;
  /** IANA name; without one this machine's. */
  readonly timeZone?: string;
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

const defaultTime = '02:00';

/** A night missed by no more than this is made up for; a later Deploy All would meet people at work. */
const catchupWindow = '1h';

/** Makes the schedule; one that exists stays as it is. */
export async function ensureNightlySchedule(client: Client, nightly: Nightly): Promise<'created' | 'existed'> {
  const { infrastructure, environment, paused = true } = nightly;
  const scheduleId = ids.nightly(infrastructure, environment);
  const note = paused ? `made paused; uplift schedule ${environment} --resume --reason WHY starts the nights` : '';
  const spec = specOf(nightly);
  try {
    await client.schedule.create<typeof nightlyDeployAll>({
      scheduleId,
      spec,
      action: {
        type: 'startWorkflow',
        workflowType: 'nightlyDeployAll',
        workflowId: scheduleId,
        taskQueue: taskQueues.orchestrator,
        args: [{ infrastructure, environment }],
        typedSearchAttributes: environmentAttributes(infrastructure, environment),
        staticSummary: `Nightly Deploy All of ${environment}`,
      },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow },
      state: { paused, note },
    });
    return 'created';
  } catch (error) {
    if (error instanceof ScheduleAlreadyRunning) return 'existed';
    throw error;
  }
}

/** `undefined` when there is none. */
export async function readNightlySchedule(
  client: Client,
  { infrastructure, environment }: Pick<Nightly, 'infrastructure' | 'environment'>,
): Promise<NightlySchedule | undefined> {
  try {
    return shown(await handleOf(client, infrastructure, environment).describe());
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}

export type NightlyChange =
  | { readonly kind: 'time'; readonly at?: string; readonly timeZone?: string }
  | { readonly kind: 'pause' | 'resume'; readonly reason: string }
  | { readonly kind: 'run now' }
  | { readonly kind: 'delete' };

/** Changes a schedule that exists; what a change of time leaves out stays. */
export async function changeNightlySchedule(
  client: Client,
  { infrastructure, environment }: Pick<Nightly, 'infrastructure' | 'environment'>,
  change: NightlyChange,
): Promise<void> {
  const handle = handleOf(client, infrastructure, environment);
  switch (change.kind) {
    case 'time':
      return handle.update((former) => {
        const { at, timeZone } = shown(former);
        return { ...former, spec: specOf({ at, timeZone, ...change }) };
      });
    case 'pause':
      return handle.pause(change.reason);
    case 'resume':
      return handle.unpause(change.reason);
    case 'run now':
      return handle.trigger(ScheduleOverlapPolicy.SKIP);
    case 'delete':
      return handle.delete();
  }
}

function handleOf(client: Client, infrastructure: string, environment: string): ScheduleHandle {
  return client.schedule.getHandle(ids.nightly(infrastructure, environment));
}

function specOf({ at = defaultTime, timeZone = machineTimeZone() }: Pick<Nightly, 'at' | 'timeZone'>) {
  assertTimeZone(timeZone);
  const [hour, minute] = hourAndMinute(at);
  return { calendars: [{ hour, minute, comment: 'nightly Deploy All' }], timezone: timeZone };
}

function shown({ scheduleId, spec, state, info }: ScheduleDescription): NightlySchedule {
  const [calendar] = spec.calendars ?? [];
  const two = (range: readonly { start: number }[] | undefined) => String(range?.[0]?.start ?? 0).padStart(2, '0');
  return {
    id: scheduleId,
    at: `${two(calendar?.hour)}:${two(calendar?.minute)}`,
    timeZone: spec.timezone ?? 'UTC',
    paused: state.paused,
    note: state.note ?? '',
    nextRuns: info.nextActionTimes.slice(0, 3).map((time) => time.toISOString()),
    recentRuns: info.recentActions.map(({ action }) => action.workflow.workflowId),
  };
}

function hourAndMinute(at: string): readonly [hour: number, minute: number] {
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(at) ?? [];
  if (hour !== undefined && minute !== undefined) return [Number(hour), Number(minute)];
  throw new UpliftError('INPUT_INVALID', { what: `"${at}" is not a time of day`, next: 'write it like 02:00' });
}

function assertTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch {
    throw new UpliftError('INPUT_INVALID', {
      what: `"${timeZone}" is not a time zone`,
      next: 'write it like Europe/Lisbon',
    });
  }
}

function machineTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
