/** A worker that runs the workflow of `taskSteps.ts` with the real activities, an upgrade to work for, and people who answer. */
import { fileURLToPath } from 'node:url';
import { type WorkflowHandle, WorkflowUpdateFailedError } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { createActivities } from '../../activities/index.js';
import { ids } from '../../contract/ids.js';
import type { Todo } from '../../domain/tasks/task.js';
import { embeddedPlatform, openEmbeddedContext } from '../../platform/embedded/platform.js';
import { type PlanExplanation, savePlan } from '../../store/plans.js';
import { openStore, type Store } from '../../store/store.js';
import { allTasks, type RecordedTask, taskHistory } from '../../store/tasks.js';
import { numberUpgrade } from '../../store/upgrades.js';
import { installRuntime } from '../../worker/runtime.js';
import type { RunStatus } from '../../workflows/messages.js';
import { until } from '../e2e/until.js';
import { temporaryFolder } from '../platform/tinyFactory.js';
import type { TaskStepsInput, taskSteps } from './taskSteps.js';
import type { Temporal } from './temporal.js';
import { installation, taskQueue } from './worker.js';

export const place = { infrastructure: 'acme', environment: 'Development' } as const;
const to = '11.41.0';
export const workflowId = ids.upgradeEnvironment(place.infrastructure, place.environment);

export type TaskRun = WorkflowHandle<typeof taskSteps>;

export interface TaskWorld {
  readonly store: Store;
  /** Of the upgrade `acme#1`, or of the next once that has ended. */
  readonly start: (steps: TaskStepsInput['steps']) => Promise<TaskRun>;
  readonly see: () => Promise<RunStatus>;
  /** The run's tasks, once so many are open. */
  readonly open: (count: number) => Promise<NonNullable<RunStatus['tasks']>>;
  /** As the caller of the update learns it: resolves, or rejects with the refusal. */
  readonly update: (name: 'completeTask' | 'reopenTask', payload: unknown) => Promise<unknown>;
  readonly tasks: () => Promise<readonly RecordedTask[]>;
  /** What happened to the task, in words: `completeTask`, `completeTask: refused because`. */
  readonly history: (task: number) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

export const todo: Todo = {
  ...{ step: 'server', subject: 'fe-1', title: 'Install Platform Server on fe-1', reason: 'EXEC-01' },
  ...{ instructions: ['Run the installer', 'Run Configuration Tool'], asked: ['ana'] },
  evidence: [{ name: 'finishedAt', description: 'when the installer ended', required: true, kind: 'moment' }],
};

export const evidence = { finishedAt: '2026-03-01T22:30:00Z' };

const explanation = { forecast: { environments: [] } } as unknown as PlanExplanation;

let bundle: Awaited<ReturnType<typeof bundleWorkflowCode>> | undefined;

/** On a data folder of its own, or on one that others use too. */
export async function startTaskWorld(
  { client, address }: Temporal,
  dataFolder = temporaryFolder(),
): Promise<TaskWorld> {
  if (!bundle) installRuntime(pino({ level: 'silent' }));
  bundle ??= await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./taskSteps.ts', import.meta.url)),
    logger: new DefaultLogger('ERROR'),
  });
  const connection = await NativeConnection.connect({ address });
  const context = openEmbeddedContext(dataFolder);
  const store = openStore(context.dataFolder);
  const activities = createActivities({ platform: embeddedPlatform(context), store, client, installation });
  const worker = await Worker.create({ connection, taskQueue, workflowBundle: bundle, activities });
  const running = worker.run();
  const plan = await savePlan(store, { ...place, to, gates: [], environments: [] }, explanation);
  const run = client.workflow.getHandle(workflowId);
  const see = () => run.query<RunStatus, []>('status');

  return {
    store,
    see,
    start: async (steps) => {
      const of = { infrastructure: place.infrastructure, environment: '', workflow: workflowId, plan };
      const asked = { requestedBy: null, request: {}, run: `run ${Date.now()}` };
      const { upgrade } = await numberUpgrade(store, { ...of, ...asked });
      const input: TaskStepsInput = { ...place, to, upgrade, plan, steps };
      return client.workflow.start<typeof taskSteps>('taskSteps', { workflowId, taskQueue, args: [input] });
    },
    open: (count) =>
      until(`${count} open tasks`, async () => {
        const { tasks } = await see().catch(() => ({ tasks: undefined }));
        return tasks?.open === count && tasks;
      }),
    update: async (name, payload) => {
      try {
        return await run.executeUpdate(name, { args: [payload] });
      } catch (error) {
        throw error instanceof WorkflowUpdateFailedError && error.cause ? error.cause : error;
      }
    },
    tasks: () => allTasks(store),
    history: async (number) => {
      const task = (await allTasks(store)).find((one) => one.task === number);
      const events = task ? await taskHistory(store, task) : [];
      return events.map((event) => (event.refusal === null ? event.name : `${event.name}: ${event.refusal}`));
    },
    close: async () => {
      worker.shutdown();
      await running;
      await connection.close();
      await store.destroy();
      await context.database.destroy();
    },
  };
}
