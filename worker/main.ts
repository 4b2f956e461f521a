/** A worker process: connects, serves its roles, ends gracefully on SIGTERM or SIGINT. */
import path from 'node:path';
import { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import { sweepWorkFolders } from '../platform/embedded/compile/workFolder.js';
import { embeddedInstallation } from '../platform/embedded/installation.js';
import { openEmbeddedContext } from '../platform/embedded/platform.js';
import { sitePlatform } from '../platform/site.js';
import { privateDataFolder } from '../store/privateDataFolder.js';
import { openStore } from '../store/store.js';
import { ensureTemporal, needsOf } from '../temporal/ensure.js';
import { assertInfrastructureFree } from '../temporal/schedule.js';
import { connectWorker } from './connect.js';
import { type HostWork, hostServing } from './host.js';
import { createLogger } from './log.js';
import { installRuntime, metricsDoor } from './runtime.js';
import { createWorkers, type Role, runWorkers } from './worker.js';

export interface WorkerProcessOptions {
  readonly dataFolder: string;
  /** For the platform of the data folder, or for one host. */
  readonly work: { readonly roles: readonly Role[] } | HostWork;
  readonly metricsPort?: number | undefined;
}

export async function runWorker(options: WorkerProcessOptions): Promise<void> {
  const { work } = options;
  const dataFolder = path.resolve(options.dataFolder);
  const serving =
    'host' in work
      ? await hostServing(dataFolder, work)
      : (stopping: AbortSignal, log: Logger) => serve(dataFolder, work.roles, stopping, log);
  const log = createLogger('worker');
  const metrics = options.metricsPort === undefined ? undefined : await metricsDoor(options.metricsPort);
  installRuntime(log, metrics?.address);
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());
  try {
    await serving(stopping.signal, log);
  } finally {
    await metrics?.close();
  }
}

async function serve(dataFolder: string, roles: readonly Role[], stopping: AbortSignal, log: Logger): Promise<void> {
  privateDataFolder(dataFolder);
  const context = openEmbeddedContext(dataFolder);
  await sweepWorkFolders();
  const store = openStore(context.dataFolder);
  const installation = await embeddedInstallation({ database: context.database, store });
  const { connection, address, namespace } = await connectWorker(context.dataFolder);
  try {
    await ensureTemporal(connection, needsOf(namespace));
    const client = new Client({ connection, namespace });
    const claimant = { client, address, namespace, installation, dataFolder: context.dataFolder };
    const platform = sitePlatform(context, store);
    const environments = await platform.inventory.environments();
    const places = environments.map(({ infrastructure, name }) => ({ infrastructure, environment: name }));
    await assertInfrastructureFree(claimant, places);
    const workers = await createWorkers({
      connection,
      namespace,
      platform,
      store,
      installation,
      roles,
      lanes: context.settings.lanes,
      log,
    });
    log.info({ installation: installation.id, roles, namespace, dataFolder: context.dataFolder }, 'the worker serves');
    await runWorkers(workers, stopping);
  } finally {
    await connection.close();
    await context.database.destroy();
    await store.destroy();
  }
}
