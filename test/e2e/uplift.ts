/** `uplift up` as a process, on a data folder and ports of its own: started, killed, started again, and looked at from outside. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, realpathSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { assertPortFree } from '../../http/port.js';
import { endProcess } from '../../platform/processes/processIdentity.js';
import { type MarkedProcess, markedProcesses, startTimeOf } from '../../platform/processes/systemProcesses.js';
import { type RunFile, readRunFile } from '../../store/runFile.js';
import { temporaryFolder } from '../platform/tinyFactory.js';
import { type Ran, uplift } from './cliTerminal.js';
import { mainScript } from './commandProcess.js';
import { freeFirstPort, portsOf } from './freePort.js';
import { patience, until } from './until.js';

export interface Uplift {
  readonly dataFolder: string;
  readonly firstPort: number;
  /** Of the newest start. */
  readonly run: RunFile;
  readonly client: Client;
  /** Anew, as soon as the server answers: a connection that has lost its server looks for it ever more rarely. */
  readonly reconnect: () => Promise<void>;
  /** The process of `uplift up`. */
  readonly pid: number;
  /** A command of the command line, on this data folder. */
  readonly cli: (...words: readonly string[]) => Promise<Ran>;
  /** The same command again, after it was killed or stopped. */
  readonly startAgain: () => Promise<void>;
  /** SIGTERM to `uplift up`; resolves with its exit code once it is gone. */
  readonly stop: () => Promise<number | null>;
  /** Ends everything, removes the data folder and rejects when a process or a port was left behind. */
  readonly close: () => Promise<void>;
}

/** Milliseconds until `uplift up` must serve. */
const upWithin = patience.condition;
/** Milliseconds that an orderly end may take. */
const stopWithin = patience.condition;

/** `from`: a factory for the embedded platform, or the words that say otherwise what `up` serves. */
export async function startUplift(
  from: string | readonly string[],
  environment: NodeJS.ProcessEnv = {},
  dataFolder = temporaryFolder(),
): Promise<Uplift> {
  const firstPort = await freeFirstPort();
  const start = () => spawnUp({ dataFolder, firstPort, from, environment });
  let child = await start();
  let run: RunFile;
  let connection: Connection;
  let client: Client;
  try {
    run = await untilItServes(child, dataFolder);
    connection = await connect(run);
    client = new Client({ connection });
  } catch (error) {
    await endEverything(child, dataFolder);
    throw error;
  }

  return {
    dataFolder,
    firstPort,
    get run() {
      return run;
    },
    get client() {
      return client;
    },
    reconnect: async () => {
      const lost = connection;
      connection = await connect(run);
      client = new Client({ connection });
      await lost.close();
    },
    get pid() {
      return child.pid as number;
    },
    cli: (...words) => uplift(...words, '--data', dataFolder),
    startAgain: async () => {
      child = await start();
      run = await untilItServes(child, dataFolder);
    },
    stop: () => stop(child),
    close: async () => {
      await connection.close();
      await stop(child).catch(() => undefined);
      const left = await whatIsLeft(dataFolder, firstPort);
      await endEverything(child, dataFolder);
      await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 });
      if (left.length > 0) throw new Error(`left behind: ${left.join('; ')}`);
    },
  };
}

/** The processes that `uplift up` of this data folder has started, and what those have started. */
export function startedBy(dataFolder: string): Promise<MarkedProcess[]> {
  return markedProcesses(`${realpathSync(dataFolder)}:`);
}

async function spawnUp({
  dataFolder,
  firstPort,
  from,
  environment,
}: {
  dataFolder: string;
  firstPort: number;
  from: string | readonly string[];
  environment: NodeJS.ProcessEnv;
}): Promise<ChildProcess> {
  const output = openSync(outputOf(dataFolder), 'a');
  const serving = typeof from === 'string' ? ['--factory', from] : from;
  const words = ['up', '--data', dataFolder, ...serving, '--port', String(firstPort)];
  const child = spawn(process.execPath, [mainScript, ...words], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  await once(child, 'spawn');
  return child;
}

function outputOf(dataFolder: string): string {
  return path.join(dataFolder, 'up.txt');
}

async function connect({ temporal: { address } }: RunFile): Promise<Connection> {
  return until(
    'the Temporal server to answer',
    () => Connection.connect({ address, connectTimeout: '1s' }).catch(() => undefined),
    upWithin,
  );
}

async function untilItServes(child: ChildProcess, dataFolder: string): Promise<RunFile> {
  const serves = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return 'ended';
    const run = await readRunFile(dataFolder);
    return run?.pid === child.pid && run;
  };
  const run = await until('uplift up to serve', serves, upWithin).catch(() => 'late' as const);
  if (typeof run !== 'string') return run;
  throw new Error(`uplift up is ${run}:\n${await readFile(outputOf(dataFolder), 'utf8')}`);
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
  await until('the end of uplift up', () => child.exitCode !== null || child.signalCode !== null, stopWithin);
  return child.exitCode;
}

async function whatIsLeft(dataFolder: string, firstPort: number): Promise<readonly string[]> {
  const processes = (await startedBy(dataFolder)).map(({ name, pid }) => `process ${pid} (${name})`);
  const ports = await Promise.all(
    portsOf(firstPort).map((port) =>
      assertPortFree(port, 'a test').then(
        () => [],
        (error: Error) => [error.message],
      ),
    ),
  );
  return [...processes, ...ports.flat()];
}

async function endEverything(child: ChildProcess, dataFolder: string): Promise<void> {
  const { pid = 0 } = child;
  await endProcess({ pid, startTime: (await startTimeOf(pid)) ?? 'ended' }, 0);
  await endStartedBy(dataFolder);
}

/** What an `uplift up` that was killed has left running. */
export async function endStartedBy(dataFolder: string): Promise<void> {
  for (const process of await startedBy(dataFolder)) await endProcess(process, 0);
}
