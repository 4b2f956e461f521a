/**
 * A power cut loses nothing that was acknowledged. It needs root and a loop device; elsewhere these tests are skipped, and those of
 * lostFiles.test.ts remain.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import Database from 'libsql';
import { expect, it, onTestFinished } from 'vitest';
import { fileDigests } from '../../platform/embedded/compile/fileDigests.js';
import { obtainTemporal, temporalArguments, temporalServes } from '../../temporal/server.js';
import { freePort } from '../e2e/freePort.js';
import { until } from '../e2e/until.js';
import { type Cut, type Disk, makeDisk, noPowerCut } from './powerCut.js';
import { eventually } from './serving.js';
import { newer, older, writeFactory } from './tinyFactory.js';

const skipped = noPowerCut();
if (skipped) console.warn(`no power is cut here: ${skipped}`);

interface Acknowledged {
  readonly what: string;
  readonly number?: number;
  readonly token?: number;
}

interface Working {
  /** Undefined once it has ended well. */
  next(): Promise<Acknowledged | undefined>;
  /** So far. */
  readonly acknowledged: readonly Acknowledged[];
  goOn(): void;
  readonly child: ChildProcess;
}

/** The data folder on the disk, worked on by a process of its own. */
const dataFolder = (folder: string) => path.join(folder, 'uplift', 'data');

function startWork(disk: Disk, again: boolean): Working {
  const factory = writeFactory({ base: {}, screen: { uses: ['base'] }, spare: { uses: ['base'] } });
  const script = path.resolve('test', 'platform', 'powerCutProcess.mjs');
  fs.mkdirSync(path.join(disk.folder, 'uplift', 'data'), { recursive: true });
  fs.fsyncSync(fs.openSync(path.join(disk.folder, 'uplift', 'data'), 'r'));
  const request = JSON.stringify({ dataFolder: dataFolder(disk.folder), factory, older, newer, again });
  const child = spawn(process.execPath, [script, request], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  const acknowledged: Acknowledged[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => acknowledged.push(JSON.parse(line)));
  let read = 0;
  return {
    child,
    acknowledged,
    async next() {
      await until('an acknowledgement', async () => acknowledged.length > read || child.exitCode !== null);
      if (child.exitCode) throw new Error('it failed');
      return acknowledged[read++];
    },
    goOn: () => child.stdin?.write('\n'),
  };
}

/** Everything that a data folder holds: the rows of its databases, and its files by digest. */
async function contentOf(folder: string): Promise<Readonly<Record<string, unknown>>> {
  const digests = await fileDigests(folder);
  const files = digests.filter(([file]) => !/\.db(-wal|-shm)?$/.test(file) || file.startsWith('snapshots/'));
  const databases = digests
    .map(([file]) => file)
    // Turns of compilers are leases: whoever had one is gone after a power cut.
    .filter((file) => /\.db$/.test(file) && !file.startsWith('snapshots/') && file !== 'compilers.db');
  return {
    ...Object.fromEntries([...files, ...linksOf(folder)]),
    ...Object.fromEntries(databases.map((file) => [file, rowsOf(path.join(folder, file))])),
  };
}

function linksOf(folder: string): readonly (readonly [link: string, target: string])[] {
  const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  const links = entries
    .filter((entry) => entry.isSymbolicLink())
    .map(({ parentPath, name }) => path.join(parentPath, name));
  return links.map((link) => [path.relative(folder, link), fs.readlinkSync(link)]);
}

function rowsOf(file: string): Readonly<Record<string, unknown>> {
  const database = new Database(file);
  try {
    expect(database.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    const tables = database.prepare("select name from sqlite_schema where type = 'table'").all() as { name: string }[];
    return Object.fromEntries(tables.map(({ name }) => [name, database.prepare(`select * from "${name}"`).all()]));
  } finally {
    database.close();
  }
}

it.skipIf(skipped)(
  'loses nothing of a power cut right after it was acknowledged: releases, instances, approvals, tokens, door, data, snapshots',
  async () => {
    const disk = makeDisk();
    onTestFinished(() => disk.remove());
    const work = startWork(disk, false);
    const cuts: { readonly what: string; readonly cut: Cut; readonly content: unknown }[] = [];
    for (;;) {
      const acknowledged = await work.next();
      if (!acknowledged) break;
      const { what } = acknowledged;
      fs.writeFileSync(path.join(disk.folder, `written and not flushed, ${what}`), what);
      const cut = disk.cut();
      cuts.push({ what, cut, content: await contentOf(dataFolder(disk.folder)) });
      work.goOn();
    }

    expect(cuts.map(({ what }) => what)).toEqual([
      'factory',
      'upgrade',
      'approval',
      'hold',
      'closed door',
      'application data',
      'snapshot',
      'application data again',
      'publish',
      'restore',
      'end',
    ]);
    for (const { what, cut, content } of cuts) {
      await cut.after(async (folder) => {
        expect({ what, content: await contentOf(dataFolder(folder)) }).toEqual({ what, content });
        // Else it was no cut.
        expect(fs.existsSync(path.join(folder, `written and not flushed, ${what}`))).toBe(false);
      });
    }
  },
);

it.skipIf(skipped)('loses no workflow of a power cut right after its start was acknowledged', async () => {
  const disk = makeDisk();
  onTestFinished(() => disk.remove());
  const before = await startServer(path.join(disk.folder, 'temporal.db'));
  const { firstExecutionRunId } = await before.client.workflow.start('noWorkerDoesIt', {
    workflowId: 'acknowledged',
    taskQueue: 'nobody',
  });
  before.child.kill('SIGSTOP');
  await eventually('it has stopped', async () => stateOf(before.child) === 'T');
  const cut = disk.cut();

  await cut.after(async (folder) => {
    const after = await startServer(path.join(folder, 'temporal.db'));
    const { runId, status } = await after.client.workflow.getHandle('acknowledged').describe();
    expect({ runId, status: status.name }).toEqual({ runId: firstExecutionRunId, status: 'RUNNING' });
    await after.end();
  });
});

async function startServer(databaseFile: string) {
  const server = await obtainTemporal({ say: () => undefined, environment: { ...process.env, TEMPORAL_ADDRESS: '' } });
  if (server.kind === 'running') throw new Error('a server of the test’s own is needed');
  const [port, uiPort] = [await freePort(), await freePort()];
  const words = temporalArguments({ port, uiPort, databaseFile, logLevel: 'error' });
  const child = spawn(server.command, words, { stdio: 'ignore' });
  const exit = once(child, 'exit');
  const end = async () => {
    child.kill('SIGKILL');
    await exit;
  };
  onTestFinished(end);
  await until('the Temporal server', () => temporalServes(`127.0.0.1:${port}`));
  const connection = await Connection.connect({ address: `127.0.0.1:${port}` });
  onTestFinished(() => connection.close());
  return { child, client: new Client({ connection }), end };
}

it.skipIf(skipped || !process.env['UPLIFT_LONG'])(
  'loses nothing that was acknowledged when the power is cut at any moment',
  async () => {
    const disk = makeDisk(256);
    onTestFinished(() => disk.remove());
    const work = startWork(disk, true);
    await until('a round', async () => work.acknowledged.some(({ what }) => what === 'round'));

    for (let turn = 0; turn < 40; turn++) {
      await delay(Math.random() * 300);
      work.child.kill('SIGSTOP');
      await eventually('it has stopped', async () => stateOf(work.child) === 'T');
      const { number = 0, token = 0 } = work.acknowledged.at(-1) ?? {};
      const cut = disk.cut();
      work.child.kill('SIGCONT');
      await cut.after(async (folder) => {
        const content = await contentOf(dataFolder(folder));
        const store = content['store.db'] as { messages: { key: string }[] };
        const platform = content['platform.db'] as {
          tokens: { token: number }[];
          holds: { token: number }[];
          publications: { id: string; status: string }[];
          deployed_modules: { module: string; instance: string }[];
        };
        expect(store.messages.length).toBeGreaterThanOrEqual(number);
        expect(platform.holds[0]?.token).toBeGreaterThanOrEqual(token);
        expect(platform.publications.filter(({ status }) => status === 'finished').length).toBeGreaterThanOrEqual(
          number,
        );
        for (const { module, instance } of platform.deployed_modules) {
          const entry = path.join(dataFolder(folder), 'instances', instance, module, 'src', 'index.js');
          expect(fs.statSync(entry).size).toBeGreaterThan(0);
        }
      });
    }
  },
);

function stateOf({ pid }: ChildProcess): string | undefined {
  return fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0];
}
