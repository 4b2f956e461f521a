/** Numbered schemas: made whole or not at all, by one of many, with a copy of what was; never by a program that does not know them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Kysely, sql } from 'kysely';
import { expect, it } from 'vitest';
import { copyOf, isOlder, migrate, openMigrated, type SchemaChange } from '../../database/migrations.js';
import { openSqlite } from '../../database/sqlite.js';
import { temporaryFolder } from '../platform/tinyFactory.js';

interface People {
  people: { name: string; city?: string };
}

const first: SchemaChange = { name: '0001_people', statements: ['create table if not exists people (name text)'] };
const second: SchemaChange = {
  name: '0002_cities',
  statements: ["alter table people add column city text default 'Porto'"],
};

it('makes the schema of an empty database once, whichever of many processes opens it first', async () => {
  const file = newFile();

  await Promise.all(Array.from({ length: 6 }, (_, index) => opensElsewhere(file, `p${index}`)));

  const database = openMigrated<People>(file, [first, second]);
  expect(await names(database)).toEqual(['p0', 'p1', 'p2', 'p3', 'p4', 'p5']);
  await database.destroy();
});

it('DATA_FOLDER_OLDER until it is migrated; then every row is there, and the copy is as it was', async () => {
  const file = newFile();
  await filled(file, [first]);

  const unmigrated = openMigrated<People>(file, [first, second]);
  await expect(names(unmigrated)).rejects.toMatchObject({ code: 'DATA_FOLDER_OLDER' });
  expect(await isOlder(file, [first, second])).toBe(true);
  await migrate(file, [first, second]);

  const migrated = openMigrated<People>(file, [first, second]);
  expect(await migrated.selectFrom('people').selectAll().execute()).toEqual([{ name: 'ana', city: 'Porto' }]);
  await migrated.destroy();
  const copy = openMigrated<People>(copyOf(file, first.name), [first]);
  expect(await copy.selectFrom('people').selectAll().execute()).toEqual([{ name: 'ana' }]);
  await copy.destroy();
});

it('migrates a database from before schemas were numbered, and lets its lock be taken before', async () => {
  const file = newFile();
  const before = openSqlite<People>(file);
  await sql.raw(first.statements[0] ?? '').execute(before);
  await before.insertInto('people').values({ name: 'ana' }).execute();
  await before.destroy();

  const asItIs = openMigrated<People>(file, [first, second], { olderToo: true });
  expect(await names(asItIs)).toEqual(['ana']);
  await asItIs.destroy();
  await migrate(file, [first, second]);

  const migrated = openMigrated<People>(file, [first, second]);
  expect(await migrated.selectFrom('people').select('city').execute()).toEqual([{ city: 'Porto' }]);
  await migrated.destroy();
  expect(existsSync(copyOf(file, null))).toBe(true);
});

it('leaves a database as it was when one of its changes fails, and does them all once that is mended', async () => {
  const file = newFile();
  await filled(file, [first]);
  const wrong: SchemaChange = { name: '0003_wrong', statements: ['create table more (a)', 'alter table nobody add b'] };

  await expect(migrate(file, [first, second, wrong])).rejects.toThrow(/nobody/);

  const untouched = openMigrated<People>(file, [first]);
  expect(await names(untouched)).toEqual(['ana']);
  await untouched.destroy();
  await migrate(file, [first, second]);
  expect(await isOlder(file, [first, second])).toBe(false);
});

it('DATA_FOLDER_NEWER names a schema that the program does not know, for whoever opens or migrates it', async () => {
  const file = newFile();
  await filled(file, [first, second]);

  const older = openMigrated<People>(file, [first]);
  const refusal = { code: 'DATA_FOLDER_NEWER', parts: { what: expect.stringContaining('0002_cities') } };
  await expect(names(older)).rejects.toMatchObject(refusal);
  await expect(migrate(file, [first])).rejects.toMatchObject(refusal);
  await expect(isOlder(file, [first])).rejects.toMatchObject(refusal);
  const asItWas = openMigrated<People>(file, [first, second]);
  expect(await names(asItWas)).toEqual(['ana']);
  await asItWas.destroy();
});

/** In a process of its own, of the built program: opens the database and adds a row. */
async function opensElsewhere(file: string, name: string): Promise<void> {
  const module = new URL('../../dist/database/migrations.js', import.meta.url);
  const script = `
    const { openMigrated } = await import(${JSON.stringify(module.href)});
    const database = openMigrated(${JSON.stringify(file)}, ${JSON.stringify([first, second])});
    await database.insertInto('people').values({ name: ${JSON.stringify(name)} }).execute();
    await database.destroy();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
}

async function filled(file: string, changes: readonly SchemaChange[]): Promise<void> {
  const database = openMigrated<People>(file, changes);
  await database.insertInto('people').values({ name: 'ana' }).execute();
  await database.destroy();
}

async function names(database: Kysely<People>): Promise<string[]> {
  const rows = await database.selectFrom('people').select('name').orderBy('name').execute();
  return rows.map(({ name }) => name);
}

function newFile(): string {
  return path.join(temporaryFolder(), 'people.db');
}
