/**
 * Application data as SQLite sees it: tables and columns of any application, read and written by statements that run beside the
 * event loop, so that leases and heartbeats are kept up while a big table is copied.
 */
import Database from 'libsql/promise';

export interface Connection {
  exec(sql: string): Promise<void>;
  all<Row>(sql: string, ...parameters: readonly unknown[]): Promise<readonly Row[]>;
  close(): void;
}

/** How long to wait for a front end that writes, in milliseconds. */
const busyTimeout = 30_000;

/**
 * What is committed is on the disk then: a step that was recorded as done must not be undone by a power cut.
 *
 * What queries leave behind is kept until the end: the garbage collector would give it back on the event loop, which would wait there
 * for the statement that is running.
 */
export async function openConnection(file: string): Promise<Connection> {
  const database = new Database(file, {});
  const kept: unknown[] = [];
  const connection: Connection = {
    exec: async (sql) => database.exec(sql),
    async all(sql, ...parameters) {
      const statement = await database.prepare(sql);
      const rows = await statement.iterate(parameters);
      kept.push(statement, rows);
      return [...rows];
    },
    close() {
      database.close();
      kept.length = 0;
    },
  };
  await connection.exec(
    `pragma busy_timeout = ${busyTimeout}; pragma synchronous = full; pragma foreign_keys = off; pragma wal_autocheckpoint = 0`,
  );
  return connection;
}

/** `content`: rows of an application. `virtual` and `shadow`: an index of its own kind, and the tables it keeps itself in. */
export interface Table {
  readonly name: string;
  readonly kind: 'content' | 'virtual' | 'shadow';
  /** Those that are stored; a generated one follows from them. */
  readonly columns: readonly string[];
  /** What tells its rows apart beside the columns: `rowid`, unless a column has that name or the table has none. */
  readonly key: readonly string[];
}

/** The one table that is ours and not the application's. */
export const ownTable = 'uplift_restored';

/** The tables of an attached database, those aside that SQLite keeps for itself and ours. */
export async function tablesOf(connection: Connection, schema: 'main' | 'snapshot'): Promise<readonly Table[]> {
  const rows = await connection.all<{ name: string; type: string; wr: number }>(
    `select name, type, wr from pragma_table_list where schema = ? and type <> 'view' and name not like 'sqlite\\_%' escape '\\' and name <> ? order by name`,
    schema,
    ownTable,
  );
  const tables: Table[] = [];
  for (const { name, type, wr } of rows) {
    const columns = await columnsOf(connection, schema, name);
    const withoutRowid = wr === 1 || type === 'virtual' || columns.some((column) => column.toLowerCase() === 'rowid');
    tables.push({
      name,
      kind: type === 'table' ? 'content' : type === 'virtual' ? 'virtual' : 'shadow',
      columns,
      key: withoutRowid ? [] : ['rowid'],
    });
  }
  return tables;
}

async function columnsOf(connection: Connection, schema: string, table: string): Promise<readonly string[]> {
  const rows = await connection.all<{ name: string }>(
    'select name from pragma_table_xinfo(?, ?) where hidden = 0 order by cid',
    table,
    schema,
  );
  return rows.map(({ name }) => name);
}

export async function countRows(connection: Connection, schema: 'main' | 'snapshot', { name }: Table): Promise<number> {
  const [row] = await connection.all<{ rows: number }>(`select count(*) as rows from ${schema}.${quoted(name)}`);
  return row?.rows ?? 0;
}

/** A name as an identifier. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as a literal, where a statement takes no parameter. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
