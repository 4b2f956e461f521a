/**
 * A front end: serves the modules wanted in its environment, on the release wanted of it when it started.
 *
 * Everything it does follows from rows of the platform database, and everything it has done is told by rows: nobody calls it. So
 * one that was down, or was replaced, ends up like the others without anybody remembering it.
 */
import type { Logger } from 'pino';
import { UpliftError } from '../../../domain/errors.js';
import type { ModuleName } from '../../../domain/modules/module.js';
import { explainedListenError, type Serving } from '../../../http/listen.js';
import type { PlatformDatabase } from '../database.js';
import { ensureRelease } from '../ensureRelease.js';
import { environmentSecrets } from '../environmentSecrets.js';
import { repeat } from '../follow.js';
import type { ServingContext } from '../servingProcess.js';
import { openApplicationDatabase } from './applicationDatabase.js';
import { catalogueOf } from './catalogue.js';
import { forbidEnding } from './ending.js';
import { errorLog, messageOf, moduleOf } from './errorLog.js';
import { installHost } from './host.js';
import { loadedModules } from './loadedModules.js';
import { loadRuntime } from './runtime.js';
import { frontEndServer } from './server.js';
import { forgetObserved, type Observation, recordObserved, type Wanted, wantedReader } from './wanted.js';

type Observed = ReadonlyMap<ModuleName, Observation>;

interface News {
  readonly observations: readonly Observation[];
  readonly dropped: readonly ModuleName[];
}

/** Milliseconds between two looks at the database. */
const lookEvery = 50;

/** Resolves once it listens; it answers 503 until what is wanted is loaded. Throws `INPUT_INVALID` and `PORT_IN_USE`. */
export async function startFrontEnd({ database, dataFolder, name, log }: ServingContext): Promise<Serving> {
  const { environment, port, wanted_release: release } = await frontEndRow(database, name);
  await ensureRelease({ database, dataFolder }, release);
  const runtime = await loadRuntime(dataFolder, release);
  const applicationDatabase = openApplicationDatabase(dataFolder, environment);
  const errors = errorLog({ database, log }, { environment, frontEnd: name });
  const loaded = loadedModules({ database, dataFolder });
  let ready = false;
  let markReady = () => {};
  const becomesReady = new Promise<void>((resolve) => {
    markReady = resolve;
  });
  let told: Observed = new Map();
  let wanted: Wanted = { modules: [], settings: new Map() };
  let catalogue = catalogueOf([]);

  installHost({
    frontEnd: name,
    environment,
    release,
    applicationDatabase,
    errors,
    log,
    setting: (module, key) => settingText(wanted.settings.get(module)?.[key]),
  });
  const server = frontEndServer({
    frontEnd: name,
    environment,
    release,
    runtime,
    errors,
    ready: () => ready,
    becomesReady,
    modules: loaded.all,
    catalogue: () => catalogue,
    secrets: await environmentSecrets(database, environment),
  });
  await server.listen({ port, host: '127.0.0.1' }).catch((error: unknown) => {
    throw explainedListenError(error, port, name);
  });
  // Not before it has the port: until then, another process may be the front end.
  await forgetObserved(database, name);

  const allowEnding = forbidEnding();
  const read = wantedReader(database, environment);
  const following = repeat(lookEvery, follow, (error) =>
    log.error({ err: error }, 'what is wanted could not be followed'),
  );
  const stopWatching = watchBackground((error) =>
    errors.write({ module: moduleOf(error), message: `In the background: ${messageOf(error)}` }),
  );
  return {
    async close() {
      await following.close();
      await server.close();
      stopWatching();
      allowEnding();
      await errors.flush();
      applicationDatabase.close();
    },
  };

  async function follow(): Promise<void> {
    const newest = await read();
    if (newest !== wanted) {
      wanted = newest;
      await loaded.bringTo(wanted.modules);
      catalogue = catalogueOf(loaded.all());
    }
    const news = newsSince(told, loaded.observed());
    if (ready && news.observations.length + news.dropped.length === 0) return;
    await recordObserved(database, name, { ...news, release });
    logNews(log, news);
    told = new Map(loaded.observed());
    ready = true;
    markReady();
  }
}

async function frontEndRow(database: PlatformDatabase, name: string) {
  const rows = await database.selectFrom('front_ends').selectAll().execute();
  const row = rows.find((candidate) => candidate.name === name);
  if (row) return row;
  const names = rows.map((candidate) => candidate.name).join(', ');
  throw new UpliftError('INPUT_INVALID', { what: `There is no front end ${name}; there are: ${names || 'none'}` });
}

/** Settings are texts to the components, whatever was applied. */
function settingText(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}

/** What a module leaves running and lets fail is an error of its environment, and no reason to stop serving the others. */
function watchBackground(failed: (error: unknown) => void): () => void {
  process.on('uncaughtException', failed);
  process.on('unhandledRejection', failed);
  return () => {
    process.off('uncaughtException', failed);
    process.off('unhandledRejection', failed);
  };
}

/** What has to be told, given what was. */
function newsSince(told: Observed, observed: Observed): News {
  return {
    observations: [...observed.values()].filter((observation) => told.get(observation.module) !== observation),
    dropped: [...told.keys()].filter((module) => !observed.has(module)),
  };
}

function logNews(log: Logger, { observations, dropped }: News): void {
  for (const { module, instance, error } of observations) {
    if (error === null) log.info({ module, instance }, 'loaded');
    else log.error({ module, instance, reason: error }, 'could not be loaded');
  }
  for (const module of dropped) log.info({ module }, 'no longer wanted');
}
