/**
 * A data folder of a former program, with a finished, a paused and a waiting upgrade in it: its databases are migrated, it gets an id, and
 * its runs, which today's code cannot replay, go on by their plans. test/dataFolders/README.md says how they stand.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ids } from '../../contract/ids.js';
import { type RunFile, readRunFile } from '../../store/runFile.js';
import type { RunStatus } from '../../workflows/messages.js';
import { newer, temporaryFolder } from '../platform/tinyFactory.js';
import { type Ran, uplift } from './cliTerminal.js';
import { spawnUplift } from './commandProcess.js';
import { freeFirstPort } from './freePort.js';
import { platformRows, storeRows } from './state.js';
import { until } from './until.js';
import { endStartedBy } from './uplift.js';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const former = fileURLToPath(new URL('../dataFolders/before-migrations.tar.gz', import.meta.url));
const infrastructure = 'tiny';
const [testing, production] = ['Testing', 'Production'] as const;

let dataFolder: string;
let connection: Connection;
let client: Client;
let up: Awaited<ReturnType<typeof spawnUplift>>;
let run: RunFile;

beforeAll(() => {
  const folder = temporaryFolder();
  execFileSync('tar', ['xzf', former, '-C', folder]);
  dataFolder = path.join(folder, 'data');
});

afterAll(async () => {
  await connection?.close();
  await up?.end('SIGTERM');
  await endStartedBy(dataFolder);
});

it('RUNS_OF_FORMER_PROGRAM names them and touches none while nobody says that they may be replaced', async () => {
  const refused = await spawnUplift(['up', '--data', dataFolder, '--port', String(await freeFirstPort())]);
  expect(await refused.exited(), refused.output()).toBe(3);
  expect(refused.output()).toMatch(
    /cannot go on with 4 runs that a former one has begun: .*Nothing of them was touched/s,
  );
  expect(refused.output()).toMatch(/next: npx uplift up --data .*\/data --replace-runs stops them/);
  expect(existsSync(path.join(dataFolder, 'platform.db.before-migrations'))).toBe(true);
  expect(existsSync(path.join(dataFolder, 'store.db.before-migrations'))).toBe(true);
});

it('gets an id, moves its nights to the queue of that, and goes on with its upgrades by their plans', async () => {
  const firstPort = String(await freeFirstPort());
  up = await spawnUplift(['up', '--data', dataFolder, '--port', firstPort, '--replace-runs'], {}, true);
  run = await until('uplift up', () => readRunFile(dataFolder), 120_000).catch((error) => {
    throw new Error(up.output(), { cause: error });
  });
  connection = await Connection.connect({ address: run.temporal.address });
  client = new Client({ connection });

  const { id, formerQueue } = run.installation;
  expect([id, formerQueue]).toEqual([expect.stringMatching(/^[0-9a-f]{8}$/), true]);
  for (const { name } of run.environments) {
    const { action } = await client.schedule.getHandle(ids.nightly(infrastructure, name)).describe();
    expect(action).toMatchObject({ taskQueue: `uplift-${id}`, memo: { owner: { id, dataFolder } } });
  }
  for (const name of [testing, production]) {
    const { taskQueue, status } = await client.workflow
      .getHandle(ids.upgradeEnvironment(infrastructure, name))
      .describe();
    expect([taskQueue, status.name]).toEqual([`uplift-${id}`, 'RUNNING']);
  }
});

it('what was paused stays paused, by whom and why; resumed, it goes on under its number, and asks nothing twice', async () => {
  const upgrade = ids.upgradeEnvironment(infrastructure, testing);
  await until('the pause', async () => (await statusOf(upgrade))?.paused, 60_000);
  expect((await statusOf(upgrade))?.paused).toEqual({ by: 'rita', reason: 'the storage is being replaced' });
  const prepared = compiled(testing);

  await cli('resume', testing, '--as', 'rita', '--reason', 'it is replaced');
  await approve(testing, 'applications', '--accept', 'broken', '--reason', 'its team repairs it later');
  await approve(testing, 'tests', '--accept', 'Sofia finds a text', '--reason', 'seen');

  await until('the end', async () => (await cli('status', testing, '--json')).out.includes('"runs": []'), 60_000);
  expect(upgradeOf(testing)).toEqual([{ number: 1, outcome: 'upgraded' }]);
  expect(approvalsOf('tiny#1')).toEqual(['plan', 'applications', 'tests']);
  // What was prepared is not compiled again: what had failed is, and what is below it.
  expect(compiled(testing).filter((module) => !prepared.includes(module))).toEqual([]);
  expect(countOf(testing, 'm1')).toBe(1);
});

it('LIVE-01 what waited behind its closed door waits there again, with every answer of before, and is let in once', async () => {
  const goLive = ids.goLive(infrastructure, production);
  const { gate } = await until(
    'the gate go live',
    async () => {
      const status = await statusOf(goLive);
      return status?.gate?.name === 'go live' && status;
    },
    60_000,
  );
  expect(gate?.asks[0]).toContain('2 of 2 hot points answer well');
  expect((await doorOf(production)) ?? null).not.toBeNull();
  expect(approvalsOf('tiny#3')).toEqual(['plan', 'start', 'applications', 'tests']);

  await approve(production, 'go live');
  await until('users', async () => (await doorOf(production)) === null, 60_000);
  await until('the end', () => upgradeOf(production)[0]?.outcome === 'upgraded', 60_000);
  expect(approvalsOf('tiny#3')).toEqual(['plan', 'start', 'applications', 'tests', 'go live']);
  expect(countOf(production, 'm1')).toBe(1);
});

it('another start of the same program asks nothing, for nothing is left of the former one', async () => {
  expect(await up.end('SIGTERM')).toBe(0);
  up = await spawnUplift(['up', '--data', dataFolder, '--port', String(await freeFirstPort())], {}, true);
  await until('uplift up again', () => up.output().includes(`Installation    ${run.installation.id}`), 120_000);
});

async function statusOf(workflowId: string): Promise<RunStatus | undefined> {
  return client.workflow
    .getHandle(workflowId)
    .query<RunStatus, []>('status')
    .catch(() => undefined);
}

function cli(...words: readonly string[]): Promise<Ran> {
  return uplift(...words, '--data', dataFolder);
}

/** As soon as it waits there. */
async function approve(environment: string, gate: string, ...more: readonly string[]): Promise<void> {
  const answer = () => cli('approve', environment, '--gate', gate, '--as', 'otto', ...more);
  await until(`the approval of ${gate}`, async () => (await answer()).exit === 0, 60_000);
}

async function doorOf(environment: string): Promise<unknown> {
  const { json } = await cli('status', environment, '--json');
  return (json() as { environments: { door: unknown }[] }).environments[0]?.door;
}

function upgradeOf(environment: string) {
  return storeRows<{ number: number; outcome: string | null }>(
    { dataFolder },
    'select number, outcome from upgrades where environment = ?',
    environment,
  );
}

/** The gates of every approval that counted, in their order. */
function approvalsOf(upgrade: string): readonly string[] {
  const rows = storeRows<{ payload: string }>(
    { dataFolder },
    "select payload from messages where upgrade = ? and name = 'approve' and refusal is null order by id",
    upgrade,
  );
  return rows.map(({ payload }) => (JSON.parse(payload) as { gate: string }).gate);
}

/** Modules with an attempt for the newer release. */
function compiled(environment: string): readonly string[] {
  return attempts(environment).map(({ module }) => module);
}

function countOf(environment: string, module: string): number {
  return attempts(environment).filter((attempt) => attempt.module === module).length;
}

function attempts(environment: string) {
  return platformRows<{ module: string }>(
    { dataFolder },
    `select module from attempts join preparations on preparations.id = attempts.preparation
      where attempts.environment = ? and preparations.release = ? order by attempts.id`,
    environment,
    newer,
  );
}
