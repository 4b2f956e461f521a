/** How a process that serves follows the platform database: looking often, reading only what somebody else has changed. */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { PlatformDatabase } from './database.js';

export interface Repetition {
  /** Resolves once the round in progress has ended; none follows. */
  close(): Promise<void>;
}

/**
 * Does `work` again `milliseconds` after it ended, until closed. A failed round does not end the repetition; it is reported unless the
 * one before has failed in the same way: a full disk, above all, is to be told once and not twenty times a second.
 */
export function repeat(milliseconds: number, work: () => Promise<void>, failed: (error: unknown) => void): Repetition {
  const closing = new AbortController();
  const ended = run();
  return {
    async close() {
      closing.abort();
      await ended;
    },
  };

  async function run(): Promise<void> {
    let told: string | undefined;
    while (!closing.signal.aborted) {
      told = await work().then(
        () => undefined,
        (error: unknown) => {
          if (String(error) !== told) failed(error);
          return String(error);
        },
      );
      await delay(milliseconds, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }
}

/**
 * `read`, done again only when another connection has written since; the same object comes back while nothing changed. What
 * this connection writes itself is not noticed: a process that follows has a connection of its own.
 * The version is taken before reading, so what is written meanwhile is read the next time.
 */
export function readWhenChanged<T>(database: PlatformDatabase, read: () => Promise<T>): () => Promise<T> {
  let known: { readonly version: number; readonly value: T } | undefined;
  return async () => {
    const version = await dataVersion(database);
    if (known?.version !== version) known = { version, value: await read() };
    return known.value;
  };
}

/** A number that is another one after each commit of another connection. */
async function dataVersion(database: PlatformDatabase): Promise<number> {
  const { rows } = await sql<{ data_version: number }>`pragma data_version`.execute(database);
  return rows[0]?.data_version ?? 0;
}
