/** Starting the Service Center of an environment on the embedded platform's own database. */
import type { Logger } from 'pino';
import { pauseEverything, pauseOfEverything, resumeEverything } from '../../../store/pause.js';
import type { Store } from '../../../store/store.js';
import { defaultSettings } from '../context.js';
import type { PlatformDatabase } from '../database.js';
import { explainedListenError, type Serving } from '../servingProcess.js';
import { databaseOperations } from './databaseOperations.js';
import type { Launcher } from './operations.js';
import { serviceCenter } from './server.js';

export interface ServiceCenterOptions {
  readonly database: PlatformDatabase;
  /** Absolute. */
  readonly dataFolder: string;
  readonly environment: string;
  readonly launcher: Launcher;
  readonly store: Store;
  readonly log: Logger;
}

/** Milliseconds that publishes in progress get to end when Service Center does. A broken off one frees its module. */
const patience = 3_000;

/** Resolves once it listens. Throws `ENVIRONMENT_UNKNOWN` and `PORT_IN_USE`. */
export async function startServiceCenter(options: ServiceCenterOptions): Promise<Serving> {
  const { database, dataFolder, environment, launcher, store, log } = options;
  const ending = new AbortController();
  const context = { database, dataFolder, settings: defaultSettings };
  const operations = databaseOperations(context, environment, ending.signal);
  const port = Number(new URL((await operations.facts()).serviceCenterUrl).port);
  const pauses = {
    pause: (by: string, reason: string) => pauseEverything(store, by, reason),
    resume: () => resumeEverything(store),
    current: () => pauseOfEverything(store),
  };
  const server = serviceCenter({ environment, operations, launcher, pauses, log });
  await server.listen({ port, host: '127.0.0.1' }).catch((error: unknown) => {
    throw explainedListenError(error, port, `the Service Center of ${environment}`);
  });
  return {
    async close() {
      const breakOff = setTimeout(() => ending.abort(), patience);
      await server.close();
      clearTimeout(breakOff);
    },
  };
}
