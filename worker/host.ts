/** The worker of a host: it runs the programs of that host that plans name and its file allows, and nothing else. */
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { hostActivities } from '../activities/commands.js';
import { commandOfPlan } from '../activities/plannedCommand.js';
import { hostQueueOf, taskQueueOf } from '../contract/installation.js';
import { UpliftError } from '../domain/errors.js';
import { hostCommands } from '../platform/commands/hostCommands.js';
import { readHostFile } from '../platform/commands/hostFile.js';
import { identifyInstallation } from '../store/installation.js';
import { openStore, storeFile } from '../store/store.js';
import { connectWorker } from './connect.js';
import { runWorkers } from './worker.js';

export interface HostWork {
  /** As plans name it. */
  readonly host: string;
  /** The file that says what it allows. */
  readonly commandsFile: string;
}

/** As of every worker: what is cancelled learns it with its next heartbeat. */
const heartbeats = { maxHeartbeatThrottleInterval: '1s' } as const;

/** A command that goes on outlives its worker: nothing is waited for when that is told to stop. */
const shutdown = { shutdownGraceTime: '1s', shutdownForceTime: '20s' } as const;

/** Commands of several front ends go on at the same time, and their end needs a place beside them. */
const mostAtOnce = 100;

/**
 * How it serves. What can be refused is refused here, before Temporal's runtime is begun: that would hold the process. Throws
 * `HOST_FILE_INVALID`, `NOT_RUNNING` where there is no installation; serving throws `TEMPORAL_UNAVAILABLE`.
 */
export async function hostServing(
  dataFolder: string,
  { host, commandsFile }: HostWork,
): Promise<(stopping: AbortSignal, log: Logger) => Promise<void>> {
  const file = path.resolve(commandsFile);
  const { state } = await readHostFile(file);
  const commands = await hostCommands({ name: host, file, state });
  if (!existsSync(storeFile(dataFolder))) throw nothingThere(dataFolder);
  return async (stopping, log) => {
    const store = openStore(dataFolder);
    const installation = await identifyInstallation({ store, used: false });
    const { connection, namespace } = await connectWorker(dataFolder);
    try {
      const worker = await Worker.create({
        connection,
        namespace,
        taskQueue: hostQueueOf(taskQueueOf(installation), host),
        identity: `host:${host}@${hostname()}:${process.pid} of ${installation.id}`,
        activities: hostActivities({ store, commands, commandOf: commandOfPlan(store) }),
        maxConcurrentActivityTaskExecutions: mostAtOnce,
        ...heartbeats,
        ...shutdown,
      });
      log.info({ installation: installation.id, host, file, state, namespace }, 'the host serves');
      await runWorkers([worker], stopping);
    } finally {
      await connection.close();
      await store.destroy();
    }
  };
}

function nothingThere(dataFolder: string): UpliftError {
  return new UpliftError('NOT_RUNNING', {
    what: `${dataFolder} is the folder of no installation: there are no plans that this host could run anything of`,
    next: 'name the data folder of `uplift up` with --data',
  });
}
