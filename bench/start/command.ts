/** `uplift up` and the bare Temporal server as processes: started, timed until they are ready, ended. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readRunFile } from '../../store/runFile.js';
import { obtainTemporal, temporalArguments, temporalServes } from '../../temporal/server.js';
import { freeFirstPort } from '../installation/freePorts.js';

export interface Started {
  /** From the start of the process until it is ready. */
  readonly milliseconds: number;
  /** Milliseconds until it had ended, and with it all it had started. */
  readonly stop: () => Promise<number>;
}

/** Milliseconds between two looks whether it is ready, and until that is a failure. */
const lookEvery = 20;
const patience = 300_000;

/** The command as people type it; ready once it has written down its addresses, which it does last. */
export async function startUp(dataFolder: string, factory: string): Promise<Started> {
  const port = String(await freeFirstPort());
  const script = fileURLToPath(new URL('../../client/cli/main.js', import.meta.url));
  const arguments_ = [script, 'up', '--data', dataFolder, '--factory', factory, '--port', port];
  return startedAs(
    'uplift up',
    process.execPath,
    arguments_,
    async () => (await readRunFile(dataFolder)) !== undefined,
  );
}

/** The server that `uplift up` starts, alone, on the same database; ready once it says that it serves. */
export async function startTemporal(dataFolder: string): Promise<Started> {
  const server = await obtainTemporal({ say: () => undefined });
  if (server.kind !== 'binary') throw new Error('There is no Temporal server to start alone');
  const port = await freeFirstPort();
  const options = { port, uiPort: port + 1000, databaseFile: `${dataFolder}/temporal.db`, logLevel: 'warn' } as const;
  // A client that finds nobody listening waits a second before it asks again: that second would be measured.
  const ready = async () => (await listens(port)) && (await temporalServes(`127.0.0.1:${port}`));
  return startedAs('the Temporal server', server.command, temporalArguments(options), ready);
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

async function startedAs(
  name: string,
  command: string,
  arguments_: readonly string[],
  ready: () => Promise<boolean>,
): Promise<Started> {
  const started = performance.now();
  const child = spawn(command, arguments_, { stdio: ['ignore', 'ignore', 'pipe'] });
  const stop = () => ended(child);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-1000);
  });
  try {
    await once(child, 'spawn');
    while (!(await ready())) {
      const hasEnded = child.exitCode !== null || child.signalCode !== null;
      if (hasEnded || performance.now() - started > patience) throw new Error(`${name} did not get ready: ${said}`);
      await delay(lookEvery);
    }
    return { milliseconds: performance.now() - started, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function ended(child: ChildProcess): Promise<number> {
  const started = performance.now();
  if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
    const exit = once(child, 'exit');
    child.kill('SIGINT');
    await exit;
  }
  return performance.now() - started;
}
