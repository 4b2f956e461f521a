/** A full disk is told as one, whatever could not be written; nothing is lost, and what was to be done is done once there is room. */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { pino } from 'pino';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { writeOutput } from '../../client/cli/outputFile.js';
import { logTo } from '../../database/log.js';
import { readFactory } from '../../platform/embedded/factory/folder.js';
import { importFactory } from '../../platform/embedded/factory/import.js';
import { openApplicationDatabase } from '../../platform/embedded/frontEnd/applicationDatabase.js';
import { openEmbeddedContext } from '../../platform/embedded/platform.js';
import { embeddedPreparation } from '../../platform/embedded/preparation/preparation.js';
import { recordEvidence } from '../../store/evidence.js';
import { readRunFile, runFilePath, writeRunFile } from '../../store/runFile.js';
import { openStore } from '../../store/store.js';
import { obtainTemporal } from '../../temporal/server.js';
import { addRows, applicationData, held, keptEnvironments } from './keptEnvironment.js';
import { publishModule } from './publishing.js';
import { running } from './running.js';
import { eventually, fetchFrom, ready, testPlatform } from './serving.js';
import { noSmallDisk, smallDisk } from './smallDisk.js';
import {
  newer,
  older,
  published,
  quiet,
  statesOf,
  type TinyEnvironment,
  upgradeServer,
  writeFactory,
} from './tinyFactory.js';

const skipped = noSmallDisk();
if (skipped) console.warn(`no disk is filled here: ${skipped}`);

/** So many kilobytes of a text that cannot be compressed to less than half. */
const text = (kilobytes: number) => randomBytes(kilobytes * 512).toString('hex');

/** Front ends write what they observe, which needs room too. */
async function withoutFrontEnds({ context }: TinyEnvironment): Promise<void> {
  await context.database.deleteFrom('front_ends').execute();
}

/** What is said when `what` could not be written. */
const full = (what: string) => ({
  code: 'DISK_FULL',
  class: 'retry',
  message: expect.stringMatching(
    new RegExp(`^${what} could not be written: the disk of .* is full \\([0-9.]+ MB free\\)`),
  ),
});

describe.skipIf(skipped)('DISK_FULL', () => {
  it('a publish changes nothing, and the same one is done once there is room', async () => {
    const disk = smallDisk(8);
    const tiny = await published({ one: {}, two: {} }, {}, disk.folder);
    await withoutFrontEnds(tiny);
    const publish = () => publishModule(tiny, 'one', { id: 'once', source: `export const more = 1;\n` });
    disk.fill();

    await expect(publish()).rejects.toMatchObject(full('(platform|compilers).db'));

    expect(await statesOf(tiny)).toEqual({ one: 'prepared', two: 'prepared' });
    disk.makeRoom();
    await expect(publish()).resolves.toMatchObject({ module: 'one', declarationsChanged: true });
  });

  it('an instance that does not fit is not there at all, and is made once there is room', async () => {
    const disk = smallDisk(12);
    const tiny = await published({ one: {} }, {}, disk.folder);
    await withoutFrontEnds(tiny);
    const publish = () => publishModule(tiny, 'one', { source: `export const more = '${'x'.repeat(3_000_000)}';\n` });
    const instances = () => fs.readdirSync(path.join(tiny.context.dataFolder, 'instances'));
    const before = instances();
    // Its source and its artifact are compressed.
    disk.fill(1_000);

    await expect(publish()).rejects.toMatchObject(full('The instance of one'));

    expect(instances()).toEqual(before);
    disk.makeRoom();
    await expect(publish()).resolves.toMatchObject({ module: 'one' });
  });

  it('PREP-08 however often the verdicts of a group do not fit, its modules do not fail by it', async () => {
    const disk = smallDisk(16);
    const large = { source: `export const text = '${text(2_000)}';\n` };
    const tiny = await published({ small: {}, large }, { lanes: 1 }, disk.folder);
    await upgradeServer(tiny);
    const preparation = embeddedPreparation(tiny.context);
    const { id } = await preparation.open({ environment: tiny.environment, requestedBy: 'test' });
    const turn = () => preparation.prepareNextGroup({ preparation: id, claimedBy: 'lane' }, quiet);
    disk.fill(700);

    for (let again = 0; again < 8; again++) await expect(turn()).rejects.toMatchObject(full('(platform|compilers).db'));

    expect(await statesOf(tiny)).toEqual({ large: 'pending', small: 'pending' });
    disk.makeRoom();
    await expect(turn()).resolves.toMatchObject({ kind: 'group', prepared: 2, left: 0 });
  });

  it('an import imports nothing, and all of it once there is room', async () => {
    const disk = smallDisk(2);
    const factory = writeFactory({ one: {} });
    fs.writeFileSync(path.join(factory, 'releases', older, 'notes.txt'), text(1_000));
    const context = openEmbeddedContext(disk.folder);
    await context.database.selectFrom('releases').selectAll().execute();
    const ports = () => ({ balancer: 1, serviceCenter: 2, frontEnds: 3 });
    const imported = async () => {
      await importFactory(context, await readFactory(factory), ports);
      return (await context.database.selectFrom('modules').select('name').execute()).length;
    };
    disk.fill(600);

    await expect(imported()).rejects.toMatchObject(full(`Release ${older}`));

    expect(fs.readdirSync(path.join(context.dataFolder, 'releases'))).toEqual([]);
    disk.makeRoom();
    expect(await imported()).toBe(1);
    await context.database.destroy();
  });

  it('what is stored, the run file and what users enter is refused, what was there stays, and goes on once there is room', async () => {
    const disk = smallDisk(2);
    const data = disk.folder;
    const store = openStore(data);
    const applications = openApplicationDatabase(data, 'Development');
    applications.run('create table claims (body text)', []);
    const run = runFile();
    const upgrade = { upgrade: 'tiny#1', workflow: 'upgrade/tiny', run: 'first' };
    const evidence = { ...upgrade, key: '1', name: 'approve', payload: { reason: text(100) }, refusal: null };
    await writeRunFile(data, run);
    const writes = {
      'store.db': () => recordEvidence(store, evidence),
      'The application data of Development': async () => applications.run('insert into claims values (?)', [text(100)]),
      'run.json': () => writeRunFile(data, { ...run, infrastructure: 'other'.repeat(2_000) }),
    };
    disk.fill();

    for (const [what, write] of Object.entries(writes)) await expect(write()).rejects.toMatchObject(full(what));

    expect(await readRunFile(data)).toEqual(run);
    expect(fs.readdirSync(data).filter((name) => name.startsWith('run.json'))).toEqual(['run.json']);
    disk.makeRoom();
    for (const write of Object.values(writes)) await write();
    expect(applications.all('select count(*) as claims from claims', [])).toEqual([{ claims: 1 }]);
    expect(JSON.parse(fs.readFileSync(runFilePath(data), 'utf8')).infrastructure).toContain('other');
    applications.close();
    await store.destroy();
  });

  it('a Temporal server that cannot be kept is not said to be unobtainable', async () => {
    const disk = smallDisk(1);
    disk.fill();
    const environment = { UPLIFT_CACHE: path.join(disk.folder, 'cache'), PATH: disk.folder };

    const obtaining = obtainTemporal({ say: () => undefined, environment });

    await expect(obtaining).rejects.toMatchObject(full('The Temporal server'));
  });

  it('a page or a plan that was asked for is there whole or not at all', async () => {
    const disk = smallDisk(1);
    const file = path.join(disk.folder, 'report.html');
    disk.fill(8);

    await expect(writeOutput(file, text(50))).rejects.toMatchObject(full('What was asked for'));

    expect(fs.existsSync(file)).toBe(false);
  });

  it('what a command prints to a full disk is told as that, and the command fails', () => {
    const command = ['dist/client/cli/main.js', 'completion', 'bash'];
    const { status, stderr } = spawnSync('bash', ['-c', `"$0" "$@" > /dev/full`, process.execPath, ...command], {
      encoding: 'utf8',
    });

    expect(stderr).toMatch(/^error What is printed could not be written: .* \(DISK_FULL\)\n {6}next: free some space/);
    expect(status).toBe(1);
  });

  it('what could not be logged is in the log once there is room', () => {
    const disk = smallDisk(1);
    const file = path.join(disk.folder, 'process.log');
    const log = pino({ base: {} }, logTo(file));
    log.info('before');
    disk.fill();
    for (const number of [1, 2, 3]) log.info(`${number} ${text(4)}`);

    disk.makeRoom();
    log.info('after');

    const lines = fs.readFileSync(file, 'utf8').trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).msg.split(' ')[0])).toEqual(['before', '1', '2', '3', 'after']);
  });
});

describe.skipIf(skipped)('DISK_FULL, with application data', () => {
  let kept: Awaited<ReturnType<typeof keptEnvironments>>;

  beforeAll(async () => {
    kept = await keptEnvironments();
  });

  it('LIVE-04 a snapshot is there whole or not at all', async () => {
    const disk = smallDisk(8);
    const tiny = kept({}, path.join(disk.folder, 'data'));
    addRows(tiny.data, 'claims', 5_000);
    const { token } = await held(tiny, 'upgrade');
    const take = () => tiny.platform.snapshots.take({ environment: tiny.environment, id: 'acme#1', token }, quiet);
    disk.fill(100);

    await expect(take()).rejects.toMatchObject(full('The snapshot acme#1'));

    const folder = path.join(tiny.context.dataFolder, 'snapshots', tiny.environment);
    expect(fs.existsSync(folder) ? fs.readdirSync(folder) : []).toEqual([]);
    disk.makeRoom();
    await expect(take()).resolves.toMatchObject({ id: 'acme#1', rows: 5_000 });
  });

  it('LIVE-05 a restore that does not fit changes no application data, and is done once there is room', async () => {
    const disk = smallDisk(16);
    const tiny = kept({}, path.join(disk.folder, 'data'));
    const { environment, platform } = tiny;
    addRows(tiny.data, 'claims', 5_000);
    await running(tiny);
    const { token } = await held(tiny, 'upgrade');
    await platform.snapshots.take({ environment, id: 'acme#1', token }, quiet);
    addRows(tiny.data, 'claims', 10);
    const before = applicationData(tiny.data);
    const rollback = await held(tiny, 'rollback');
    const restore = () => platform.snapshots.restore({ environment, id: 'acme#1', token: rollback.token }, quiet);
    disk.fill(200);

    await expect(restore()).rejects.toMatchObject({ code: 'DISK_FULL' });

    expect(applicationData(tiny.data)).toEqual(before);
    disk.makeRoom();
    await restore();
    expect(tiny.data.prepare('select count(*) as claims from claims').all()).toEqual([{ claims: 5_000 }]);
  });
});

/** A compiler tells of a full disk in its own way, or breaks down. */
it.skipIf(skipped)(
  'DISK_FULL where a group is compiled is no fault of a compiler, old or new, and no module fails by it',
  () => {
    const disk = smallDisk(3);
    const factory = writeFactory({ large: {} });
    const older6 = path.join(factory, 'releases', older, 'release.json');
    fs.writeFileSync(older6, fs.readFileSync(older6, 'utf8').replace('7.0.2', '6.0.3'));
    const script = path.resolve('test', 'platform', 'fullStagingProcess.mjs');
    const request = JSON.stringify({ factory, releases: [older, newer], kilobytes: 1_500 });
    // Where it has room the folder would be in memory.
    const command = 'mount -t tmpfs -o size=1m uplift-test /dev/shm && exec "$0" "$@"';

    const { stdout, stderr } = spawnSync(
      'unshare',
      ['--mount', 'bash', '-c', command, process.execPath, script, request],
      { encoding: 'utf8', env: { ...process.env, TMPDIR: disk.folder } },
    );

    expect(stderr).toBe('');
    const told = expect.stringMatching(/^A group of modules that is to be compiled could not be written: .* is full/);
    expect(JSON.parse(stdout)).toEqual([
      { release: older, code: 'DISK_FULL', message: told },
      { release: newer, code: 'DISK_FULL', message: told },
    ]);
    expect(fs.readdirSync(disk.folder)).toEqual([]);
  },
);

it.skipIf(!fs.existsSync('/dev/full'))('a front end whose log is on a full disk serves all the same', async () => {
  const platform = await testPlatform();
  const code = "export const List = { name: 'List', render: () => 'shown' };";
  await platform.instance({ id: 'first', module: '@acme/claims', release: older, code });
  await platform.want('@acme/claims', 'first');
  const main = path.resolve('dist', 'platform', 'embedded', 'frontEnd', 'main.js');
  const full = fs.openSync('/dev/full', 'w');
  const child = spawn(process.execPath, [main, '--data', platform.data, '--front-end', 'fe-1'], {
    stdio: ['ignore', full, full],
  });
  const ended = once(child, 'exit');
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    fs.closeSync(full);
  });
  await ready(platform, 'fe-1');
  const { database } = platform;
  await eventually('it has observed what it loaded', () =>
    database.selectFrom('front_end_modules').select('module').executeTakeFirst(),
  );

  expect(await (await fetchFrom(platform, `${platform.url('fe-1')}/claims/List`)).text()).toContain('shown');
  child.kill('SIGTERM');
  expect((await ended)[0]).toBe(0);
});

function runFile() {
  return {
    infrastructure: 'tiny',
    pid: 1,
    startedAt: new Date(0).toISOString(),
    temporal: { address: '127.0.0.1:1', namespace: 'default', ui: null },
    installation: { id: '0123abcd', madeAt: new Date(0).toISOString(), formerQueue: false },
    environments: [
      {
        name: 'Development',
        stage: 'development',
        applicationsUrl: 'http://127.0.0.1:1',
        serviceCenterUrl: 'http://127.0.0.1:2',
      },
    ],
  };
}
