/** Starting the Service Center of an environment on the embedded platform's own database. */
import type { Logger } from 'pino';
import { explainedListenError, type Serving } from '../../../http/listen.js';
import type { Store } from '../../../store/store.js';
import { defaultSettings } from '../context.js';
import type { PlatformDatabase } from '../database.js';
import { databaseOperations } from './databaseOperations.js';
import { pausesWithEvidence, recordLeftOut, withEvidence } from './evidence.js';
import type { Launcher, PlanPage } from './operations.js';
import { serviceCenter } from './server.js';

export interface ServiceCenterOptions {
  readonly database: PlatformDatabase;
  /** Absolute. */
  readonly dataFolder: string;
  readonly environment: string;
  readonly launcher: Launcher;
  readonly store: Store;
  readonly planPage: PlanPage;
  readonly log: Logger;
}

/** Milliseconds that publishes in progress get to end when Service Center does. A broken off one frees its module. */
const patience = 3_000;

/** Resolves once it listens. Throws `ENVIRONMENT_UNKNOWN` and `PORT_IN_USE`. */
export async function startServiceCenter(options: ServiceCenterOptions): Promise<Serving> {
  const { database, dataFolder, environment, launcher, store, planPage, log } = options;
  const ending = new AbortController();
  const context = { database, dataFolder, settings: defaultSettings };
  const place = { database, store, environment, log };
  const operations = withEvidence(databaseOperations(context, environment, ending.signal), place);
  const port = Number(new URL((await operations.facts()).serviceCenterUrl).port);
  await recordLeftOut(place);
  const pauses = pausesWithEvidence(store, environment);
  const server = serviceCenter({ environment, operations, launcher, pauses, planPage, log });
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
