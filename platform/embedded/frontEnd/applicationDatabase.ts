/** The database in which the applications of an environment keep their data, shared by its front ends. */
import { existsSync, linkSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import Database from 'libsql';
import { besideName, toDiskAtOnce } from '../../../database/disk.js';
import { writingAtOnce } from '../../../database/fullDisk.js';
import { layout } from '../layout.js';

/** What cannot be written because the disk is full throws `DISK_FULL`. */
export interface ApplicationDatabase {
  all(sql: string, parameters: unknown[]): Record<string, unknown>[];
  run(sql: string, parameters: unknown[]): { changes: number; lastInsertRowid: number };
  close(): void;
}

/** How long a writer waits for another front end, in milliseconds; the process serves nobody meanwhile. */
const busyTimeout = 5_000;

export function openApplicationDatabase(dataFolder: string, environment: string): ApplicationDatabase {
  const file = applicationDatabaseFile(dataFolder, environment);
  const told = <T>(work: () => T) => writingAtOnce(nameOf(environment), file, work);
  const database = told(() => connect(file));
  return {
    all: (sql, parameters) => told(() => database.prepare(sql).all(...parameters) as Record<string, unknown>[]),
    run: (sql, parameters) =>
      told(() => {
        const { changes, lastInsertRowid } = database.prepare(sql).run(...parameters);
        return { changes, lastInsertRowid: Number(lastInsertRowid) };
      }),
    close: () => database.close(),
  };
}

function connect(file: string): Database.Database {
  const database = new Database(file);
  database.pragma(`busy_timeout = ${busyTimeout}`);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  return database;
}

function nameOf(environment: string): string {
  return `The application data of ${environment}`;
}

/**
 * The path of the file, which is there from now on. A new one is put in place whole, with its write-ahead log switched on: switching
 * waits for nobody, so that of two front ends that did it at once on the same new file one would fail. Throws `DISK_FULL`.
 */
export function applicationDatabaseFile(dataFolder: string, environment: string): string {
  const file = layout.applicationDatabase(dataFolder, environment);
  if (!existsSync(file)) writingAtOnce(nameOf(environment), file, () => makeFile(file));
  return file;
}

function makeFile(file: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  const making = besideName(file);
  try {
    const database = new Database(making);
    database.pragma('journal_mode = WAL');
    database.close();
    linkSync(making, file);
    toDiskAtOnce(path.dirname(file));
  } catch (error) {
    // Another process made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(making, { force: true });
  }
}
