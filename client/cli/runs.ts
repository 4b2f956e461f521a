/** The runs of an infrastructure and its environments in Temporal: what goes on, how far it is, what it waits for. */
import type { WorkflowExecutionDescription, WorkflowExecutionInfo, WorkflowHandle } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { ids } from '../../contract/ids.js';
import { assertOwnRun } from '../../contract/installation.js';
import { environmentKey, infrastructureKey, releaseKey, stepKey } from '../../contract/searchAttributes.js';
import type { Temporal } from '../../temporal/connection.js';
import type { RunStatus } from '../../workflows/messages.js';
import type { Place } from './infrastructure.js';

/** Procedures of which an environment has at most one run at a time. `tells`: it answers how it stands. */
const known = {
  upgrade: { workflowId: ids.upgradeEnvironment, tells: true, pauses: true },
  'go-live': { workflowId: ids.goLive, tells: true, pauses: true },
  rollback: { workflowId: ids.rollback, tells: true, pauses: false },
  prepare: { workflowId: ids.prepare, tells: true, pauses: true },
  deploy: { workflowId: ids.deploy, tells: true, pauses: true },
  'publish-all': { workflowId: ids.publishAll, tells: false, pauses: false },
} as const;

export type Procedure = keyof typeof known;

type ProcedureThat<Can extends 'tells' | 'pauses'> = {
  [P in Procedure]: (typeof known)[P][Can] extends true ? P : never;
}[Procedure];

export type PausableProcedure = ProcedureThat<'pauses'>;

export type TellingProcedure = ProcedureThat<'tells'> | 'infrastructure';

const procedures = Object.keys(known) as readonly Procedure[];
export const pausableProcedures = procedures.filter(isPausable);

/** An activity that has failed and goes on trying. */
interface Retrying {
  readonly activity: string;
  /** The number of the next, or present, one. */
  readonly attempt: number;
  readonly failure: string;
}

export interface Run {
  readonly workflowId: string;
  readonly runId: string;
  readonly procedure: Procedure | 'publish' | 'nightly' | 'infrastructure';
  readonly state: 'running' | 'completed' | 'continued' | 'failed' | 'cancelled' | 'terminated' | 'timed out';
  /** ISO 8601 UTC. */
  readonly started: string;
  readonly release: string | null;
  readonly step: string | null;
  /** Null where it has ended, tells nothing, or no worker answers. */
  readonly status: RunStatus | null;
  /** What fails and is tried again. */
  readonly retrying: readonly Retrying[];
  /** Its page in the Temporal UI. */
  readonly link: string | null;
}

/** Whether it answers how it stands: the upgrade of the infrastructure does, too. */
export function tells(procedure: Run['procedure']): procedure is TellingProcedure {
  return procedure === 'infrastructure' || (isProcedure(procedure) && known[procedure].tells);
}

/** Publications have an id each, nights a time. */
export function isPausable(procedure: Run['procedure']): procedure is PausableProcedure {
  return isProcedure(procedure) && known[procedure].pauses;
}

function isProcedure(procedure: Run['procedure']): procedure is Procedure {
  return procedure in known;
}

export function workflowIdOf(procedure: Procedure, { infrastructure, environment }: Place): string {
  return known[procedure].workflowId(infrastructure, environment);
}

/** Those that run now. Procedures are asked for by id, so that one that has just begun is not missed. */
export async function runningRuns(temporal: Temporal, place: Place): Promise<readonly Run[]> {
  const found = await Promise.all(procedures.map((procedure) => readRun(temporal, place, procedure)));
  const others: Run[] = [];
  for await (const info of temporal.client.workflow.list({ query: otherRuns(place) })) {
    others.push(shown(info, info.type === 'publishModule' ? 'publish' : 'nightly', place, temporal, null));
  }
  return [...found.filter((run) => run?.state === 'running'), ...others].filter((run) => run !== undefined);
}

/** The upgrade of the whole infrastructure, while it runs. */
export async function infrastructureRun(temporal: Temporal, place: Place): Promise<Run | undefined> {
  const handle = temporal.client.workflow.getHandle(ids.upgradeInfrastructure(place.infrastructure));
  const run = await readExecution(temporal, place, 'infrastructure', handle);
  return run?.state === 'running' ? run : undefined;
}

/** The newest run of `procedure`; `undefined` when there is none that Temporal still knows. */
async function readRun(temporal: Temporal, place: Place, procedure: Procedure): Promise<Run | undefined> {
  return readExecution(temporal, place, procedure, temporal.client.workflow.getHandle(workflowIdOf(procedure, place)));
}

export type Gate = NonNullable<RunStatus['gate']>;

/** The run that waits at a gate: there is one at most, for the others wait for it. */
export async function runAtGate(
  temporal: Temporal,
  place: Place,
): Promise<{ workflowId: string; gate: Gate } | undefined> {
  for (const { workflowId, status } of await runningRuns(temporal, place)) {
    if (status?.gate) return { workflowId, gate: status.gate };
  }
  return undefined;
}

/** How a run that was seen before stands now. */
export async function readAgain(temporal: Temporal, place: Place, run: Run): Promise<Run | undefined> {
  const handle = temporal.client.workflow.getHandle(run.workflowId, run.runId);
  return readExecution(temporal, place, run.procedure, handle);
}

async function readExecution(
  temporal: Temporal,
  place: Place,
  procedure: Run['procedure'],
  handle: WorkflowHandle,
): Promise<Run | undefined> {
  try {
    const info = await handle.describe();
    if (info.status.name === 'RUNNING') assertOwnRun({ installation: temporal.installation, ...info });
    const asked = info.status.name === 'RUNNING' && tells(procedure);
    const run = shown(info, procedure, place, temporal, asked ? await askStatus(temporal, handle) : null);
    return { ...run, retrying: retryingOf(info) };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

function retryingOf({ raw }: WorkflowExecutionDescription): readonly Retrying[] {
  const pending = raw.pendingActivities ?? [];
  return pending.flatMap(({ activityType, attempt, lastFailure }) =>
    lastFailure?.message
      ? [{ activity: activityType?.name ?? '', attempt: attempt ?? 1, failure: lastFailure.message }]
      : [],
  );
}

/** How long, in milliseconds, a worker may take to answer: it answers in a few, or there is none. */
const answerWithin = 3_000;

async function askStatus({ client }: Temporal, handle: WorkflowHandle): Promise<RunStatus | null> {
  const ask = () => handle.query<RunStatus, []>('status');
  return client.withDeadline(Date.now() + answerWithin, ask).catch(() => null);
}

function otherRuns({ infrastructure, environment }: Place): string {
  return [
    `${infrastructureKey.name} = "${infrastructure}"`,
    `${environmentKey.name} = "${environment}"`,
    `WorkflowType IN ("publishModule", "nightlyDeployAll")`,
    `ExecutionStatus = "Running"`,
  ].join(' AND ');
}

function shown(
  { workflowId, runId, status: { name }, startTime, typedSearchAttributes }: Omit<WorkflowExecutionInfo, 'raw'>,
  procedure: Run['procedure'],
  { run }: Place,
  { namespace }: Temporal,
  status: RunStatus | null,
): Run {
  const page = `namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}/${runId}`;
  return {
    workflowId,
    runId,
    procedure,
    state: states[name],
    started: startTime.toISOString(),
    release: status?.target ?? typedSearchAttributes.get(releaseKey) ?? null,
    step: status?.step ?? typedSearchAttributes.get(stepKey) ?? null,
    status,
    retrying: [],
    link: run.temporal.ui === null ? null : new URL(page, `${run.temporal.ui}/`).href,
  };
}

const states = {
  RUNNING: 'running',
  PAUSED: 'running',
  COMPLETED: 'completed',
  CONTINUED_AS_NEW: 'continued',
  FAILED: 'failed',
  CANCELLED: 'cancelled',
  TERMINATED: 'terminated',
  TIMED_OUT: 'timed out',
  UNSPECIFIED: 'running',
  UNKNOWN: 'running',
} as const satisfies Record<WorkflowExecutionInfo['status']['name'], Run['state']>;
