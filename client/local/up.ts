/** The embedded default: everything on one machine, durable in one data folder, stopped and started again with nothing lost. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Logger } from 'pino';
import { UpliftError } from '../../domain/errors.js';
import type { EmbeddedContext } from '../../platform/embedded/context.js';
import { firstPublish } from '../../platform/embedded/factory/firstPublish.js';
import { readFactory } from '../../platform/embedded/factory/folder.js';
import { importFactory } from '../../platform/embedded/factory/import.js';
import { embeddedInventory } from '../../platform/embedded/inventory.js';
import { openEmbeddedContext } from '../../platform/embedded/platform.js';
import { ensureNightlySchedule } from '../schedule.js';
import { assignPorts } from './assignPorts.js';
import { lockDataFolder } from './dataFolderLock.js';
import { ensureTemporal, needsOf } from './ensureTemporal.js';
import { interrupted } from './interrupted.js';
import { migrateDataFolder } from './migrateDataFolder.js';
import { assertPortFree } from './port.js';
import { portsFrom } from './ports.js';
import type { ProcessSpec } from './processSpec.js';
import { databaseProcessTable } from './processTable.js';
import { type RunFile, removeRunFile, writeRunFile } from './runFile.js';
import { processNames, wantedSpecs } from './specs.js';
import { type Supervisor, supervisor } from './supervisor.js';
import { obtainTemporal } from './temporalServer.js';

export interface UpOptions {
  readonly dataFolder: string;
  /** Imported when the data folder is empty. */
  readonly factory: string;
  readonly firstPort: number;
  readonly say: (line: string) => void;
  readonly log: Logger;
  /** Aborted by people who do not want it after all: what was started is ended. */
  readonly signal?: AbortSignal;
}

export interface Up {
  readonly run: RunFile;
  readonly client: Client;
  /** Ends every process and lets go of the data folder. */
  readonly stop: () => Promise<void>;
}

/** Milliseconds until everything must serve; a slow machine with a large factory loads for a while. */
const readyWithin = { temporal: 60_000, everything: 180_000 };

export async function up(options: UpOptions): Promise<Up> {
  const dataFolder = path.resolve(options.dataFolder);
  await fs.mkdir(path.join(dataFolder, 'logs'), { recursive: true });
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
  await importOnce(context, options);
  await assignPorts(database, ports);

  const temporal = await obtainTemporal({ say });
  const address = temporal.kind === 'running' ? temporal.address : `127.0.0.1:${ports.temporal}`;
  const { connectionOptions: configured, namespace = 'default' } = loadClientConnectConfig();
  const specs = { context, temporal, ports, address, namespace };
  const table = databaseProcessTable(database);
  const earlier = new Set((await table.read()).map(({ name }) => name));
  let everything = false;
  const processes = supervisor({
    dataFolder,
    table,
    // At first Temporal, which the others need, and whatever an earlier supervisor has left running: it goes on.
    wanted: async () => {
      const specified = await wantedSpecs(specs);
      return everything
        ? specified
        : specified.filter(({ name }) => name === processNames.temporal || earlier.has(name));
    },
    log,
  });
  let connection: Connection | undefined;
  try {
    processes.run();
    if (temporal.kind === 'binary') await processes.waitReady([processNames.temporal], readyWithin.temporal);
    throwIfInterrupted(signal);
    connection = await Connection.connect(temporal.kind === 'running' ? configured : { address });
    await ensureTemporal(connection, needsOf(namespace));
    await assertPortsFree(await wantedSpecs(specs), earlier);
    await publishOnce(context, say, signal);
    everything = true;
    await Promise.race([waitForAll(processes, specs), interrupted(signal)]);
    throwIfInterrupted(signal);
    const client = new Client({ connection, namespace });
    const ui = temporal.kind === 'running' ? null : `http://127.0.0.1:${ports.temporalUi}`;
    const run = await describe(context, { address, namespace, ui });
    for (const { name } of run.environments) {
      await ensureNightlySchedule(client, { infrastructure: run.infrastructure, environment: name });
    }
    await writeRunFile(dataFolder, run);
    return { run, client, stop: () => stop() };
  } catch (error) {
    await stop();
    throw error;
  }

  async function stop(): Promise<void> {
    await processes.stopAll();
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

async function importOnce(context: EmbeddedContext, { factory, firstPort, say }: UpOptions): Promise<void> {
  const imported = await context.database.selectFrom('infrastructures').select('name').executeTakeFirst();
  if (imported) return;
  const read = await readFactory(path.resolve(factory));
  say(`importing ${read.modules.length} modules of ${read.infrastructure.infrastructure} from ${factory}`);
  await importFactory(context, read, portsFrom(firstPort).environment);
}

async function publishOnce(context: EmbeddedContext, say: (line: string) => void, signal: AbortSignal): Promise<void> {
  const environments = await context.database.selectFrom('environments').select('name').orderBy('position').execute();
  for (const { name } of environments) {
    throwIfInterrupted(signal);
    const report = await firstPublish(context, name, say);
    if (!report || report.failed + report.skipped === 0) continue;
    const [first] = report.failures;
    say(
      `${name}: ${report.failed} modules do not compile on ${report.release}, ${report.skipped} below them are left out: ${first?.module}: ${first?.problem}`,
    );
  }
}

async function describe(context: EmbeddedContext, temporal: RunFile['temporal']): Promise<RunFile> {
  const environments = await embeddedInventory(context).environments();
  const infrastructure = environments[0]?.infrastructure;
  if (!infrastructure)
    throw new UpliftError('FACTORY_INVALID', {
      what: 'The factory has no environment',
      next: 'add one to uplift.yaml',
    });
  return {
    infrastructure,
    pid: process.pid,
    startedAt: new Date().toISOString(),
    temporal,
    environments: environments.map(({ name, stage, applicationsUrl, serviceCenterUrl }) => ({
      name,
      stage,
      applicationsUrl,
      serviceCenterUrl,
    })),
  };
}
