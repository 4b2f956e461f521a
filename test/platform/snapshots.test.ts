/** What a snapshot keeps, and when taking or restoring it is refused. */

import fs from 'node:fs';
import path from 'node:path';
import Database from 'libsql';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultSettings } from '../../platform/embedded/context.js';
import { embeddedDriven } from '../../platform/embedded/platform.js';
import { embeddedServer } from './embeddedServer.js';
import { addRows, held, keptEnvironments, platformData, snapshotFolderOf } from './keptEnvironment.js';
import { environment, eventually, fetchFrom, ready, testPlatform } from './serving.js';
import { everything, id, restored, taken } from './snapshotting.js';
import { older, quiet } from './tinyFactory.js';

let kept: Awaited<ReturnType<typeof keptEnvironments>>;

beforeAll(async () => {
  kept = await keptEnvironments();
});

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

function flipByte(file: string, at: number): void {
  const content = fs.readFileSync(file);
  content[at] = (content[at] ?? 0) ^ 1;
  fs.writeFileSync(file, content);
}
