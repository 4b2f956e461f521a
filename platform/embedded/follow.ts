/** How a process that serves follows the platform database: looking often, reading only what somebody else has changed. */
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'kysely';
import type { PlatformDatabase } from './database.js';

export interface Repetition {
  /** Resolves once the round in progress has ended; none follows. */
  close(): Promise<void>;
}

/** Does `work` again `milliseconds` after it ended, until closed. A failed round is reported and does not end the repetition. */
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
    while (!closing.signal.aborted) {
      await work().catch(failed);
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
