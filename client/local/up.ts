/** The embedded default: everything on one machine, durable in one data folder, stopped and started again with nothing lost. */

import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Installation } from '../../contract/installation.js';
import { makeFolder } from '../../database/disk.js';
import { writing } from '../../database/fullDisk.js';
import { UpliftError } from '../../domain/errors.js';
import type { Infrastructure } from '../../domain/infrastructure/infrastructure.js';
import { assertPortFree } from '../../http/port.js';
import { compilerMemory } from '../../platform/embedded/compile/compilerMemory.js';
import type { EmbeddedContext } from '../../platform/embedded/context.js';
import { firstPublish } from '../../platform/embedded/factory/firstPublish.js';
import { checkFactory, type Factory } from '../../platform/embedded/factory/folder.js';
import { importFactory } from '../../platform/embedded/factory/import.js';
import { repeat } from '../../platform/embedded/follow.js';
import { embeddedInstallation } from '../../platform/embedded/installation.js';
import { embeddedInventory } from '../../platform/embedded/inventory.js';
import { openEmbeddedContext } from '../../platform/embedded/platform.js';
import { sitePlatform } from '../../platform/site.js';
import type { Platform } from '../../port/platform.js';
import { complaintText, throwRefused } from '../../store/complaint.js';
import {
  describedInfrastructure,
  describedNames,
  rememberInfrastructure,
} from '../../store/describedInfrastructures.js';
import { type RunFile, removeRunFile, writeRunFile } from '../../store/runFile.js';
import { openStore, type Store } from '../../store/store.js';
import { ownServer, temporalConfiguration } from '../../temporal/configuration.js';
import { ensureTemporal, needsOf } from '../../temporal/ensure.js';
import { machineTimeZone } from '../../temporal/nightlySpec.js';
import { type Claimant, ensureNightlySchedule, keepNightlySchedule, type Place } from '../../temporal/schedule.js';
import { obtainTemporal } from '../../temporal/server.js';
import { typed } from '../words.js';
import { assignPorts } from './assignPorts.js';
import { lockDataFolder } from './dataFolderLock.js';
import { ephemeralPorts, ephemeralWarning } from './ephemeralPorts.js';
import { goOnWithFormerRuns } from './formerRuns.js';
import { interrupted } from './interrupted.js';
import { rotateLogs } from './logRotation.js';
import { migrateDataFolder } from './migrateDataFolder.js';
import { portsFrom } from './ports.js';
import type { ProcessSpec } from './processSpec.js';
import { databaseProcessTable } from './processTable.js';
import { processNames, type SpecsOptions, wantedSpecs } from './specs.js';
import { type Supervisor, supervisor } from './supervisor.js';

export interface UpOptions {
  readonly dataFolder: string;
  /** Imported when the data folder is empty, and no site is described in it. */
  readonly factory: string;
  /** Folder of a site that is only described: nothing is embedded. */
  readonly site?: string | undefined;
  /** Hosts that are this machine. */
  readonly hosts?: SpecsOptions['hosts'];
  readonly firstPort: number;
  readonly say: (line: string) => void;
  readonly log: Logger;
  /** Whether the runs of these ids, which a former program has begun, may be stopped and started again. */
  readonly mayReplace: (workflowIds: readonly string[]) => Promise<boolean>;
  /** Aborted by people who do not want it after all: what was started is ended. */
  readonly signal?: AbortSignal;
}

export interface Up {
  readonly run: RunFile;
  readonly client: Client;
  /** Ends every process and lets go of the data folder. */
  readonly stop: () => Promise<void>;
}

/** Milliseconds between two looks at how large the logs are. */
const rotateEvery = 10_000;

/** Milliseconds until everything must serve; a slow machine with a large factory loads for a while. */
const readyWithin = { temporal: 60_000, everything: 180_000 };

export async function up(options: UpOptions): Promise<Up> {
  // Refused now rather than by the first compilation.
  compilerMemory();
  const dataFolder = path.resolve(options.dataFolder);
  await writing('The data folder', dataFolder, () => makeFolder(path.join(dataFolder, 'logs')));
  const unlock = await lockDataFolder(dataFolder);
  const context = openEmbeddedContext(dataFolder);
  try {
    await migrateDataFolder(dataFolder, options.say);
    return await start({ ...options, dataFolder }, context, unlock);
  } catch (error) {
    await context.database.destroy();
    await unlock();
    throw error;
  }
}

async function start(options: UpOptions, context: EmbeddedContext, unlock: () => Promise<void>): Promise<Up> {
  const { dataFolder, say, log, firstPort, signal = new AbortController().signal } = options;
  const { database } = context;
  const ports = portsFrom(firstPort);
  const installation = await installationOf(context);
  const site = await siteOf(context, options);
  const factory = site ? undefined : await factoryToImport(context, options);
  await assignPorts(database, ports);

  const temporal = await obtainTemporal({ say });
  const address = temporal.kind === 'running' ? temporal.address : `127.0.0.1:${ports.temporal}`;
  const { connectionOptions, namespace = 'default' } =
    temporal.kind === 'running' ? temporalConfiguration() : ownServer({ address, namespace: 'default' });
  const specs = { context, temporal, ports, address, namespace, installation, hosts: options.hosts };
  const warning = ephemeralWarning(
    (await wantedSpecs(specs)).flatMap((spec) => spec.ports ?? []),
    await ephemeralPorts(),
  );
  if (warning) say(warning);
  const table = databaseProcessTable(database);
  const earlier = new Set((await table.read()).map(({ name }) => name));
  let everything = false;
  const processes = supervisor({
    dataFolder,
    table,
    // At first Temporal, which the others need, and whatever an earlier supervisor has left running: it goes on. But for the worker:
    // nobody serves runs before they were found to go on with this program.
    wanted: async () => {
      const specified = await wantedSpecs(specs);
      return everything
        ? specified
        : specified.filter(
            ({ name }) => name === processNames.temporal || (earlier.has(name) && name !== processNames.worker),
          );
    },
    log,
  });
  const rotating = repeat(
    rotateEvery,
    () => rotateLogs(path.join(dataFolder, 'logs')),
    (error) => log.error({ err: error }, 'a log could not be rotated'),
  );
  let connection: Connection | undefined;
  try {
    processes.run();
    if (temporal.kind === 'binary') say(`starting the Temporal server at ${address}`);
    if (temporal.kind === 'binary') await processes.waitReady([processNames.temporal], readyWithin.temporal);
    throwIfInterrupted(signal);
    connection = await Connection.connect(connectionOptions);
    await ensureTemporal(connection, needsOf(namespace));
    const client = new Client({ connection, namespace });
    const claimant = { client, address, namespace, installation, dataFolder };
    // Before anything is changed, and before a worker could miss a night on a queue of before.
    const places = site ? placesOfSite(site) : factory ? placesOf(factory) : await placesHere(context);
    // Nobody deploys by night where no platform is driven.
    const withoutNights = site ? [] : await keepNights(claimant, places);
    await withStore(context, (store) =>
      goOnWithFormerRuns({
        ...{ client, store, installation, say, mayReplace: options.mayReplace },
        infrastructures: [...new Set(places.map(({ infrastructure }) => infrastructure))],
      }),
    );
    if (factory) await importFactory(context, factory, ports.environment);
    await assertPortsFree(await wantedSpecs(specs), earlier);
    await publishOnce(context, say, signal);
    everything = true;
    say(
      site
        ? 'starting a worker; nothing of the site itself is started or touched'
        : 'starting a worker, and of each environment its Service Center, its front ends and their balancer',
    );
    await Promise.race([waitForAll(processes, specs), interrupted(signal)]);
    throwIfInterrupted(signal);
    const ui = temporal.kind === 'running' ? null : `http://127.0.0.1:${ports.temporalUi}`;
    const run = await withStore(context, (store) =>
      describe(sitePlatform(context, store), places[0]?.infrastructure, { address, namespace, ui }, installation),
    );
    for (const place of withoutNights) await ensureNights(claimant, place, say);
    await writeRunFile(dataFolder, run);
    return { run, client, stop: () => stop() };
  } catch (error) {
    await stop();
    throw error;
  }

  async function stop(): Promise<void> {
    await processes.stopAll();
    await rotating.close();
    await connection?.close();
    await removeRunFile(dataFolder);
    await unlock();
    await database.destroy();
  }
}

/** Says so before anything takes long. What an earlier supervisor has left running has its ports. */
async function assertPortsFree(specs: readonly ProcessSpec[], earlier: ReadonlySet<string>): Promise<void> {
  const started = new Set([processNames.temporal, ...earlier]);
  for (const { name, ports = [] } of specs.filter((spec) => !started.has(spec.name))) {
    for (const port of ports) await assertPortFree(port, name);
  }
}

function throwIfInterrupted(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw new UpliftError('INTERRUPTED', {
    what: 'Stopped before everything was up; nothing is left running',
    next: 'the same command goes on where it was',
  });
}

async function waitForAll(processes: Supervisor, specs: Parameters<typeof wantedSpecs>[0]): Promise<void> {
  const names = (await wantedSpecs(specs)).map(({ name }) => name);
  await processes.waitReady(names, readyWithin.everything);
}

function installationOf(context: EmbeddedContext): Promise<Installation> {
  return withStore(context, (store) => embeddedInstallation({ database: context.database, store }));
}

async function withStore<T>({ dataFolder }: EmbeddedContext, work: (store: Store) => Promise<T>): Promise<T> {
  const store = openStore(dataFolder);
  try {
    return await work(store);
  } finally {
    await store.destroy();
  }
}

/** `undefined` when one was imported before. */
async function factoryToImport(
  { database }: EmbeddedContext,
  { factory, say }: UpOptions,
): Promise<Factory | undefined> {
  const imported = await database.selectFrom('infrastructures').select('name').executeTakeFirst();
  if (imported) return undefined;
  const { factory: read, complaints } = await checkFactory(path.resolve(factory));
  throwRefused(complaints, `correct it and try again (uplift validate ${typed(factory)}); nothing was imported`);
  if (!read) return undefined;
  for (const complaint of complaints) say(complaintText(complaint));
  const { infrastructure, environments } = read.infrastructure;
  say(
    `importing ${read.modules.length} modules of ${infrastructure} from ${factory} into ${environments.length} environments`,
  );
  return read;
}

/** The one that is named, else the one that was described here before. Undefined: a factory is embedded, or about to be. */
async function siteOf(context: EmbeddedContext, { site, say }: UpOptions): Promise<Infrastructure | undefined> {
  const imported = await context.database.selectFrom('infrastructures').select('name').executeTakeFirst();
  if (imported && site !== undefined) {
    throw new UpliftError('INPUT_INVALID', {
      what: `The data folder ${context.dataFolder} has the factory of ${imported.name}: a site needs a folder of its own`,
      next: `uplift up --site ${typed(site)} --data FOLDER`,
    });
  }
  if (imported) return undefined;
  return withStore(context, async (store) => {
    const [before] = await describedNames(store);
    if (site === undefined) return before === undefined ? undefined : describedInfrastructure(store, before);
    const described = await rememberInfrastructure(store, path.resolve(site));
    say(`${described.infrastructure} is described in ${site}: ${described.environments.length} environments`);
    return described;
  });
}

function placesOfSite({ infrastructure, environments }: Infrastructure): readonly Place[] {
  return environments.map(({ name }) => ({ infrastructure, environment: name }));
}

function placesOf({ infrastructure: { infrastructure, environments } }: Factory): readonly Place[] {
  return environments.map(({ name }) => ({ infrastructure, environment: name }));
}

async function placesHere(context: EmbeddedContext): Promise<readonly Place[]> {
  const environments = await embeddedInventory(context).environments();
  return environments.map(({ infrastructure, name }) => ({ infrastructure, environment: name }));
}

/** Those that have none yet. */
async function keepNights(claimant: Claimant, places: readonly Place[]): Promise<readonly Place[]> {
  const without: Place[] = [];
  for (const place of places) if (!(await keepNightlySchedule(claimant, place))) without.push(place);
  return without;
}

async function ensureNights(claimant: Claimant, place: Place, say: UpOptions['say']): Promise<void> {
  const made = await ensureNightlySchedule(claimant, place);
  if (made === 'existed' || machineTimeZone() !== undefined) return;
  const command = `uplift schedule ${place.environment} --time-zone NAME`;
  say(
    `${place.environment}: the time zone of this machine is not known, so nights are in UTC; ${command} changes that`,
  );
}

async function publishOnce(context: EmbeddedContext, say: (line: string) => void, signal: AbortSignal): Promise<void> {
  const environments = await context.database.selectFrom('environments').select('name').orderBy('position').execute();
  for (const { name } of environments) {
    throwIfInterrupted(signal);
    const report = await firstPublish(context, name, say);
    if (!report || report.failed + report.skipped === 0) continue;
    const [first] = report.failures;
    const said = first ? `: ${first.module}: ${first.problem}` : '';
    say(
      `${name}: ${report.failed} modules do not compile on ${report.release}, ${report.skipped} below them are left out${said}`,
    );
  }
}

async function describe(
  { inventory }: Platform,
  infrastructure: string | undefined,
  temporal: RunFile['temporal'],
  installation: Installation,
): Promise<RunFile> {
  if (infrastructure === undefined)
    throw new UpliftError('FACTORY_INVALID', {
      what: 'The factory has no environment',
      next: 'add one to uplift.yaml',
    });
  const environments = await inventory.environments(infrastructure);
  return {
    infrastructure,
    pid: process.pid,
    startedAt: new Date().toISOString(),
    temporal,
    installation,
    environments: environments.map(({ name, stage, applicationsUrl, serviceCenterUrl }) => ({
      name,
      stage,
      applicationsUrl,
      serviceCenterUrl,
    })),
  };
}
