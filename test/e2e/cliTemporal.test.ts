/** Commands that talk to a Temporal server: a real one, with nobody working, so that nothing moves while it is looked at. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { environmentKey, infrastructureKey, searchAttributes } from '../../contract/searchAttributes.js';
import { ensureTemporal } from '../../temporal/ensure.js';
import { type Claimant, ensureNightlySchedule, readNightlySchedule } from '../../temporal/schedule.js';
import { obtainTemporal, temporalArguments, temporalServes } from '../../temporal/server.js';
import { environment } from '../platform/serving.js';
import { uplift, upliftUntil } from './cliTerminal.js';
import { installation, taskQueue, world } from './cliWorld.js';
import { freePort } from './freePort.js';
import { until } from './until.js';

let folder: string;
let server: ChildProcess;
let address: string;
let connection: Connection;
let client: Client;
let claimant: Claimant;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'uplift-cli-temporal-'));
  const temporal = await obtainTemporal({ say: () => undefined });
  if (temporal.kind !== 'binary') throw new Error('this test starts a Temporal server of its own');
  const port = await freePort();
  const databaseFile = path.join(folder, 'temporal.db');
  const args = temporalArguments({ port, uiPort: await freePort(), databaseFile, logLevel: 'error' });
  server = spawn(temporal.command, args, { stdio: 'ignore' });
  address = `127.0.0.1:${port}`;
  await until('the Temporal server', () => temporalServes(address));
  connection = await Connection.connect({ address });
  await ensureTemporal(connection, { namespace: 'default', retentionDays: 90, searchAttributes });
  client = new Client({ connection });
  claimant = { client, address, namespace: 'default', installation, dataFolder: folder };
});

afterAll(async () => {
  await connection?.close();
  if (server?.kill('SIGKILL')) await once(server, 'exit');
  await rm(folder, { recursive: true, force: true });
});

/** Nobody works: a run ends only when it is terminated. */
afterEach(async () => {
  for (const id of ['upgrade/acme/environments/Development', 'prepare/acme/Development', 'deploy/acme/Development']) {
    await client.workflow
      .getHandle(id)
      .terminate('the test has ended')
      .catch(() => undefined);
  }
  await client.schedule
    .getHandle('nightly/acme/Development')
    .delete()
    .catch(() => undefined);
});

const atOnce = AbortSignal.abort();

describe('upgrade', () => {
  it('starts one upgrade; Ctrl-C ends the watching, not the upgrade, exit code 130', async () => {
    const { data } = await world(address);
    const ran = await upliftUntil(
      atOnce,
      'upgrade',
      '--to',
      '11.41.0',
      '--requested-by',
      'ana',
      '--data',
      data,
      '--json',
    );
    expect(ran.exit).toBe(130);
    expect(ran.json()).toEqual({
      error: {
        code: 'INTERRUPTED',
        message: 'Stopped watching; what runs goes on',
        next: `uplift watch ${environment}`,
      },
    });
    const run = await client.workflow.getHandle('upgrade/acme/environments/Development').describe();
    expect(run).toMatchObject({ type: 'upgradeEnvironment', taskQueue, status: { name: 'RUNNING' } });
    expect(await run.staticSummary()).toBe('Upgrade of Development to 11.41.0');
  });

  it('attaches to one towards the same release, whoever started it; another release is refused, exit code 3', async () => {
    const { data } = await world(address);
    await client.workflow.start('upgradeEnvironment', {
      workflowId: 'upgrade/acme/environments/Development',
      taskQueue,
      args: [{ infrastructure: 'acme', environment, to: '11.41.0' }],
    });
    const same = await upliftUntil(atOnce, 'upgrade', '--to', '11.41.0.0', '--data', data);
    expect(same).toMatchObject({ exit: 130, err: expect.stringContaining('runs already: attached to upgrade/acme') });
    const other = await uplift('upgrade', '--to', '11.40.1', '--data', data, '--json');
    expect(other.exit).toBe(3);
    expect(other.json()).toMatchObject({
      error: {
        code: 'OTHER_TARGET_RUNNING',
        message: expect.stringContaining('is being upgraded to 11.41.0, not to 11.40.1'),
      },
    });
  });
});

it('PREP-12 a second prepare joins the first', async () => {
  const { data } = await world(address);
  const [first, second] = [
    await uplift('prepare', '--no-wait', '--data', data, '--json'),
    await uplift('prepare', environment, '--no-wait', '--data', data, '--json'),
  ];
  const started = { outcome: 'started', workflowId: 'prepare/acme/Development' };
  expect([first.json(), second.json()]).toEqual([
    { ...started, attached: false },
    { ...started, attached: true },
  ]);
});

describe('status and watch', () => {
  it('status shows what runs, with its page, and that nobody works on it', async () => {
    const { data, url } = await world(address);
    await uplift('deploy', '--no-wait', '--data', data);
    const { exit, out } = await uplift('status', '--data', data);
    expect(exit).toBe(0);
    expect(out).toContain('acme Development development');
    expect(out).toContain(url);
    expect(out).toContain('3 modules: 1 prepared, 1 failed, 1 skipped');
    expect(out).toContain('http://127.0.0.1:1/namespaces/default/workflows/deploy%2Facme%2FDevelopment/');
    expect(out).toContain('Development: Deploy All (no worker answers: uplift doctor)');
  });

  it('status --json has the documented fields', async () => {
    const { data } = await world(address);
    const { exit, json } = await uplift('status', '--data', data, '--json');
    expect(exit).toBe(0);
    expect(json()).toMatchObject({
      infrastructure: 'acme',
      temporalUi: 'http://127.0.0.1:1',
      environments: [
        {
          name: 'Development',
          stage: 'development',
          serverRelease: '11.18.1',
          serviceCenterRelease: '11.18.1',
          systemComponentsRelease: '11.18.1',
          frontEnds: [{ name: 'fe-1' }],
          hold: null,
          door: null,
          runs: [],
          preparation: null,
          deployment: null,
          modules: { prepared: 1, failed: 1, skipped: 1, pending: 0, preparing: 0, 'not applicable': 0 },
          links: { applications: expect.any(String), serviceCenter: expect.any(String) },
        },
      ],
    });
  });

  it('watch ends when nothing runs, with exit code 5 while failed or skipped modules are left', async () => {
    const { data } = await world(address);
    expect(await uplift('watch', '--data', data)).toMatchObject({
      exit: 5,
      out: expect.stringContaining('run             none'),
    });
  });
});

it.each([
  'approve --as ana',
  'reject --as ana --reason why',
  'pause --as ana --reason why',
  'resume --as ana --reason why --run upgrade',
])('%s where nothing waits: NOTHING_WAITING, exit code 3', async (words) => {
  const { data } = await world(address);
  const ran = await uplift(...words.split(' '), '--data', data, '--json');
  expect(ran.exit).toBe(3);
  expect(ran.json()).toMatchObject({
    error: { code: 'NOTHING_WAITING', next: expect.stringContaining('uplift status') },
  });
});

describe('schedule', () => {
  const place = { infrastructure: 'acme', environment };

  it('is made once, paused, and stays as people changed it', async () => {
    expect(await ensureNightlySchedule(claimant, { ...place, at: '01:30', timeZone: 'Europe/Lisbon' })).toBe('created');
    expect(await ensureNightlySchedule(claimant, place)).toBe('existed');
    expect(await readNightlySchedule(claimant, place)).toMatchObject({
      at: '01:30',
      timeZone: 'Europe/Lisbon',
      paused: true,
    });
    const { policies, action } = await client.schedule.getHandle('nightly/acme/Development').describe();
    expect(policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 3_600_000 });
    expect(action).toMatchObject({ workflowType: 'nightlyDeployAll', taskQueue, args: [place] });
  });

  it('shows that there is none, makes it, moves it, wakes it, takes it away', async () => {
    const { data } = await world(address);
    const schedule = async (...words: string[]) => {
      const ran = await uplift('schedule', ...words, '--data', data, '--json');
      expect(ran.exit).toBe(0);
      return (ran.json() as { schedule: unknown }).schedule;
    };
    expect(await schedule()).toBeNull();
    expect(await schedule('--at', '02:15', '--time-zone', 'Asia/Tokyo')).toMatchObject({
      id: 'nightly/acme/Development',
      at: '02:15',
      timeZone: 'Asia/Tokyo',
      paused: true,
    });
    expect(await schedule('--at', '03:00')).toMatchObject({ at: '03:00', timeZone: 'Asia/Tokyo', paused: true });
    expect(await schedule('--resume', '--reason', 'agreed')).toMatchObject({
      at: '03:00',
      paused: false,
      note: 'agreed',
    });
    expect(await schedule('--time-zone', 'UTC')).toMatchObject({ at: '03:00', timeZone: 'UTC', paused: false });
    expect(await schedule('--pause', '--reason', 'freeze')).toMatchObject({ paused: true, note: 'freeze' });
    expect(await schedule('--delete')).toBeNull();
  });

  it.each([
    ['--at', '25:00'],
    ['--time-zone', 'Mars/Olympus'],
  ])('%s %s is refused, exit code 2', async (option, value) => {
    const { data } = await world(address);
    const ran = await uplift('schedule', option, value, '--data', data);
    expect(ran).toMatchObject({ exit: 2, err: expect.stringContaining(`"${value}" is not a time`) });
  });
});

describe('a run of another installation', () => {
  const others = { taskQueue: 'uplift-0badcafe', args: [{ infrastructure: 'acme', environment, to: '11.41.0' }] };
  const attributes = [
    { key: infrastructureKey, value: 'acme' },
    { key: environmentKey, value: environment },
  ];
  const started: string[] = [];
  const start = (workflow: string, workflowId: string) => {
    started.push(workflowId);
    return client.workflow.start(workflow, { workflowId, ...others, typedSearchAttributes: attributes });
  };

  afterEach(async () => {
    for (const id of started.splice(0)) await client.workflow.getHandle(id).terminate('the test has ended');
  });

  it.each([
    ['upgradeInfrastructure', 'upgrade/acme', 'approve --as ana'],
    ['upgradeInfrastructure', 'upgrade/acme', 'stop --as ana --reason why'],
    ['upgradeEnvironment', 'upgrade/acme/environments/Development', 'approve Development --as ana'],
    ['upgradeEnvironment', 'upgrade/acme/environments/Development', 'pause Development --as ana --reason why'],
    ['upgradeEnvironment', 'upgrade/acme/environments/Development', 'upgrade --to 11.41.0 --no-wait'],
    ['upgradeEnvironment', 'upgrade/acme/environments/Development', 'status'],
    ['rollback', 'rollback/acme/Development', 'rollback Development --as ana --reason why'],
    ['planInfrastructure', 'plan/acme', 'plan --to 11.41.0'],
    ['prepareModules', 'prepare/acme/Development', 'prepare --no-wait'],
    ['prepareModules', 'prepare/acme/Development', 'retry'],
  ])('%s %s meets nothing of: %s, exit code 3', async (workflow, workflowId, words) => {
    const { data } = await world(address);
    const run = await start(workflow, workflowId);

    const ran = await uplift(...words.split(' '), '--data', data, '--json');

    expect(ran, ran.err).toMatchObject({ exit: 3 });
    expect(ran.json()).toMatchObject({
      error: {
        code: 'INFRASTRUCTURE_TAKEN',
        message: `${workflowId} is a run of the installation 0badcafe, and this is the installation 7e577e57`,
      },
    });
    expect((await run.describe()).status.name).toBe('RUNNING');
    expect((await run.fetchHistory()).events?.length).toBe(2);
  });

  it.each(['', '--at 03:00', '--pause --reason why', '--now', '--delete'])(
    'nor is its schedule shown or changed: schedule %s',
    async (words) => {
      const { data } = await world(address);
      const neighbour = { ...installation, id: '0badcafe' };
      await ensureNightlySchedule(
        { ...claimant, installation: neighbour, dataFolder: '/srv/theirs' },
        { infrastructure: 'acme', environment, at: '02:00' },
      );

      const ran = await uplift('schedule', ...words.split(' ').filter(Boolean), '--data', data, '--json');

      expect(ran.json()).toMatchObject({
        error: {
          code: 'INFRASTRUCTURE_TAKEN',
          message: expect.stringMatching(
            /^acme in namespace default of .+ belongs to the installation 0badcafe \(made .+ at .+ in \/srv\/theirs\)/,
          ),
          next: expect.stringContaining('TEMPORAL_NAMESPACE=NAME'),
        },
      });
      const { info, state, spec } = await client.schedule.getHandle('nightly/acme/Development').describe();
      expect([info.numActionsTaken, state.paused, spec.calendars?.[0]?.hour[0]?.start]).toEqual([0, true, 2]);
    },
  );

  it('is named by doctor', async () => {
    const { data } = await world(address);
    await start('prepareModules', 'prepare/acme/Development');
    const { detail } = await until('doctor to see it', async () => {
      const ran = await uplift('doctor', '--data', data, '--json');
      const { findings } = ran.json() as { findings: { check: string; ok: boolean; detail: string }[] };
      return findings.find(({ check, ok }) => check === 'other installations' && !ok);
    });
    expect(detail).toBe('prepare/acme/Development of the installation 0badcafe: about an infrastructure of this one');
  });
});

it('doctor says what is well and what is missing: here workers, applications and the schedule', async () => {
  const { data } = await world(address);
  const ran = await uplift('doctor', '--replay', '--data', data, '--json');
  expect(ran.exit).toBe(1);
  const { findings } = ran.json() as { findings: { check: string; ok: boolean; next: string | null }[] };
  const problems = findings.filter(({ ok }) => !ok).map(({ check }) => check);
  expect(problems.sort()).toEqual([
    'applications of Development',
    'compile workers',
    'front ends of Development',
    'schedule of Development',
    'workers',
  ]);
  expect(findings.filter(({ ok, next }) => ok !== (next === null))).toEqual([]);
  const well = findings.filter(({ ok }) => ok).map(({ check }) => check);
  for (const check of [
    'Temporal server',
    'namespace',
    'search attributes',
    'Service Center of Development',
    'replay',
  ]) {
    expect(well).toContain(check);
  }
});
