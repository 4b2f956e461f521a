/**
 * Numbered changes of a database's schema. An empty database gets all of them from whoever opens it first; one of an older program is
 * changed by `migrate` alone, which `uplift up` calls while it holds the data folder; one of a newer program is left as it is.
 */
import fs from 'node:fs/promises';
import path from 'node:path';
import { type Kysely, Migrator, sql } from 'kysely';
import { UpliftError } from '../domain/errors.js';
import { toDisk } from './disk.js';
import { writing } from './fullDisk.js';
import { openSqlite, type SqliteOptions } from './sqlite.js';

/** Never changed once a program with it was given away: what is to be different is a migration of its own. */
export interface SchemaChange {
  /** `0007_what_it_does`: they are done in the order of their names. */
  readonly name: string;
  readonly statements: readonly string[];
}

/** What a database file holds, seen from a program. */
type Standing =
  | { readonly kind: 'empty' | 'current' }
  /** `at`: the last change it has; null when it is older than all of them. */
  | { readonly kind: 'older'; readonly at: string | null }
  /** `at`: a change that this program does not know. */
  | { readonly kind: 'newer'; readonly at: string };

type Tables = Record<string, Record<string, unknown>>;

export interface OpenOptions extends Pick<SqliteOptions, 'maxPages'> {
  /** Also a database of an older program, as it is: for what did not change since. */
  readonly olderToo?: boolean;
}

/** Opens `file`, and makes its schema where it is empty. Throws `DATA_FOLDER_OLDER` or `DATA_FOLDER_NEWER` at the first statement. */
export function openMigrated<Tables>(
  file: string,
  changes: readonly SchemaChange[],
  { olderToo = false, ...options }: OpenOptions = {},
): Kysely<Tables> {
  return openSqlite<Tables>(file, { beforeUse: () => assertUsable(file, changes, olderToo), ...options });
}

/** Whether `migrate` would change something. Throws `DATA_FOLDER_NEWER`. */
export async function isOlder(file: string, changes: readonly SchemaChange[]): Promise<boolean> {
  return withDatabase(file, async (database) => {
    const standing = await standingOf(database, changes);
    if (standing.kind === 'newer') throw newer(file, standing.at);
    return standing.kind === 'older';
  });
}

/**
 * Brings `file` to the newest schema, whole or not at all; a copy of what it was stays beside it. Nobody else may have it open.
 * Throws `DATA_FOLDER_NEWER`. Repeatable.
 */
export async function migrate(file: string, changes: readonly SchemaChange[]): Promise<void> {
  await withDatabase(file, async (database) => {
    const standing = await standingOf(database, changes);
    if (standing.kind === 'newer') throw newer(file, standing.at);
    if (standing.kind === 'current') return;
    if (standing.kind === 'older') await keepCopy(database, copyOf(file, standing.at));
    await runAll(database, changes);
  });
}

/** Where `migrate` leaves what a database was at `change`. */
export function copyOf(file: string, change: string | null): string {
  return `${file}.${change ?? 'before-migrations'}`;
}

async function assertUsable(file: string, changes: readonly SchemaChange[], olderToo: boolean): Promise<void> {
  await withDatabase(file, async (database) => {
    const standing = await standingOf(database, changes);
    switch (standing.kind) {
      case 'current':
        return;
      case 'empty':
        return runAll(database, changes);
      case 'older':
        if (olderToo) return;
        throw new UpliftError('DATA_FOLDER_OLDER', {
          what: `${path.dirname(file)} was last used by an older Uplift: the schema of ${path.basename(file)} is ${standing.at ?? 'from before they were numbered'}, and ${changes.at(-1)?.name} is needed`,
          next: `stop the older uplift up, then: uplift up --data ${path.dirname(file)}`,
        });
      case 'newer':
        throw newer(file, standing.at);
    }
  });
}

async function standingOf(database: Kysely<Tables>, changes: readonly SchemaChange[]): Promise<Standing> {
  const tables = await database.introspection.getTables({ withInternalKyselyTables: true });
  const done = tables.some(({ name }) => name === 'kysely_migration') ? await namesDone(database) : [];
  if (done.length === 0)
    return tables.some(({ name }) => !name.startsWith('kysely_')) ? older(null) : { kind: 'empty' };
  const known = new Set(changes.map(({ name }) => name));
  const unknown = done.find((name) => !known.has(name));
  if (unknown !== undefined) return { kind: 'newer', at: unknown };
  return done.length === known.size ? { kind: 'current' } : older(done.at(-1) ?? null);
}

async function namesDone(database: Kysely<Tables>): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(database);
  return rows.map(({ name }) => name);
}

/** Under the write lock of one transaction; whoever comes second finds everything done. */
async function runAll(database: Kysely<Tables>, changes: readonly SchemaChange[]): Promise<void> {
  const migrations = Object.fromEntries(
    changes.map(({ name, statements }) => [
      name,
      {
        up: async (transaction: Kysely<unknown>) => {
          for (const statement of statements) await sql.raw(statement).execute(transaction);
        },
      },
    ]),
  );
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

/** A whole database of its own, without what is still in the log; one that an interrupted attempt left is replaced. */
async function keepCopy(database: Kysely<Tables>, copy: string): Promise<void> {
  await fs.rm(copy, { force: true });
  await writing(path.basename(copy), copy, async () => {
    await sql`vacuum into ${copy}`.execute(database);
    await toDisk(copy);
    await toDisk(path.dirname(copy));
  });
}

async function withDatabase<T>(file: string, work: (database: Kysely<Tables>) => Promise<T>): Promise<T> {
  const database = openSqlite<Tables>(file);
  try {
    return await work(database);
  } finally {
    await database.destroy();
  }
}

function older(at: string | null): Standing {
  return { kind: 'older', at };
}

function newer(file: string, at: string): UpliftError {
  return new UpliftError('DATA_FOLDER_NEWER', {
    what: `${path.dirname(file)} was last used by a newer Uplift: ${path.basename(file)} has the schema ${at}, which this program does not know; nothing was changed`,
    next: 'use that program, or another folder with --data DIR',
  });
}
