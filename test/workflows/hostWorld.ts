/** Commands on a real Temporal server: a worker that runs `commandWorkflow.ts`, the host `controller` with its own worker as a process, approved plans. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Worker } from '@temporalio/worker';
import { pino } from 'pino';
import { createActivities } from '../../activities/index.js';
import { type Installation, taskQueueOf } from '../../contract/installation.js';
import { type Command, commandDefaults } from '../../domain/commands/command.js';
import { embeddedPlatform, openEmbeddedContext } from '../../platform/embedded/platform.js';
import { recordOpened } from '../../store/gates.js';
import { identifyInstallation } from '../../store/installation.js';
import { savePlan } from '../../store/plans.js';
import { openStore } from '../../store/store.js';
import { installRuntime } from '../../worker/runtime.js';
import type { HostRequest } from '../../workflows/parts/command.js';
import { type CommandProcess, spawnUplift } from '../e2e/commandProcess.js';
import { until } from '../e2e/until.js';
import { type CommandHost, commandHost } from '../platform/commandHost.js';
import { temporaryFolder } from '../platform/tinyFactory.js';
import type { doCommand, takeOver } from './commandWorkflow.js';
import { type People, peopleWith } from './people.js';
import { startTemporal, type Temporal } from './temporal.js';

export interface HostWorld {
  readonly temporal: Temporal;
  readonly installation: Installation;
  readonly dataFolder: string;
  readonly host: CommandHost;
  readonly people: People;
  /** Its process, which is killed at the end of all tests at the latest. */
  readonly hostWorker: () => Promise<CommandProcess>;
  /** A plan that says so of `Production`, approved for its upgrade; the next upgrade has another. */
  readonly planned: (command: Planned, approved?: 'approved' | 'not approved') => Promise<HostRequest>;
  readonly run: (request: HostRequest) => Promise<WorkflowHandle<typeof doCommand>>;
  readonly takeOver: (token: number) => Promise<WorkflowHandle<typeof takeOver>>;
  readonly close: () => Promise<void>;
}

type Planned = Partial<Command> & Pick<Command, 'run'>;

export async function startHostWorld(scripts: Readonly<Record<string, string>>): Promise<HostWorld> {
  const temporal = await startTemporal();
  const host = await commandHost(scripts);
  const context = openEmbeddedContext(temporaryFolder());
  const { dataFolder } = context;
  const store = openStore(dataFolder);
  const installation = await identifyInstallation({ store, used: false });
  const { client } = temporal;
  const { worker, connection } = await startWorker(temporal, installation, { context, store, client });
  const running = worker.run();
  const hostWorkers: CommandProcess[] = [];
  let upgrades = 0;
  let runs = 0;
  const taskQueue = taskQueueOf(installation);

  return {
    ...{ temporal, installation, dataFolder, host, people: peopleWith(client) },
    hostWorker: async () => {
      const words = ['worker', '--data', dataFolder, '--role', 'host:controller', '--commands', host.file];
      const process = await spawnUplift(words, { TEMPORAL_ADDRESS: temporal.address }, true);
      hostWorkers.push(process);
      await until('the worker of the host', () => process.output().includes('the host serves'));
      return process;
    },
    planned: async (words, approved = 'approved') => {
      const command: Command = { ...commandDefaults, on: 'controller', timeoutMinutes: 5, ...words };
      const environment = { name: 'Production', gates: [], providers: { installer: { kind: 'command', command } } };
      const decisions = { infrastructure: 'acme', to: '11.41.0', gates: [], environments: [environment] };
      const upgrade = `acme#${++upgrades}`;
      const plan = await savePlan(store, { ...decisions, upgrade }, { forecast: {}, analysis: {} } as never);
      const key = { upgrade, environment: '', gate: 'plan', plan, subject: '' };
      if (approved === 'approved')
        await recordOpened(store, key, { run: 'run', firstRun: 'run' }, { approvers: ['ana'], accepted: [] });
      return {
        ...{ infrastructure: 'acme', environment: 'Production', upgrade, plan, command, capability: 'installer' },
        ...{ step: 'server', subject: 'fe-1', values: { frontEnd: 'fe-1', release: '11.41.0' } },
        ...{ token: 5, oncePer: 'upgrade', gate: 'server' },
      };
    },
    run: (request) =>
      client.workflow.start<typeof doCommand>('doCommand', { workflowId: `run-${++runs}`, taskQueue, args: [request] }),
    takeOver: (token) =>
      client.workflow.start<typeof takeOver>('takeOver', {
        workflowId: `takeover-${++runs}`,
        taskQueue,
        args: [{ hosts: ['controller'], takeover: { infrastructure: 'acme', environment: 'Production', token } }],
      }),
    close: async () => {
      for (const process of hostWorkers) await process.end('SIGKILL');
      worker.shutdown();
      await running;
      await connection.close();
      await store.destroy();
      await context.database.destroy();
      await temporal.close();
    },
  };
}

async function startWorker(
  { address }: Temporal,
  installation: Installation,
  {
    context,
    store,
    client,
  }: Omit<Parameters<typeof createActivities>[0], 'platform' | 'installation'> & {
    readonly context: ReturnType<typeof openEmbeddedContext>;
  },
) {
  installRuntime(pino({ level: 'silent' }));
  const connection = await NativeConnection.connect({ address });
  const workflowsPath = fileURLToPath(new URL('commandWorkflow.ts', import.meta.url));
  const worker = await Worker.create({
    connection,
    taskQueue: taskQueueOf(installation),
    workflowBundle: await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') }),
    activities: createActivities({ platform: embeddedPlatform(context), store, client, installation }),
  });
  return { worker, connection };
}

/** Why a run failed, by its innermost failure. */
export async function failureOf(run: WorkflowHandle): Promise<ApplicationFailure> {
  let error: unknown = await run.result().then(
    () => new Error('it did not fail'),
    (failure: unknown) => failure,
  );
  while (error instanceof Error && !(error instanceof ApplicationFailure) && error.cause) error = error.cause;
  return error as ApplicationFailure;
}

/** Of a script of the host. */
export function outputOf({ host }: HostWorld, request: HostRequest, attempt = 1): string {
  return path.join(host.attemptFolder(attempt, request), 'output.txt');
}
