/**
 * Runs that a former program has left open and that this one cannot go on with. They are stopped where they stand, which is between two
 * of their steps, for nobody serves them now; what they worked from is started again, and finds in store and platform what was approved,
 * prepared and tested.
 */
import { type Client, defaultPayloadConverter, type WorkflowExecutionDescription } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import type { temporal } from '@temporalio/proto';
import { formerTaskQueue, type Installation, taskQueueOf } from '../../contract/installation.js';
import { clientMemo } from '../../contract/memo.js';
import { UpliftError } from '../../domain/errors.js';
import { recordEvidence } from '../../store/evidence.js';
import { knowsProgram, recordProgram } from '../../store/installation.js';
import type { Store } from '../../store/store.js';
import { planOfRun } from '../../store/upgrades.js';
import { openRunsOn, ownOpenRuns } from '../../temporal/openRuns.js';
import { programDigest } from '../../worker/program.js';
import type { ReplayedRun } from '../../worker/replayOpenRuns.js';

export interface Former {
  readonly client: Client;
  readonly store: Store;
  readonly installation: Installation;
  /** Infrastructures that are its own. */
  readonly infrastructures: readonly string[];
  readonly say: (line: string) => void;
  /** Whether the runs of these ids may be stopped and started again. */
  readonly mayReplace: (workflowIds: readonly string[]) => Promise<boolean>;
}

/**
 * Before anybody serves them. Throws `RUNS_OF_FORMER_PROGRAM`, naming them, when they may not be replaced. A program that was started
 * here before is not looked at again.
 */
export async function goOnWithFormerRuns(former: Former): Promise<void> {
  const { client, store, say, mayReplace } = former;
  const program = programDigest();
  const judged = [
    ...(await onFormerQueue(former)),
    ...((await knowsProgram(store, program)) ? [] : await onOwnQueue(former)),
  ];
  const open = await Promise.all(judged.map(({ workflowId, runId }) => openRun(client, workflowId, runId)));
  const replaced = withParents(
    open,
    judged.flatMap(({ runId, problem }) => (problem === null ? [] : [runId])),
  );
  if (replaced.length > 0) {
    const ids = replaced.map(({ workflowId }) => workflowId);
    if (!(await mayReplace(ids))) throw refused(ids);
    for (const run of startedLast(replaced)) await replace(former, run, replaced);
    say(`${ids.length} runs of the former program were stopped; what they worked from is gone on with`);
  }
  await recordProgram(store, program);
}

async function onOwnQueue({ client, installation }: Former): Promise<readonly ReplayedRun[]> {
  const query = ownOpenRuns(installation);
  if ((await client.workflow.count(query)).count === 0) return [];
  const { replayOpenRuns } = await import('../../worker/replayOpenRuns.js');
  return replayOpenRuns(client, query);
}

/** Nobody serves that queue: other folders of the former program may have runs there, which are theirs. */
async function onFormerQueue({ client, installation, infrastructures }: Former): Promise<readonly ReplayedRun[]> {
  const runs: ReplayedRun[] = [];
  if (!installation.formerQueue) return runs;
  const problem = `the queue ${formerTaskQueue} is not served any more`;
  for await (const { workflowId, runId } of client.workflow.list({ query: openRunsOn(formerTaskQueue) })) {
    if (infrastructures.some((name) => isAbout(name, workflowId))) runs.push({ workflowId, runId, problem });
  }
  return runs;
}

/** Whether the run is about the infrastructure: what it says itself it says only once a worker has begun it. */
function isAbout(infrastructure: string, workflowId: string): boolean {
  const [, about] = workflowId.split('/');
  return about === infrastructure;
}

interface OpenRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
  /** Run id; undefined: people have started it. */
  readonly parent: string | undefined;
  readonly input: unknown;
  /** What it was paused with; undefined: it is not paused. */
  readonly pause: Readonly<Record<string, unknown>> | undefined;
}

async function openRun(client: Client, workflowId: string, runId: string): Promise<OpenRun> {
  const handle = client.workflow.getHandle(workflowId, runId);
  const described = await handle.describe();
  const { events } = await handle.fetchHistory();
  const started = events?.[0]?.workflowExecutionStartedEventAttributes;
  return {
    workflowId,
    runId,
    type: described.type,
    parent: parentOf(described),
    input: valueIn(started?.input?.payloads?.[0]),
    pause: pauseOf(events ?? []),
  };
}

function parentOf({ raw }: WorkflowExecutionDescription): string | undefined {
  return raw.workflowExecutionInfo?.parentExecution?.runId ?? undefined;
}

/** Of the last pause that no resume followed, sent as a signal or as an update. */
function pauseOf(events: readonly temporal.api.history.v1.IHistoryEvent[]): OpenRun['pause'] {
  let pause: OpenRun['pause'];
  for (const event of events) {
    const signal = event.workflowExecutionSignaledEventAttributes;
    const update = event.workflowExecutionUpdateAcceptedEventAttributes?.acceptedRequest?.input;
    const name = signal?.signalName ?? update?.name;
    const payload = signal?.input?.payloads?.[0] ?? update?.args?.payloads?.[0];
    if (name === 'pause') pause = (valueIn(payload) ?? {}) as Readonly<Record<string, unknown>>;
    if (name === 'resume') pause = undefined;
  }
  return pause;
}

function valueIn(payload: Payload | null | undefined): unknown {
  return payload ? defaultPayloadConverter.fromPayload(payload) : undefined;
}

/** What cannot be gone on with, and the open runs that wait for one of these. */
function withParents(open: readonly OpenRun[], failing: readonly string[]): readonly OpenRun[] {
  const chosen = new Set(failing);
  for (let size = 0; size !== chosen.size; ) {
    size = chosen.size;
    for (const { runId, parent } of open) if (chosen.has(runId) && parent !== undefined) chosen.add(parent);
  }
  return open.filter(({ runId }) => chosen.has(runId));
}

/** Parts before the whole: what starts again must not find them running. */
function startedLast(runs: readonly OpenRun[]): readonly OpenRun[] {
  const depth = (run: OpenRun): number => {
    const parent = runs.find(({ runId }) => runId === run.parent);
    return parent ? depth(parent) + 1 : 0;
  };
  return runs.toSorted((a, b) => depth(b) - depth(a));
}

/** Runs that only their parent, or the next night, starts again; a plan to read is asked for again by whoever wants it. */
const notStarted = ['goLive', 'nightlyDeployAll', 'planInfrastructure'];

async function replace({ client, store, installation }: Former, run: OpenRun, all: readonly OpenRun[]): Promise<void> {
  const { workflowId, runId, type, pause } = run;
  const reason = 'its program was replaced: what it worked from is started again';
  const part = all.some((other) => other.runId === run.parent);
  const record = { key: `replaced ${runId}`, upgrade: null, workflow: workflowId, run: runId, refusal: null };
  await recordEvidence(store, { ...record, name: 'replaced', payload: { type, part } });
  if (part || notStarted.includes(type)) {
    await client.workflow.getHandle(workflowId, runId).terminate(reason);
    return;
  }
  const options = {
    workflowId,
    taskQueue: taskQueueOf(installation),
    // At once: what was stopped and not started again would be forgotten if this process ended between the two.
    workflowIdConflictPolicy: 'TERMINATE_EXISTING',
    args: [await inputOf(store, run)] as [unknown],
    memo: clientMemo,
  } as const;
  await (pause
    ? client.workflow.signalWithStart(type, { ...options, signal: 'pause', signalArgs: [pause] })
    : client.workflow.start(type, options));
}

/** An upgrade works from the plan it worked from. */
async function inputOf(store: Store, { runId, input }: OpenRun): Promise<unknown> {
  const plan = await planOfRun(store, runId);
  return plan === undefined ? input : { ...(input as object), plan };
}

function refused(workflowIds: readonly string[]): UpliftError {
  return new UpliftError('RUNS_OF_FORMER_PROGRAM', {
    what: `This program cannot go on with ${workflowIds.length} runs that a former one has begun: ${workflowIds.join(', ')}. Nothing of them was touched`,
    next: 'uplift up --replace-runs stops them where they stand and goes on with the same plans, with what was approved, prepared and tested; or let them end with the former program',
  });
}
