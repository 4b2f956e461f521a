/** Parents and children that are reset find each other again: who is not told how the other ended asks the server. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ids } from '../../contract/ids.js';
import { pauseEverything, resumeEverything } from '../../store/pause.js';
import type { publishAll } from '../../workflows/publishAll.js';
import { until } from '../e2e/until.js';
import { published, type TinyEnvironment } from '../platform/tinyFactory.js';
import { eventTypes, startTemporal, type Temporal } from './temporal.js';
import { type RunningWorker, startWorker, taskQueue } from './worker.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 });

let temporal: Temporal;
let tiny: TinyEnvironment;
let worker: RunningWorker;
let place: { readonly infrastructure: string; readonly environment: string };

beforeAll(async () => {
  [temporal, tiny] = await Promise.all([startTemporal(), published({ a: {} })]);
  worker = await startWorker(temporal, tiny);
  const { name } = await tiny.context.database.selectFrom('infrastructures').select('name').executeTakeFirstOrThrow();
  place = { infrastructure: name, environment: 'Development' };
});

afterAll(async () => {
  await worker.close();
  await temporal.close();
});

it('PREP-12 a parent whose preparation was reset takes the result of the run that the reset made', async () => {
  const { workflow } = temporal.client;
  const { connection } = temporal;
  await pauseEverything(worker.store, 'rita', 'so that it waits');
  const parent = await workflow.start('publishAll', { workflowId: 'all', taskQueue, args: [place] });
  const child = workflow.getHandle(ids.prepare(place.infrastructure, place.environment));
  const begun = await until('its preparation', () => child.describe().catch(() => undefined), 30_000);

  await connection.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId: child.workflowId, runId: begun.runId },
    reason: 'somebody wants it to begin anew',
    requestId: 'reset of the child',
    workflowTaskFinishEventId: await firstTask(child.workflowId, begun.runId),
  });
  await resumeEverything(worker.store);

  const result = temporal.client.withDeadline(Date.now() + 150_000, () => parent.result());
  expect(await result).toMatchObject({ compiled: { left: 0 }, deployed: { status: 'finished' } });
});

async function firstTask(workflowId: string, runId: string) {
  const handle = temporal.client.workflow.getHandle(workflowId, runId);
  const at = await until('its first task', async () => {
    const types = await eventTypes(handle);
    return types.includes('ACTIVITY_TASK_SCHEDULED') && types.indexOf('WORKFLOW_TASK_COMPLETED');
  });
  return (await handle.fetchHistory()).events?.[at]?.eventId ?? null;
}

it('PREP-12 a parent that was ended and is reset takes the result of the preparation that went on without it', async () => {
  const { workflow } = temporal.client;
  await pauseEverything(worker.store, 'rita', 'so that it waits');
  const workflowId = ids.publishAll(place.infrastructure, place.environment);
  const first = await workflow.start('publishAll', { workflowId, taskQueue, args: [place] });
  const child = workflow.getHandle(ids.prepare(place.infrastructure, place.environment));
  await until('its preparation', async () => (await child.describe()).status.name === 'RUNNING', 30_000);
  const task = await taskAfterChildStarted(workflowId, first.firstExecutionRunId);
  await first.terminate('somebody ended it');
  await resumeEverything(worker.store);
  await child.result();

  const { runId } = await temporal.connection.workflowService.resetWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId, runId: first.firstExecutionRunId },
    reason: 'somebody wants it to go on',
    requestId: 'reset of the parent',
    workflowTaskFinishEventId: task,
  });

  const again = workflow.getHandle<typeof publishAll>(workflowId, runId);
  const result = temporal.client.withDeadline(Date.now() + 150_000, () => again.result());
  expect(await result).toMatchObject({ compiled: { left: 0 }, deployed: { status: 'finished' } });
  expect(await eventTypes(again)).toContain('TIMER_FIRED'); // nobody told it
});

/** The event after which the child runs and has not ended. */
async function taskAfterChildStarted(workflowId: string, runId: string) {
  const handle = temporal.client.workflow.getHandle(workflowId, runId);
  const at = await until('the task after its start', async () => {
    const types = await eventTypes(handle);
    const started = types.indexOf('CHILD_WORKFLOW_EXECUTION_STARTED');
    return started > 0 && Math.max(0, types.indexOf('WORKFLOW_TASK_COMPLETED', started));
  });
  return (await handle.fetchHistory()).events?.[at]?.eventId ?? null;
}
