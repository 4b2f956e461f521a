/** A worker of this process, with the real activities on the data folder of a tiny factory. No front end runs. */
import { NativeConnection } from '@temporalio/worker';
import { pino } from 'pino';
import { type Installation, taskQueueOf } from '../../contract/installation.js';
import { embeddedPlatform } from '../../platform/embedded/platform.js';
import { openStore, type Store } from '../../store/store.js';
import { installRuntime } from '../../worker/runtime.js';
import { createWorkers, roles, runWorkers } from '../../worker/worker.js';
import type { TinyEnvironment } from '../platform/tinyFactory.js';
import type { Temporal } from './temporal.js';

/** Of every worker here: its runs are told apart from nobody's. */
export const installation: Installation = { id: '7e577e57', madeAt: '2026-03-01T10:00:00.000Z', formerQueue: false };
export const taskQueue = taskQueueOf(installation);

export interface RunningWorker {
  readonly store: Store;
  /** Ends gracefully; the databases are closed too. */
  readonly close: () => Promise<void>;
}

let installed = false;

export async function startWorker(
  { address }: Temporal,
  { context }: TinyEnvironment,
  activities: Parameters<typeof createWorkers>[0]['activities'] = {},
): Promise<RunningWorker> {
  const log = pino({ level: 'silent' });
  if (!installed) installRuntime(log);
  installed = true;
  const connection = await NativeConnection.connect({ address });
  const store = openStore(context.dataFolder);
  const platform = embeddedPlatform(context);
  const { lanes } = context.settings;
  const workers = await createWorkers({
    connection,
    namespace: 'default',
    platform,
    store,
    installation,
    roles,
    lanes,
    log,
    activities,
  });
  const stopping = new AbortController();
  const ended = runWorkers(workers, stopping.signal);
  return {
    store,
    close: async () => {
      stopping.abort();
      await ended;
      await connection.close();
      await store.destroy();
      await context.database.destroy();
    },
  };
}
