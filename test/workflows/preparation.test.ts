/** The preparation's own run: it begins a new history without losing or doing anything twice, keeps its pause, and stops cleanly. */
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowFailedError } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ids } from '../../contract/ids.js';
import type { PreparationReport } from '../../port/preparation.js';
import type { RunStatus } from '../../workflows/messages.js';
import { until } from '../e2e/until.js';
import {
  attemptsOf,
  newer,
  statesOf,
  type TinyEnvironment,
  type TinyModule,
  upgraded,
} from '../platform/tinyFactory.js';
import { eventTypes, startTemporal, type Temporal } from './temporal.js';
import { type RunningWorker, startWorker, taskQueue } from './worker.js';

/** After so many events the server says that a run should continue as new: after the second group of each lane. */
const historyLimit = 24;

let temporal: Temporal;
let tiny: TinyEnvironment;
let worker: RunningWorker;
let infrastructure: string;

beforeAll(async () => {
  [temporal, tiny] = await Promise.all([
    startTemporal({ dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': historyLimit } }),
    upgraded(manyModules(), { groupUnits: 1, lanes: 2 }),
  ]);
  worker = await startWorker(temporal, tiny);
  const { name } = await tiny.context.database.selectFrom('infrastructures').select('name').executeTakeFirstOrThrow();
  infrastructure = name;
});

/** Every module is pending again, and what was compiled is forgotten. */
beforeEach(async () => {
  const { database } = tiny.context;
  for (const table of ['attempts', 'preparation_groups'] as const) await database.deleteFrom(table).execute();
  await database.deleteFrom('artifacts').where('release', '=', newer).execute();
  await database.updateTable('modules').set({ state: 'pending', token: null }).execute();
});

afterEach(async () => {
  const left = temporal.client.workflow.getHandle(ids.prepare(infrastructure, 'Development'));
  if ((await left.describe()).status.name === 'RUNNING') await left.terminate();
});

afterAll(async () => {
  await worker.close();
  await temporal.close();
});

describe('a preparation whose history has grown', () => {
  it('PREP-12 continues as new with empty lanes: one preparation, every module compiled once', async () => {
    const earlier = (await rows('preparations')).length;
    const preparation = await start();
    const report = await preparation.result();

    expect(report).toMatchObject({ status: 'finished', prepared: moduleCount, failed: 0, left: 0 });
    const runs = await runsOf(preparation);
    expect(runs.length).toBeGreaterThan(3);
    for (const handle of runs) {
      const types = await eventTypes(handle);
      const count = (type: string) => types.filter((each) => each === type).length;
      expect(count('ACTIVITY_TASK_SCHEDULED')).toBe(count('ACTIVITY_TASK_COMPLETED'));
      expect(types).not.toContain('WORKFLOW_TASK_FAILED');
      expect(types.length).toBeLessThan(historyLimit + 30);
    }
    expect(await rows('preparations')).toHaveLength(earlier + 1);
    const modules = (await attemptsOf(tiny)).map(({ module }) => module).sort();
    expect(modules).toEqual(Object.keys(await statesOf(tiny)).sort());
  });

  it('stays paused, until it is resumed', async () => {
    const preparation = await start();
    await until(
      'the last groups of a run',
      async () => (await groups('finished')) > 1 && (await groups('running')) > 0,
    );
    await preparation.executeUpdate('pause', { args: [{ requestedBy: 'ana', reason: 'release day' }] });
    await until('the end of what was running', async () => (await groups('running')) === 0);
    const done = await groups('finished');

    // A query is answered by the newest run, after all that it has to do: what begins a group in spite of the pause has begun it.
    for (let look = 0; look < 20; look++) expect((await statusNow(preparation)).paused).toMatchObject({ by: 'ana' });
    expect(await groups('finished')).toBe(done);
    expect(Object.values(await statesOf(tiny))).toContain('pending');

    await preparation.executeUpdate('resume', { args: [{ requestedBy: 'ana' }] });
    expect(await preparation.result()).toMatchObject({ status: 'finished', left: 0 });
  });

  it('SELF-02 that is cancelled frees every claim, says stopped, and the next one goes on with what is left', async () => {
    const preparation = await start();
    await until('a group in progress', async () => (await groups('running')) > 0);
    await preparation.cancel();

    await expect(preparation.result()).rejects.toThrow(WorkflowFailedError);
    expect((await rows('preparations')).at(-1)).toMatchObject({ status: 'stopped' });
    expect(await rows('locks')).toEqual([]);
    expect(Object.values(await statesOf(tiny))).not.toContain('preparing');

    const next = await start();
    expect(await next.result()).toMatchObject({ status: 'finished', left: 0 });
    const lost = (await attemptsOf(tiny)).filter(({ outcome }) => outcome === 'abandoned');
    expect(lost.length).toBeLessThanOrEqual(lanes);
  });
});

const lanes = 2;
const moduleCount = 16;

/** A few layers, so that a group is seldom all that can be prepared. */
function manyModules(): Record<string, TinyModule> {
  const names = Array.from({ length: moduleCount }, (_, index) => `m${index}`);
  return Object.fromEntries(names.map((name, index) => [name, index < 6 ? {} : { uses: [`m${index - 6}`] }]));
}

type Preparation = WorkflowHandle<() => Promise<PreparationReport>>;

/** The handle follows the chain of runs. */
async function start(): Promise<Preparation> {
  const workflowId = ids.prepare(infrastructure, 'Development');
  const { firstExecutionRunId } = await temporal.client.workflow.start('prepareModules', {
    workflowId,
    taskQueue,
    args: [{ infrastructure, environment: 'Development' }],
  });
  firstRun = firstExecutionRunId;
  return temporal.client.workflow.getHandle(workflowId, undefined, { firstExecutionRunId });
}

let firstRun: string;

/** The runs of the chain, the first one first. */
async function runsOf({ workflowId }: Preparation): Promise<readonly WorkflowHandle[]> {
  const runs: WorkflowHandle[] = [];
  for (let run: string | null | undefined = firstRun; run; ) {
    const handle: WorkflowHandle = temporal.client.workflow.getHandle(workflowId, run);
    const { events } = await handle.fetchHistory();
    run = events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    runs.push(handle);
  }
  return runs;
}

function statusNow(preparation: Preparation): Promise<RunStatus> {
  return preparation.query<RunStatus, []>('status');
}

async function groups(status: 'running' | 'finished'): Promise<number> {
  return (
    await tiny.context.database.selectFrom('preparation_groups').select('number').where('status', '=', status).execute()
  ).length;
}

function rows(table: 'preparations' | 'locks'): Promise<readonly object[]> {
  return tiny.context.database.selectFrom(table).selectAll().execute();
}
