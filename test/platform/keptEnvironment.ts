/** An environment with application data, of which snapshots are taken: made once, copied for each test. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import Database from 'libsql';
import { onTestFinished } from 'vitest';
import type { EmbeddedSettings } from '../../platform/embedded/context.js';
import { applicationDatabaseFile } from '../../platform/embedded/frontEnd/applicationDatabase.js';
import { embeddedDriven, openEmbeddedContext } from '../../platform/embedded/platform.js';
import type { Hold } from '../../port/hold.js';
import { embeddedServer } from './embeddedServer.js';
import { newer, older, published, type TinyEnvironment, type TinyModule, temporaryFolder } from './tinyFactory.js';

export interface KeptEnvironment extends TinyEnvironment {
  readonly platform: ReturnType<typeof embeddedDriven> & { readonly server: ReturnType<typeof embeddedServer> };
  /** The application data, as an application sees it. */
  readonly data: Database.Database;
}

/** A screen that shows a text; compiles on both releases. */
export const showing = (text: string) =>
  `import { name } from 'base';\nexport const Show = { name: 'Show', render: (): string => '<p>${text} ' + name + '</p>' };\n`;

const modules: Readonly<Record<string, TinyModule>> = {
  base: {},
  screen: { uses: ['base'], source: showing('first') },
  spare: { uses: ['base'] },
  draft: { published: false },
};

/** Makes an environment with one front end, in a data folder of its own that is removed after the test. */
export async function keptEnvironments(): Promise<
  (settings?: Partial<EmbeddedSettings>, dataFolder?: string) => KeptEnvironment
> {
  const template = await published(modules);
  await template.context.database.deleteFrom('front_ends').where('name', '=', 'fe-2').execute();
  await template.context.database.destroy();
  return (settings = {}, dataFolder = temporaryFolder()) => {
    fs.cpSync(template.context.dataFolder, dataFolder, { recursive: true, verbatimSymlinks: true });
    const context = openEmbeddedContext(dataFolder, settings);
    const data = new Database(applicationDatabaseFile(dataFolder, template.environment));
    data.exec('pragma busy_timeout = 5000');
    onTestFinished(async () => {
      data.close();
      await context.database.destroy();
      fs.rmSync(dataFolder, { recursive: true, force: true, maxRetries: 3 });
    });
    return { ...template, context, platform: { ...embeddedDriven(context), server: embeddedServer(context) }, data };
  };
}

export function held(
  { platform, environment }: Pick<KeptEnvironment, 'platform' | 'environment'>,
  operation: Hold['operation'],
): Promise<Hold> {
  const release = operation === 'upgrade' ? newer : older;
  return platform.server.hold({ environment, operation, workflow: `${operation}/acme/${environment}`, release });
}

/** Rows in the table that applications keep theirs in, each created a second after the one before. */
export function addRows(data: Database.Database, table: string, count: number, from = new Date(0)): void {
  data.exec(
    `create table if not exists ${table} (id integer primary key, created_on text not null, body text not null)`,
  );
  data.exec(`with recursive row(n) as (select 1 union all select n + 1 from row where n < ${count})
    insert into ${table} (created_on, body)
    select strftime('%Y-%m-%dT%H:%M:%fZ', ${from.getTime() / 1000} + n, 'unixepoch'), json_object('number', n, 'text', hex(randomblob(20))) from row`);
}

/** Everything in the application database: what it is made with, and by table how many rows, and a digest of them to the last byte. */
export function applicationData(data: Database.Database): readonly object[] {
  const made = data
    .prepare(
      `select type, name, sql from sqlite_schema where name not like 'sqlite\\_autoindex%' escape '\\' order by type, name`,
    )
    .all() as { type: string; name: string; sql: string }[];
  return made.map((entry) => {
    const isTable = entry.type === 'table' && !entry.sql.startsWith('CREATE VIRTUAL');
    return isTable ? { ...entry, ...contentOf(data, entry) } : entry;
  });
}

function contentOf(data: Database.Database, { name, sql }: { name: string; sql: string }) {
  const columns = data.prepare('select name from pragma_table_xinfo(?)').all(name) as { name: string }[];
  const key = /without rowid/i.test(sql) ? [] : ['rowid'];
  const values = [...key, ...columns.map((column) => `quote(${quoted(column.name)})`)].join(` || ' ' || `);
  const rows = data.prepare(`select ${values} as value from ${quoted(name)} order by 1`).all() as { value: string }[];
  const hash = createHash('sha256');
  for (const { value } of rows) hash.update(`${value}\n`);
  return { rows: rows.length, digest: hash.digest('hex') };
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** What the platform database says of the environment, tokens aside. */
export async function platformData({ context: { database }, environment }: TinyEnvironment): Promise<object> {
  const read = (table: 'modules' | 'module_references' | 'configurations' | 'wanted_modules' | 'deployed_modules') =>
    database.selectFrom(table).selectAll().where('environment', '=', environment).execute();
  const all = Object.fromEntries(
    await Promise.all(
      (['modules', 'module_references', 'configurations', 'wanted_modules', 'deployed_modules'] as const).map(
        async (table) => {
          const rows = (await read(table)).map((row) => JSON.stringify({ ...row, token: undefined }));
          return [table, rows.sort()] as const;
        },
      ),
    ),
  );
  const releases = await database
    .selectFrom('environments')
    .select(['server_release', 'service_center_release', 'system_components_release'])
    .where('name', '=', environment)
    .executeTakeFirstOrThrow();
  const frontEnds = await database
    .selectFrom('front_ends')
    .select(['name', 'wanted_release', 'wanted_traffic'])
    .orderBy('name')
    .execute();
  return { ...all, releases, frontEnds };
}

export function snapshotFolderOf({ context, environment }: TinyEnvironment, id: string): string {
  return path.join(context.dataFolder, 'snapshots', environment, id);
}
