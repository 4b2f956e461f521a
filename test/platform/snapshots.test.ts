/** Snapshots of an environment: what they keep, when they are refused, and what a restore brings back, wherever it was interrupted. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import v8 from 'node:v8';
import vm from 'node:vm';
import Database from 'libsql';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultSettings } from '../../platform/embedded/context.js';
import { applicationDatabaseFile } from '../../platform/embedded/frontEnd/applicationDatabase.js';
import { embeddedDriven } from '../../platform/embedded/platform.js';
import { claimGroup } from '../../platform/embedded/preparation/claim.js';
import { compileUnits } from '../../platform/embedded/preparation/compileClaim.js';
import { recordVerdicts } from '../../platform/embedded/preparation/record.js';
import { moduleOperations } from '../../platform/embedded/publishing/operations.js';
import { openConnection } from '../../platform/embedded/snapshots/sqlite.js';
import type { Progress } from '../../port/progress.js';
import type { RestoreReport, Snapshot } from '../../port/snapshots.js';
import { embeddedServer } from './embeddedServer.js';
import {
  addRows,
  applicationData,
  held,
  type KeptEnvironment,
  keptEnvironments,
  platformData,
  showing,
  snapshotFolderOf,
} from './keptEnvironment.js';
import { publishModule } from './publishing.js';
import { running } from './running.js';
import { environment, eventually, fetchFrom, ready, testPlatform } from './serving.js';
import { newer, older, quiet } from './tinyFactory.js';

let kept: Awaited<ReturnType<typeof keptEnvironments>>;

beforeAll(async () => {
  kept = await keptEnvironments();
});

const id = 'acme#1';

/** Takes a snapshot as an upgrade does, under its hold. */
async function taken(tiny: Pick<KeptEnvironment, 'platform' | 'environment'>, name = id): Promise<Snapshot> {
  const { token } = await held(tiny, 'upgrade');
  return tiny.platform.snapshots.take({ environment, id: name, token }, quiet);
}

/** Restores it as a rollback does, under its hold. */
async function restored(tiny: KeptEnvironment, progress: Progress = quiet, name = id): Promise<RestoreReport> {
  const { token } = await held(tiny, 'rollback');
  return tiny.platform.snapshots.restore({ environment, id: name, token }, progress);
}

/** Everything a restore may write, to see that nothing was. */
async function everything(tiny: KeptEnvironment): Promise<string> {
  const locks = await tiny.context.database.selectFrom('locks').selectAll().execute();
  return JSON.stringify([await platformData(tiny), applicationData(tiny.data), locks]);
}

/** Server, Service Center and System Components on the newer release, its modules pending. */
async function upgradeServer({ context, platform }: KeptEnvironment): Promise<void> {
  const { token } = await held({ platform, environment }, 'upgrade');
  for (const { name: frontEnd } of await context.database.selectFrom('front_ends').select('name').execute()) {
    await platform.server.installFrontEnd({ environment, frontEnd, release: newer, token }, quiet);
  }
  for (const part of ['server', 'service center', 'system components'] as const) {
    await platform.server.install({ environment, part, release: newer, token }, quiet);
  }
}

async function prepareAndDeploy({ platform }: KeptEnvironment): Promise<void> {
  const preparation = await platform.preparation.open({ environment, requestedBy: 'test' });
  for (;;) {
    const turn = await platform.preparation.prepareNextGroup({ preparation: preparation.id, claimedBy: 'lane' }, quiet);
    if (turn.kind === 'nothing pending') break;
  }
  await platform.preparation.close({ preparation: preparation.id });
  const deployment = await platform.deployment.open({ environment, requestedBy: 'test' });
  for (;;) {
    const turn = await platform.deployment.deployNext({ deployment: deployment.id, claimedBy: 'lane' }, quiet);
    if (turn.kind === 'nothing left') break;
  }
  await platform.deployment.close({ deployment: deployment.id });
}

describe('taking a snapshot', () => {
  it('LIVE-01 keeps data and platform, says how much, and once complete is kept', async () => {
    const tiny = kept();
    addRows(tiny.data, 'claims', 120);
    addRows(tiny.data, 'policies', 30);

    const snapshot = await taken(tiny);

    expect(snapshot).toEqual({
      id,
      environment,
      release: older,
      token: expect.any(Number),
      takenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      modules: 4,
      rows: 150,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const { snapshots } = tiny.platform;
    expect(await snapshots.newest({ environment })).toEqual(snapshot);
    addRows(tiny.data, 'claims', 5);
    expect(await taken(tiny)).toEqual(snapshot);
    expect((await taken(tiny, 'acme#2')).rows).toBe(155);
    expect((await snapshots.newest({ environment }))?.id).toBe('acme#2');
    expect(await snapshots.newest({ environment: 'Nowhere' })).toBeNull();
  });

  it('LIVE-01 is of one moment while front ends write: what a transaction wrote is in it whole or not at all', async () => {
    const serving = await testPlatform(['fe-1', 'fe-2']);
    const code = `const host = globalThis[Symbol.for('uplift.host')];
      for (const table of ['debit', 'credit']) host.run('create table if not exists ' + table + ' (id integer primary key, amount integer)', []);
      export const Book = { name: 'Book', render() {
        host.run('begin immediate', []);
        const amount = Math.floor(Math.random() * 1000);
        for (const table of ['debit', 'credit']) for (let row = 0; row < 20; row++)
          host.run('insert into ' + table + ' (amount) values (?)', [amount]);
        host.run('commit', []);
        return 'booked';
      } };`;
    await serving.instance({ id: 'first', module: '@acme/books', release: older, code });
    await serving.want('@acme/books', 'first');
    for (const name of ['fe-1', 'fe-2']) await serving.startFrontEnd(name);
    for (const name of ['fe-1', 'fe-2']) await ready(serving, name);
    const { data: dataFolder, database } = serving;
    const context = { database, dataFolder, settings: defaultSettings };
    const platform = { ...embeddedDriven(context), server: embeddedServer(context) };
    let booked = 0;
    let writing = true;
    const write = async (name: string) => {
      while (writing) if ((await fetchFrom(serving, `${serving.url(name)}/books/Book`)).ok) booked++;
    };
    const writers = [write('fe-1'), write('fe-1'), write('fe-2'), write('fe-2')];
    await eventually('there is much to keep', async () => booked > 300);

    const before = booked;
    const snapshots = [];
    for (const name of ['one', 'two', 'three']) snapshots.push(await taken({ platform, environment }, name));
    await eventually('they still write', async () => booked > before + 20);
    writing = false;
    await Promise.all(writers);

    for (const { id: name, rows } of snapshots) {
      const copy = new Database(path.join(dataFolder, 'snapshots', environment, name, 'application.db'));
      const [sums] = copy
        .prepare(
          'select (select count(*) from debit) as rows, (select sum(amount) from debit) as debit, (select sum(amount) from credit) as credit',
        )
        .all() as { rows: number; debit: number; credit: number }[];
      expect(sums).toEqual({ rows: rows / 2, debit: sums?.credit, credit: sums?.credit });
      expect(rows % 40).toBe(0);
      expect(rows).toBeGreaterThan(0);
      expect(copy.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
      copy.close();
    }
  });

  it('LIVE-01 is complete or absent: what was interrupted has no name, and is cleared away by the next one', async () => {
    const tiny = kept();
    addRows(tiny.data, 'claims', 10);
    const { token } = await held(tiny, 'upgrade');
    const stop = new AbortController();
    stop.abort(new Error('stopped'));
    const { snapshots } = tiny.platform;
    const folder = path.dirname(snapshotFolderOf(tiny, id));
    fs.mkdirSync(path.join(folder, '+killed'), { recursive: true });
    fs.writeFileSync(path.join(folder, '+killed', 'application.db'), 'half of it');

    const interrupted = snapshots.take({ environment, id, token }, { ...quiet, signal: stop.signal });
    await expect(interrupted).rejects.toThrow('stopped');
    expect(await snapshots.newest({ environment })).toBeNull();
    await snapshots.take({ environment, id, token }, quiet);

    expect(fs.readdirSync(folder)).toEqual([encodeURIComponent(id)]);
  });

  it('LIVE-01 stays inside its folder whatever its id is', async () => {
    const tiny = kept();
    for (const name of ['../../escaped', '..', 'a/b', 'ä ö']) {
      expect((await taken(tiny, name)).id).toBe(name);
    }
    expect(fs.readdirSync(path.dirname(snapshotFolderOf(tiny, id)))).toHaveLength(4);
    expect(fs.existsSync(path.join(tiny.context.dataFolder, 'escaped'))).toBe(false);
  });

  it('LIVE-01 is refused under a token that no longer holds the environment', async () => {
    const tiny = kept();
    const { token } = await held(tiny, 'upgrade');
    await held(tiny, 'upgrade');

    const take = tiny.platform.snapshots.take({ environment, id, token }, quiet);

    await expect(take).rejects.toMatchObject({ code: 'ENVIRONMENT_HELD' });
    expect(await tiny.platform.snapshots.newest({ environment })).toBeNull();
  });
});

describe('restoring after an upgrade', () => {
  it('LIVE-05 brings 100,000 rows, modules, configurations, releases and traffic back exactly, within 20 s', async () => {
    const tiny = kept();
    await addFrontEnd(tiny, 'fe-2');
    const url = await running(tiny);
    const operations = moduleOperations(tiny.context);
    const request = { environment, user: 'ana' };
    const page = async () => {
      const response = await fetch(`${url}/screen/Show`);
      return `${response.headers.get('x-server-release')} ${/<p>(\w+ base)<\/p>/.exec(await response.text())?.[1]}`;
    };
    addRows(tiny.data, 'claims', 90_000);
    addRows(tiny.data, 'policies', 10_000);
    tiny.data.exec('create index claims_by_body on claims (body)');
    await operations.applyConfigurations({ ...request, id: 'c1', module: 'screen', settings: { colour: 'red' } });
    const before = { data: applicationData(tiny.data), platform: await platformData(tiny), page: await page() };
    const tokens = () => tiny.context.database.selectFrom('tokens').select('token').execute();
    const history = () => tiny.context.database.selectFrom('attempts').select(['id', 'outcome']).execute();
    let milliseconds = -performance.now();
    await taken(tiny);
    milliseconds += performance.now();

    await upgradeServer(tiny);
    await prepareAndDeploy(tiny);
    const files = { 'src/index.ts': showing('second') };
    await operations.publish({ ...request, id: 'p1', module: 'screen', files }, quiet);
    await operations.applyConfigurations({
      ...request,
      id: 'c2',
      module: 'screen',
      settings: { colour: 'blue', size: '3' },
    });
    await operations.applyConfigurations({ ...request, id: 'c3', module: 'base', settings: { added: 'yes' } });
    await operations.deleteModule({ ...request, id: 'd1', module: 'spare' });
    await addModule(tiny, 'added');
    await tiny.context.database
      .updateTable('front_ends')
      .set({ wanted_traffic: 'drained' })
      .where('name', '=', 'fe-2')
      .execute();
    addRows(tiny.data, 'claims', 500, new Date());
    addRows(tiny.data, 'audit', 20, new Date());
    tiny.data.exec(
      `update policies set body = '{}' where id <= 100; delete from claims where id between 10 and 19; drop index claims_by_body`,
    );
    expect(await page()).toBe(`${newer} second base`);
    const [tokensThen, historyThen] = [await tokens(), await history()];

    milliseconds -= performance.now();
    const report = await restored(tiny);
    milliseconds += performance.now();

    expect(applicationData(tiny.data)).toEqual(before.data);
    expect(await platformData(tiny)).toEqual(before.platform);
    expect(await page()).toBe(before.page);
    expect(before.page).toBe(`${older} first base`);
    expect(report).toMatchObject({ snapshot: id, release: older, modules: 4, rows: 100_000, lost: { rows: 620 } });
    expect(milliseconds).toBeLessThan(20_000);
    expect(await tokens()).toEqual(expect.arrayContaining(tokensThen));
    expect(await history()).toEqual(historyThen);
    expect(await tiny.context.database.selectFrom('locks').selectAll().execute()).toEqual([]);
    await operations.publish(
      { ...request, id: 'p2', module: 'screen', files: { 'src/index.ts': showing('third') } },
      quiet,
    );
    expect(await page()).toBe(`${older} third base`);
  });

  it('PREP-05 while it lasts, publishing is refused naming the rollback; a lane under way records nothing', async () => {
    const tiny = kept();
    await running(tiny);
    const before = await platformData(tiny);
    await taken(tiny);
    await publishModule(tiny, 'base', { source: `export const name = 'changed';\n` });
    await upgradeServer(tiny);
    const { id: preparation } = await tiny.platform.preparation.open({ environment, requestedBy: 'test' });
    const claim = await claimGroup(tiny.context, { preparation, claimedBy: 'lane' });
    if (claim.kind !== 'claimed') throw new Error('There is nothing to prepare');
    const verdicts = await compileUnits(
      tiny.context,
      { ...claim, version: claim.release, purpose: 'preparation' },
      quiet.signal,
    );
    const publishing: Promise<unknown>[] = [];
    const heartbeat = ({ step }: Record<string, unknown>) => {
      if (step !== 'deployed modules') return;
      const request = { id: 'p1', environment, module: 'base', user: 'ana' };
      publishing.push(
        moduleOperations(tiny.context)
          .publish(request, quiet)
          .catch((error: Error) => error.message),
      );
    };

    await restored(tiny, { ...quiet, heartbeat });

    expect(await publishing[0]).toMatch(
      /ongoing Environment rollback, started by rollback\/acme\/Development at .* locking 'base'/,
    );
    await expect(recordVerdicts(tiny.context, claim, verdicts)).rejects.toThrow('FENCED');
    expect(await platformData(tiny)).toEqual(before);
    expect(await tiny.platform.preparation.prepareNextGroup({ preparation, claimedBy: 'lane' }, quiet)).toEqual({
      kind: 'nothing pending',
    });
    expect(await tiny.platform.preparation.report(preparation)).toMatchObject({ status: 'stopped' });
    const attempts = await tiny.context.database
      .selectFrom('attempts')
      .select('outcome')
      .where('token', '=', claim.token)
      .execute();
    expect(new Set(attempts.map(({ outcome }) => outcome))).toEqual(new Set(['abandoned']));
  });

  it('LIVE-05 makes an instance that is gone from its artifact again', async () => {
    const tiny = kept();
    const url = await running(tiny);
    await taken(tiny);
    await upgradeServer(tiny);
    await prepareAndDeploy(tiny);
    const wanted = await tiny.context.database
      .selectFrom('instances')
      .select('id')
      .where('release', '=', older)
      .execute();
    for (const instance of wanted)
      fs.rmSync(path.join(tiny.context.dataFolder, 'instances', instance.id), { recursive: true });

    await restored(tiny);

    expect(await (await fetch(`${url}/screen/Show`)).text()).toContain('first base');
  });
});

async function addFrontEnd({ context: { database } }: KeptEnvironment, name: string): Promise<void> {
  const first = await database.selectFrom('front_ends').selectAll().executeTakeFirstOrThrow();
  await database
    .insertInto('front_ends')
    .values({ ...first, name })
    .execute();
}

/** A module that was uploaded and never published. */
async function addModule({ context: { database } }: KeptEnvironment, name: string): Promise<void> {
  const draft = await database.selectFrom('modules').selectAll().where('name', '=', 'draft').executeTakeFirstOrThrow();
  await database
    .insertInto('modules')
    .values({ ...draft, name })
    .execute();
  await database.insertInto('module_references').values({ environment, consumer: name, producer: 'base' }).execute();
}

describe('application data of any shape', () => {
  const shapes = `
    create table keyed (name text primary key, value blob) without rowid;
    insert into keyed values ('a', x'00ff10'), ('b', null), ('c', 1.5), ('it''s', 'quoted');
    create table numbered (id integer primary key autoincrement, note text default 'none', check (note <> 'never'));
    insert into numbered (note) values ('one'), ('two'), ('three');
    delete from numbered where id = 3;
    create table plain (a, b);
    insert into plain values (1, 'x'), (9007199254740993, 'y'), (-0.0, 'z'), ('1', x'31');
    delete from plain where a = 1;
    create table derived (base integer, twice integer generated always as (base * 2) stored, more integer generated always as (base + 1) virtual);
    insert into derived (base) values (1), (21);
    create table "odd ""name""" ("a column" text collate nocase, "rowid" integer);
    insert into "odd ""name""" values ('Ä', 7);
    create table child (parent integer references numbered (id) on delete cascade);
    insert into child values (1);
    create virtual table words using fts5 (text);
    insert into words values ('a marten in the engine'), ('hail on the windscreen');
    create unique index keyed_value on keyed (value) where value is not null;
    create index numbered_note on numbered (lower(note));
    create view notes as select note from numbered;
    create trigger noted after insert on numbered begin insert into plain values (new.id, new.note); end;
    pragma user_version = 7;`;

  it('LIVE-05 comes back to the last byte: keys, numbering, indexes, views, triggers and full text', async () => {
    const tiny = kept();
    await running(tiny);
    tiny.data.exec(shapes);
    const before = applicationData(tiny.data);
    await taken(tiny);
    tiny.data.exec(`drop view notes; drop trigger noted; drop index numbered_note; drop table words; drop table child;
      update keyed set value = 'changed' where name = 'a'; alter table plain add column c; insert into numbered (note) values ('four');
      create table later (a); insert into later values (1); create view seen as select * from later; pragma user_version = 8`);

    const { lost, rows } = await restored(tiny);

    expect(applicationData(tiny.data)).toEqual(before);
    expect(tiny.data.prepare('pragma user_version').all()).toEqual([{ user_version: 7 }]);
    expect(tiny.data.prepare(`select text from words where words match 'marten'`).all()).toHaveLength(1);
    tiny.data.exec(`insert into numbered (note) values ('next')`);
    expect(tiny.data.prepare('select max(id) as id from numbered').all()).toEqual([{ id: 4 }]);
    expect(tiny.data.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    expect(rows).toBe(13);
    expect(lost.rows).toBe(3);
  });

  it('LIVE-05 what was counted behind the door against another snapshot makes no loss of users smaller', async () => {
    const tiny = kept();
    const { id: snapshot } = await taken(tiny);
    addRows(tiny.data, 'claims', 3);
    const { token } = await held(tiny, 'upgrade');
    const lossBeside = async (of: string) => {
      await tiny.context.database
        .updateTable('environments')
        .set({ wanted_door: 'open', rows_behind_door: 2, rows_behind_of: of, token })
        .execute();
      return tiny.platform.snapshots.loss({ environment, id: snapshot });
    };

    expect(await lossBeside('acme#0')).toMatchObject({ rows: 3, behindTheDoor: 0 });
    expect(await lossBeside(snapshot)).toMatchObject({ rows: 1, behindTheDoor: 2 });
  });

  it('LIVE-05 says when what is lost was written: by when rows were created, else since the snapshot', async () => {
    const tiny = kept();
    await running(tiny);
    addRows(tiny.data, 'claims', 10);
    const { takenAt } = await taken(tiny);
    const hour = new Date(Date.parse(takenAt) + 3_600_000);
    addRows(tiny.data, 'claims', 3, hour);
    const created = await restored(tiny);
    await tiny.platform.server.release({ environment, token: (await held(tiny, 'rollback')).token });
    addRows(tiny.data, 'claims', 2, hour);
    tiny.data.exec(`update claims set body = '{}' where id = 4; delete from claims where id = 5`);
    const changed = await restored(tiny);
    await tiny.platform.server.release({ environment, token: (await held(tiny, 'rollback')).token });
    const nothing = await restored(tiny);

    const second = (seconds: number) => new Date(hour.getTime() + seconds * 1000).toISOString();
    expect(created.lost).toEqual({ rows: 3, from: second(1), to: second(3), behindTheDoor: 0 });
    expect(changed.lost).toEqual({ rows: 3, from: takenAt, to: expect.stringMatching(/^\d{4}-/), behindTheDoor: 0 });
    expect(Math.abs(Date.parse(changed.lost.to) - Date.now())).toBeLessThan(60_000);
    expect(nothing.lost).toEqual({ rows: 0, from: takenAt, to: takenAt, behindTheDoor: 0 });
  });
});

describe('what is refused', () => {
  const damages: readonly [string, (folder: string) => void][] = [
    ['application.db', (folder) => flipByte(path.join(folder, 'application.db'), 5000)],
    ['application.db', (folder) => fs.truncateSync(path.join(folder, 'application.db'), 4096)],
    ['application.db', (folder) => fs.rmSync(path.join(folder, 'application.db'))],
    ['platform.json', (folder) => flipByte(path.join(folder, 'platform.json'), 30)],
    ['manifest.json', (folder) => flipByte(path.join(folder, 'manifest.json'), 60)],
    ['manifest.json', (folder) => fs.rmSync(path.join(folder, 'manifest.json'))],
  ];

  it.each(damages)(
    'LIVE-05 a snapshot with a damaged %s is refused naming it, and nothing is changed (%#)',
    async (file, damage) => {
      const tiny = kept();
      addRows(tiny.data, 'claims', 200);
      await taken(tiny);
      addRows(tiny.data, 'claims', 10);
      damage(snapshotFolderOf(tiny, encodeURIComponent(id)));
      const before = await everything(tiny);

      await expect(restored(tiny)).rejects.toMatchObject({
        code: 'SNAPSHOT_CORRUPTED',
        message: expect.stringContaining(`${file} is missing or not what was kept`),
      });

      expect(await everything(tiny)).toBe(before);
    },
  );

  it('LIVE-05 a snapshot whose code can no longer be brought back is refused before anything is changed', async () => {
    const tiny = kept();
    await taken(tiny);
    const { database, dataFolder } = tiny.context;
    const { instance } = await database
      .selectFrom('deployed_modules')
      .select('instance')
      .where('module', '=', 'spare')
      .executeTakeFirstOrThrow();
    fs.rmSync(path.join(dataFolder, 'instances', instance), { recursive: true });
    await database
      .deleteFrom('artifacts')
      .where('key', '=', (eb) => eb.selectFrom('instances').select('artifact').where('id', '=', instance))
      .execute();
    const releases = await platformData(tiny);

    await expect(restored(tiny)).rejects.toMatchObject({
      code: 'SNAPSHOT_CORRUPTED',
      message: expect.stringContaining('spare'),
    });

    expect(await platformData(tiny)).toMatchObject({
      wanted_modules: (releases as { wanted_modules: unknown }).wanted_modules,
    });
    expect(await database.selectFrom('locks').selectAll().execute()).toEqual([]);
  });

  it('LIVE-05 a snapshot of another environment put in its place is refused', async () => {
    const tiny = kept();
    await taken(tiny);
    fs.cpSync(snapshotFolderOf(tiny, encodeURIComponent(id)), snapshotFolderOf(tiny, 'other'), { recursive: true });

    await expect(restored(tiny, quiet, 'other')).rejects.toMatchObject({ code: 'SNAPSHOT_CORRUPTED' });
    await expect(restored(tiny, quiet, 'never')).rejects.toMatchObject({ code: 'SNAPSHOT_MISSING' });
  });

  it('LIVE-05 the hold of an upgrade, and a token that no longer holds, restore nothing', async () => {
    const tiny = kept();
    addRows(tiny.data, 'claims', 3);
    await taken(tiny);
    addRows(tiny.data, 'claims', 4);
    const upgrade = await held(tiny, 'upgrade');
    const before = await everything(tiny);
    const restore = (token: number) => tiny.platform.snapshots.restore({ environment, id, token }, quiet);

    await expect(restore(upgrade.token)).rejects.toMatchObject({
      code: 'ENVIRONMENT_HELD',
      message: expect.stringContaining('only be restored by a rollback'),
    });
    await held(tiny, 'rollback');
    await expect(restore(upgrade.token)).rejects.toMatchObject({ code: 'ENVIRONMENT_HELD' });

    expect(await everything(tiny)).toBe(before);
  });
});

describe('a restore that is interrupted', () => {
  /** The steps of a restore of one table, in their order. */
  const steps = [
    'verifying the snapshot',
    'taking over',
    'front ends',
    'deployed modules',
    'application data',
    'application data: claims',
    'recording what is lost',
    'taking the mark off',
    'traffic',
    'finishing',
  ];

  /** An environment that was upgraded and written to since its snapshot, with what it was. */
  async function changed() {
    const tiny = kept();
    await running(tiny);
    addRows(tiny.data, 'claims', 1000);
    const before = { data: applicationData(tiny.data), platform: await platformData(tiny) };
    const { takenAt } = await taken(tiny);
    await upgradeServer(tiny);
    addRows(tiny.data, 'claims', 25, new Date(Date.parse(takenAt) + 60_000));
    tiny.data.exec('create table later (a)');
    return { tiny, before };
  }

  it('LIVE-05 goes on to the same end when its process is killed at each step, and counts what is lost once', async () => {
    const { tiny, before } = await changed();

    for (const step of steps) {
      const { token } = await held(tiny, 'rollback');
      expect(await killedAt(step, tiny.context.dataFolder, token), step).toBe('SIGKILL');
    }
    const report = await restored(tiny);

    expect(applicationData(tiny.data)).toEqual(before.data);
    expect(await platformData(tiny)).toEqual(before.platform);
    expect(report).toMatchObject({ rows: 1000, lost: { rows: 25 } });
  });

  it('LIVE-05 stops between steps when it is told to, and goes on with the next call; the steps are these', async () => {
    const { tiny, before } = await changed();
    const stop = new AbortController();
    const stopping = (details: Record<string, unknown>) => {
      if (details['step'] === 'recording what is lost') stop.abort(new Error('cancelled'));
    };
    await expect(restored(tiny, { signal: stop.signal, heartbeat: stopping })).rejects.toThrow('cancelled');
    expect(applicationData(tiny.data)).not.toEqual(before.data);

    const entered: unknown[] = [];
    const report = await restored(tiny, {
      ...quiet,
      heartbeat: ({ step }) => step !== undefined && entered.push(step),
    });

    expect(applicationData(tiny.data)).toEqual(before.data);
    expect(report.lost.rows).toBe(25);
    expect(entered).toEqual(steps.filter((step) => step !== 'application data: claims'));
  });

  it('LIVE-05 leaves nothing of an interrupted one to the rollback that comes instead', async () => {
    const { tiny, before } = await changed();
    const stop = new AbortController();
    const stopping = ({ step }: Record<string, unknown>) => {
      if (step === 'recording what is lost') stop.abort(new Error('cancelled'));
    };
    await expect(restored(tiny, { signal: stop.signal, heartbeat: stopping })).rejects.toThrow('cancelled');
    await tiny.platform.server.release({ environment, token: (await held(tiny, 'rollback')).token });
    addRows(tiny.data, 'claims', 2, new Date());

    expect((await restored(tiny)).lost.rows).toBe(2);
    expect(applicationData(tiny.data)).toEqual(before.data);
  });

  it('LIVE-05 repeats its report to the hold that has it, and restores again for a later one', async () => {
    const { tiny, before } = await changed();
    const report = await restored(tiny);
    addRows(tiny.data, 'claims', 7, new Date());

    expect(await restored(tiny)).toEqual(report);
    expect(applicationData(tiny.data)).not.toEqual(before.data);

    await tiny.platform.server.release({ environment, token: (await held(tiny, 'rollback')).token });
    expect((await restored(tiny)).lost.rows).toBe(7);
    expect(applicationData(tiny.data)).toEqual(before.data);
  });

  it('LIVE-05 leaves it to the newest attempt: the one before can no longer write, not even data', async () => {
    const { tiny, before } = await changed();
    const { database } = tiny.context;
    const reached = new Set<unknown>();
    tiny.data.exec('begin immediate');
    const first = restored(tiny, { ...quiet, heartbeat: ({ step }) => reached.add(step) }).catch(
      (error: unknown) => error,
    );
    await eventually('the first waits for the data', async () => reached.has('application data'));
    const [{ token } = { token: 0 }] = await database.selectFrom('restores').select('token').execute();

    const second = restored(tiny);
    await eventually('the second has taken over', async () => {
      const [row] = await database.selectFrom('restores').select('token').execute();
      return (row?.token ?? 0) > token;
    });
    tiny.data.exec('commit');

    expect(await first).toMatchObject({ code: 'ENVIRONMENT_HELD' });
    expect((await second).lost.rows).toBe(25);
    expect(applicationData(tiny.data)).toEqual(before.data);
  });

  it('LIVE-05 says which front end it waits for, touches no data before it is back, and goes on once it is', async () => {
    const tiny = kept({ frontEndPatience: 300 });
    addRows(tiny.data, 'claims', 3);
    await taken(tiny);
    addRows(tiny.data, 'claims', 4);

    await expect(restored(tiny)).rejects.toMatchObject({
      code: 'FRONT_END_TIMEOUT',
      message: expect.stringMatching(/after 0.3 s fe-1 runs nothing yet, not 11.18.1/),
    });
    expect(tiny.data.prepare('select count(*) as rows from claims').all()).toEqual([{ rows: 7 }]);

    await running(tiny);
    expect((await restored(tiny)).lost.rows).toBe(4);
    expect(tiny.data.prepare('select count(*) as rows from claims').all()).toEqual([{ rows: 3 }]);
  });
});

it('LIVE-05 keeps the event loop free while it waits for a writer, whatever the garbage collector does', async () => {
  const tiny = kept();
  const connection = await openConnection(applicationDatabaseFile(tiny.context.dataFolder, environment));
  for (let query = 0; query < 20; query++) await connection.all('select count(*) from sqlite_schema');
  tiny.data.exec('begin immediate');
  const waiting = connection.exec('begin immediate');
  v8.setFlagsFromString('--expose-gc');
  const collectGarbage = vm.runInNewContext('gc') as () => void;

  let longest = 0;
  for (let turn = 0; turn < 10; turn++) {
    const started = performance.now();
    collectGarbage();
    await delay(5);
    longest = Math.max(longest, performance.now() - started);
  }
  tiny.data.exec('commit');
  await waiting;
  connection.close();

  expect(longest).toBeLessThan(2_000);
});

function flipByte(file: string, at: number): void {
  const content = fs.readFileSync(file);
  content[at] = (content[at] ?? 0) ^ 1;
  fs.writeFileSync(file, content);
}

/** Runs a restore in a process of the built code that kills itself at `step`; the result is what ended it. */
async function killedAt(step: string, data: string, token: number): Promise<number | string> {
  const entry = path.resolve('dist', 'platform', 'embedded', 'platform.js');
  if (!fs.existsSync(entry)) throw new Error(`${entry} is missing: npm run build`);
  const script = `
    import { embeddedDriven, openEmbeddedContext } from ${JSON.stringify(pathToFileURL(entry).href)};
    const { snapshots } = embeddedDriven(openEmbeddedContext(${JSON.stringify(data)}));
    const heartbeat = ({ step }) => { if (step === ${JSON.stringify(step)}) process.kill(process.pid, 'SIGKILL'); };
    const signal = new AbortController().signal;
    await snapshots.restore({ environment: '${environment}', id: '${id}', token: ${token} }, { signal, heartbeat });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? signal ?? 'unknown';
}
