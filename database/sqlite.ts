/** The one way to open a SQLite database here: write-ahead log, waiting writers, transactions that begin immediate. */
import {
  CompiledQuery,
  type DatabaseConnection,
  type DialectAdapter,
  type Driver,
  Kysely,
  type KyselyPlugin,
  SqliteAdapter,
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

/** SQLite changes a schema inside a transaction as it does anything else, so that a migration happens whole or not at all. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class ImmediateDialect extends SqliteDialect {
  readonly #open: () => Promise<SqliteDatabase>;

  constructor(open: () => Promise<SqliteDatabase>) {
    super({ database: open });
    this.#open = open;
  }

  override createDriver(): Driver {
    return new ImmediateDriver({ database: this.#open });
  }

  override createAdapter(): DialectAdapter {
    return new TransactionalAdapter();
  }
}

export interface SqliteOptions {
  /** Runs once, before the first statement. */
  readonly beforeUse?: () => Promise<void>;
  /** The most pages the file may have; a test makes a disk full with it. */
  readonly maxPages?: number;
}

/** Opens `file`, creating it where it is missing. */
export function openSqlite<Tables>(file: string, { beforeUse, maxPages }: SqliteOptions = {}): Kysely<Tables> {
  const open = async () => {
    await beforeUse?.();
    return connect(file, maxPages);
  };
  return new Kysely<Tables>({ dialect: new ImmediateDialect(open), plugins: [blobsAsBytes] });
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

function connect(file: string, maxPages?: number): SqliteDatabase {
  const database = new Database(file);
  database.pragma(`busy_timeout = ${busyTimeout}`);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma('foreign_keys = ON');
  if (maxPages !== undefined) database.pragma(`max_page_count = ${maxPages}`);
  return database as unknown as SqliteDatabase;
}
