/**
 * Replacing application data by a snapshot's: inside one transaction, by statements, so that front ends that have the database open
 * see all of it at once and need not open it again.
 */
import { type Connection, countRows, quoted, type Table, tablesOf } from './sqlite.js';

interface SchemaEntry {
  readonly type: 'table' | 'index' | 'view' | 'trigger';
  readonly name: string;
  readonly sql: string;
}

/**
 * Tables, rows, indexes, views and triggers become those of the attached snapshot, nothing else stays. The caller begins and ends
 * the transaction. `proceed` is called before each table: it may throw. Returns the rows by table.
 */
export async function replaceData(
  connection: Connection,
  proceed: (table: string) => void,
): Promise<ReadonlyMap<string, number>> {
  await dropAll(connection);
  const tables = await tablesOf(connection, 'snapshot');
  const schema = await schemaOf(connection, 'snapshot');
  await createTables(connection, tables, schema);
  const rows = new Map<string, number>();
  for (const table of tables) {
    if (table.kind === 'virtual') continue;
    proceed(table.name);
    await copyRows(connection, table);
    if (table.kind === 'content') rows.set(table.name, await countRows(connection, 'main', table));
  }
  await copySequences(connection);
  for (const type of ['index', 'view', 'trigger'] as const) {
    for (const { sql } of schema.filter((entry) => entry.type === type)) await connection.exec(sql);
  }
  await copyNumbers(connection);
  return rows;
}

/** Triggers and views first, for they name tables; a virtual table takes its shadows along. */
async function dropAll(connection: Connection): Promise<void> {
  for (const type of ['trigger', 'view'] as const) {
    for (const { name } of (await schemaOf(connection, 'main')).filter((entry) => entry.type === type)) {
      await connection.exec(`drop ${type} main.${quoted(name)}`);
    }
  }
  for (const kind of ['virtual', 'content', 'shadow'] as const) {
    for (const { name } of (await tablesOf(connection, 'main')).filter((table) => table.kind === kind)) {
      await connection.exec(`drop table main.${quoted(name)}`);
    }
  }
}

/** Virtual tables first: they make their shadows themselves. */
async function createTables(
  connection: Connection,
  tables: readonly Table[],
  schema: readonly SchemaEntry[],
): Promise<void> {
  const text = new Map(schema.flatMap(({ type, name, sql }) => (type === 'table' ? [[name, sql] as const] : [])));
  for (const { name } of tables.filter(({ kind }) => kind === 'virtual')) await connection.exec(text.get(name) ?? '');
  const made = new Set((await tablesOf(connection, 'main')).map(({ name }) => name));
  for (const { name } of tables) if (!made.has(name)) await connection.exec(text.get(name) ?? '');
}

async function copyRows(connection: Connection, { name, key, columns, kind }: Table): Promise<void> {
  if (kind === 'shadow') await connection.exec(`delete from main.${quoted(name)}`);
  const all = [...key, ...columns.map(quoted)].join(', ');
  await connection.exec(
    `insert into main.${quoted(name)} (${all}) select ${all} from snapshot.${quoted(name)}${key.length > 0 ? ' order by rowid' : ''}`,
  );
}

/** Numbers once given to rows that are gone stay given. */
async function copySequences(connection: Connection): Promise<void> {
  const [kept] = await connection.all(`select 1 from snapshot.sqlite_schema where name = 'sqlite_sequence'`);
  if (!kept) return;
  await connection.exec('delete from main.sqlite_sequence');
  await connection.exec('insert into main.sqlite_sequence (name, seq) select name, seq from snapshot.sqlite_sequence');
}

/** The two numbers that SQLite keeps for applications. */
async function copyNumbers(connection: Connection): Promise<void> {
  for (const pragma of ['user_version', 'application_id']) {
    const [row] = await connection.all<Record<string, number>>(`pragma snapshot.${pragma}`);
    await connection.exec(`pragma main.${pragma} = ${row?.[pragma] ?? 0}`);
  }
}

/** In the order in which it was made. What SQLite makes by itself has no text. */
function schemaOf(connection: Connection, database: 'main' | 'snapshot'): Promise<readonly SchemaEntry[]> {
  return connection.all<SchemaEntry>(
    `select type, name, sql from ${database}.sqlite_schema where sql is not null and name not like 'sqlite\\_%' escape '\\' order by rowid`,
  );
}
