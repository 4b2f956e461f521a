/** The one way to open a SQLite database here: write-ahead log, waiting writers, transactions that begin immediate. */
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type KyselyPlugin,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
} from 'kysely';
import Database from 'libsql';

/** How long a writer waits for another process's transaction before it gives up, in milliseconds. Transactions last a few. */
const busyTimeout = 10_000;

/**
 * Kysely begins its SQLite transactions deferred: one that reads first and writes later fails at once when another process
 * wrote in between, and no waiting helps. Beginning immediate makes writers queue instead.
 */
class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

class ImmediateDialect extends SqliteDialect {
  readonly #open: () => SqliteDatabase;

  constructor(open: () => SqliteDatabase) {
    super({ database: async () => open() });
    this.#open = open;
  }

  override createDriver(): Driver {
    return new ImmediateDriver({ database: async () => this.#open() });
  }
}

export interface SqliteOptions {
  /** Statements that make the schema; each must be repeatable (`if not exists`). */
  readonly schema: readonly string[];
  /** The most pages the file may have; a test makes a disk full with it. */
  readonly maxPages?: number;
}

/** Opens `file`, creating it and its schema where they are missing. */
export function openSqlite<Tables>(file: string, { schema, maxPages }: SqliteOptions): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: new ImmediateDialect(() => connect(file, schema, maxPages)),
    plugins: [blobsAsBytes],
  });
}

/** The driver gives blobs as bare buffers; everything here works with bytes. */
const blobsAsBytes: KyselyPlugin = {
  transformQuery: ({ node }) => node,
  transformResult: async ({ result }) => {
    for (const row of result.rows) {
      for (const [column, value] of Object.entries(row)) {
        if (value instanceof ArrayBuffer) row[column] = new Uint8Array(value);
      }
    }
    return result;
  },
};

function connect(file: string, schema: readonly string[], maxPages?: number): SqliteDatabase {
  const database = new Database(file);
  database.pragma(`busy_timeout = ${busyTimeout}`);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma('foreign_keys = ON');
  database.exec('begin immediate');
  for (const statement of schema) database.exec(statement);
  database.exec('commit');
  if (maxPages !== undefined) database.pragma(`max_page_count = ${maxPages}`);
  return database as unknown as SqliteDatabase;
}
