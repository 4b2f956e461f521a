/** The one way to open a SQLite database here: write-ahead log, waiting writers, transactions that begin immediate, a full disk told. */
import path from 'node:path';
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
import { writing } from './fullDisk.js';

/** How long a writer waits for another process's transaction before it gives up, in milliseconds. Transactions last a few. */
const busyTimeout = 10_000;

/**
 * Kysely begins its SQLite transactions deferred: one that reads first and writes later fails at once when another process
 * wrote in between, and no waiting helps. Beginning immediate makes writers queue instead.
 */
class ImmediateDriver extends SqliteDriver {
  readonly #file: string;

  constructor(file: string, open: () => Promise<SqliteDatabase>) {
    super({ database: open });
    this.#file = file;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    return {
      executeQuery: (query) => writing(path.basename(this.#file), this.#file, () => connection.executeQuery(query)),
      streamQuery: (query, chunk) => connection.streamQuery(query, chunk),
    };
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }

  /** A full disk ends a transaction by itself: that nothing is left to roll back must not hide it. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await super.rollbackTransaction(connection).catch((error: Error) => {
      if (!error.message.includes('no transaction is active')) throw error;
    });
  }
}

/** SQLite changes a schema inside a transaction as it does anything else, so that a migration happens whole or not at all. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class ImmediateDialect extends SqliteDialect {
  readonly #file: string;
  readonly #open: () => Promise<SqliteDatabase>;

  constructor(file: string, open: () => Promise<SqliteDatabase>) {
    super({ database: open });
    this.#file = file;
    this.#open = open;
  }

  override createDriver(): Driver {
    return new ImmediateDriver(this.#file, this.#open);
  }

  override createAdapter(): DialectAdapter {
    return new TransactionalAdapter();
  }
}

export interface SqliteOptions {
  /** Runs once, before the first statement. */
  readonly beforeUse?: () => Promise<void>;
  /** False: a power cut may take the newest back, and nothing waits for the disk. */
  readonly lasting?: boolean;
  /** The most pages the file may have; a test makes a disk full with it. */
  readonly maxPages?: number;
}

/** Opens `file`, creating it where it is missing. What cannot be written because the disk is full throws `DISK_FULL`, and did not happen. */
export function openSqlite<Tables>(file: string, { beforeUse, ...options }: SqliteOptions = {}): Kysely<Tables> {
  const open = async () => {
    await beforeUse?.();
    return writing(path.basename(file), file, async () => connect(file, options));
  };
  return new Kysely<Tables>({ dialect: new ImmediateDialect(file, open), plugins: [blobsAsBytes] });
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

function connect(file: string, { lasting = true, maxPages }: SqliteOptions): SqliteDatabase {
  const database = new Database(file);
  database.pragma(`busy_timeout = ${busyTimeout}`);
  database.pragma('journal_mode = WAL');
  // What is committed is acknowledged: with anything less a power cut takes the newest transactions back, tokens and approvals too.
  database.pragma(`synchronous = ${lasting ? 'FULL' : 'NORMAL'}`);
  database.pragma('foreign_keys = ON');
  if (maxPages !== undefined) database.pragma(`max_page_count = ${maxPages}`);
  return database as unknown as SqliteDatabase;
}
