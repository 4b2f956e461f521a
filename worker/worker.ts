/** The workers of one process, by role, and their graceful end. */
import { hostname } from 'node:os';
import { Client } from '@temporalio/client';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from '../activities/index.js';
import { compileQueueOf, type Installation, taskQueueOf } from '../contract/installation.js';
import type { Platform } from '../port/platform.js';
import type { Store } from '../store/store.js';
import { workflowBundle } from './workflowBundle.js';

export const roles = ['orchestrator', 'compile'] as const;
export type Role = (typeof roles)[number];

export interface UpliftWorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly platform: Platform;
  readonly store: Store;
  readonly installation: Installation;
  readonly roles: readonly Role[];
  /** Groups compiled at a time by this process. */
  readonly lanes: number;
  readonly log: Logger;
  /** In place of those of the same name. */
  readonly activities?: Partial<Activities>;
}

type Activities = ReturnType<typeof createActivities>;

/** What is cancelled learns it with its next heartbeat, each of which is sent: they come every few seconds. */
const heartbeats = { maxHeartbeatThrottleInterval: '1s' } as const;

/**
 * Longer than a group takes, so that a stop loses no compilation; then whatever still runs is told to stop, and what does not
 * end is retried elsewhere when its heartbeat stays away.
 */
const shutdown = { shutdownGraceTime: '30s', shutdownForceTime: '45s' } as const;

export async function createWorkers(options: UpliftWorkerOptions): Promise<Worker[]> {
  const { connection, namespace, platform, store, installation, log } = options;
  const client = new Client({ connection, namespace });
  const activities = { ...createActivities({ platform, store, client, installation }), ...options.activities };
  const identity = (role: Role) => `${role}@${hostname()}:${process.pid} of ${installation.id}`;
  const common = { connection, namespace, activities, ...heartbeats, ...shutdown } satisfies Partial<WorkerOptions>;

  const taskQueue = taskQueueOf(installation);
  const create: Record<Role, () => Promise<Worker>> = {
    orchestrator: async () =>
      Worker.create({
        ...common,
        identity: identity('orchestrator'),
        taskQueue,
        workflowBundle: await workflowBundle(quiet(log)),
        // A cached run costs some 30 KB; beyond this the heap, not the work, would be what grows.
        maxCachedWorkflows: 500,
        maxConcurrentActivityTaskExecutions: 50,
        workflowTaskPollerBehavior: { type: 'autoscaling', minimum: 1, initial: 2, maximum: 10 },
        activityTaskPollerBehavior: { type: 'autoscaling', minimum: 1, initial: 2, maximum: 10 },
      }),
    compile: () =>
      Worker.create({
        ...common,
        identity: identity('compile'),
        taskQueue: compileQueueOf(taskQueue),
        maxConcurrentActivityTaskExecutions: options.lanes,
        activityTaskPollerBehavior: { type: 'simple-maximum', maximum: options.lanes },
      }),
  };
  log.info({ installation: installation.id, queue: taskQueue, roles: options.roles }, 'the workers take tasks');
  return Promise.all(options.roles.map((role) => create[role]()));
}

/** Runs until `signal` aborts, then ends gracefully. */
export async function runWorkers(workers: readonly Worker[], signal: AbortSignal): Promise<void> {
  const stop = () => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  signal.addEventListener('abort', stop, { once: true });
  const runs = workers.map((worker) => worker.run());
  if (signal.aborted) stop();
  await Promise.all(runs);
}

/** Without the bundler's news of what it does. */
function quiet(log: Logger) {
  const nothing = () => undefined;
  return {
    log: nothing,
    trace: nothing,
    debug: nothing,
    info: nothing,
    warn: (message: string) => log.warn(message),
    error: (message: string) => log.error(message),
  };
}
