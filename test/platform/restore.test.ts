/** What a restore brings back, after an upgrade and of application data of any shape. */
import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { claimGroup } from '../../platform/embedded/preparation/claim.js';
import { compileUnits } from '../../platform/embedded/preparation/compileClaim.js';
import { recordVerdicts } from '../../platform/embedded/preparation/record.js';
import { moduleOperations } from '../../platform/embedded/publishing/operations.js';
import {
  addRows,
  applicationData,
  held,
  type KeptEnvironment,
  keptEnvironments,
  platformData,
  showing,
} from './keptEnvironment.js';
import { publishModule } from './publishing.js';
import { running } from './running.js';
import { environment } from './serving.js';
import { id, prepareAndDeploy, restored, taken, upgradeServer } from './snapshotting.js';
import { newer, older, quiet } from './tinyFactory.js';

let kept: Awaited<ReturnType<typeof keptEnvironments>>;

beforeAll(async () => {
  kept = await keptEnvironments();
});

describe('restoring after an upgrade', () => {
  it('LIVE-05 brings 100,000 rows, modules, configurations, releases and traffic back exactly', async () => {
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
    await taken(tiny);

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

    const report = await restored(tiny);

    expect(applicationData(tiny.data)).toEqual(before.data);
    expect(await platformData(tiny)).toEqual(before.platform);
    expect(await page()).toBe(before.page);
    expect(before.page).toBe(`${older} first base`);
    expect(report).toMatchObject({ snapshot: id, release: older, modules: 4, rows: 100_000, lost: { rows: 620 } });
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
