/** A worker process: connects, serves its roles, ends gracefully on SIGTERM or SIGINT. */
import path from 'node:path';
import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import type { Logger } from 'pino';
import { UpliftError } from '../domain/errors.js';
import { sweepWorkFolders } from '../platform/embedded/compile/workFolder.js';
import { embeddedInstallation } from '../platform/embedded/installation.js';
import { embeddedInventory } from '../platform/embedded/inventory.js';
import { embeddedPlatform, openEmbeddedContext } from '../platform/embedded/platform.js';
import { privateDataFolder } from '../store/privateDataFolder.js';
import { readRunFile } from '../store/runFile.js';
import { openStore } from '../store/store.js';
import { temporalConfiguration } from '../temporal/configuration.js';
import { ensureTemporal, needsOf } from '../temporal/ensure.js';
import { assertInfrastructureFree } from '../temporal/schedule.js';
import { createLogger } from './log.js';
import { installRuntime, metricsDoor } from './runtime.js';
import { createWorkers, type Role, runWorkers } from './worker.js';

export interface WorkerProcessOptions {
  readonly dataFolder: string;
  readonly roles: readonly Role[];
  readonly metricsPort?: number | undefined;
}

export async function runWorker(options: WorkerProcessOptions): Promise<void> {
  privateDataFolder(options.dataFolder);
  const log = createLogger('worker');
  const metrics = options.metricsPort === undefined ? undefined : await metricsDoor(options.metricsPort);
  installRuntime(log, metrics?.address);
  try {
    await serve(options, log);
  } finally {
    await metrics?.close();
  }
}

async function serve({ dataFolder, roles }: WorkerProcessOptions, log: Logger): Promise<void> {
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stopping.abort());

  const context = openEmbeddedContext(path.resolve(dataFolder));
  await sweepWorkFolders();
  const store = openStore(context.dataFolder);
  const installation = await embeddedInstallation({ database: context.database, store });
  const { connection, address, namespace } = await connect(context.dataFolder);
  try {
    await ensureTemporal(connection, needsOf(namespace));
    const client = new Client({ connection, namespace });
    const claimant = { client, address, namespace, installation, dataFolder: context.dataFolder };
    const environments = await embeddedInventory(context).environments();
    const places = environments.map(({ infrastructure, name }) => ({ infrastructure, environment: name }));
    await assertInfrastructureFree(claimant, places);
    const workers = await createWorkers({
      connection,
      namespace,
      platform: embeddedPlatform(context),
      store,
      installation,
      roles,
      lanes: context.settings.lanes,
      log,
    });
    log.info({ installation: installation.id, roles, namespace, dataFolder: context.dataFolder }, 'the worker serves');
    await runWorkers(workers, stopping.signal);
  } finally {
    await connection.close();
    await context.database.destroy();
    await store.destroy();
  }
}

/** As every command does. */
async function connect(
  dataFolder: string,
): Promise<{ connection: NativeConnection; address: string; namespace: string }> {
  const started = (await readRunFile(dataFolder))?.temporal;
  const { connectionOptions, namespace = 'default' } = temporalConfiguration(started);
  const { address = 'localhost:7233' } = connectionOptions;
  try {
    return { connection: await NativeConnection.connect({ ...connectionOptions, address }), address, namespace };
  } catch (error) {
    const what = `No Temporal server answers at ${address}`;
    throw new UpliftError(
      'TEMPORAL_UNAVAILABLE',
      { what, next: 'uplift up, or name a server with TEMPORAL_ADDRESS' },
      { cause: error },
    );
  }
}
