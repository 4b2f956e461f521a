/** The database in which the applications of an environment keep their data, shared by its front ends. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import Database from 'libsql';
import { layout } from '../layout.js';

export interface ApplicationDatabase {
  all(sql: string, parameters: unknown[]): Record<string, unknown>[];
  run(sql: string, parameters: unknown[]): { changes: number; lastInsertRowid: number };
  close(): void;
}

/** How long a writer waits for another front end, in milliseconds; the process serves nobody meanwhile. */
const busyTimeout = 5_000;

export function openApplicationDatabase(dataFolder: string, environment: string): ApplicationDatabase {
  const file = layout.applicationDatabase(dataFolder, environment);
  mkdirSync(path.dirname(file), { recursive: true });
  const database = new Database(file);
  database.pragma(`busy_timeout = ${busyTimeout}`);
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  return {
    all: (sql, parameters) => database.prepare(sql).all(...parameters) as Record<string, unknown>[],
    run(sql, parameters) {
      const { changes, lastInsertRowid } = database.prepare(sql).run(...parameters);
      return { changes, lastInsertRowid: Number(lastInsertRowid) };
    },
    close: () => database.close(),
  };
}
