/** Opening the platform database, and the few things every part of the platform says in the same way. */
import path from 'node:path';
import { type Kysely, sql, type Transaction } from 'kysely';
import { type OpenOptions, openMigrated } from '../../database/migrations.js';
import { UpliftError } from '../../domain/errors.js';
import { type PlatformTables, platformChanges } from './schema.js';

export type PlatformDatabase = Kysely<PlatformTables>;
export type PlatformTransaction = Transaction<PlatformTables>;

export function platformFile(dataFolder: string): string {
  return path.join(dataFolder, 'platform.db');
}

export function openPlatformDatabase(dataFolder: string, options: OpenOptions = {}): PlatformDatabase {
  return openMigrated<PlatformTables>(platformFile(dataFolder), platformChanges, options);
}

/** The database's clock as ISO 8601 UTC. */
export const nowText = sql<string>`strftime('%Y-%m-%dT%H:%M:%fZ', 'now')`;

/** The database's clock plus `milliseconds`, as a lease. */
export const leaseFor = (milliseconds: number) => sql<number>`unixepoch('subsec') + ${milliseconds / 1000}`;

/** Runs `work` as one transaction; a full disk becomes an error that says so and is tried again. */
export async function inTransaction<T>(
  database: PlatformDatabase,
  work: (transaction: PlatformTransaction) => Promise<T>,
): Promise<T> {
  let failure: unknown;
  try {
    return await database.transaction().execute(async (transaction) => {
      try {
        return await work(transaction);
      } catch (error) {
        failure = error;
        throw error;
      }
    });
  } catch (error) {
    // A full disk ends a transaction by itself; what comes out then is that there was nothing left to roll back.
    throw explained(failure ?? error);
  }
}

/** A full disk as an error that says so; any other as it is. */
export function explained(error: unknown): unknown {
  if (['SQLITE_FULL', 'ENOSPC'].includes(String((error as { code?: unknown } | undefined)?.code))) {
    return new UpliftError(
      'DISK_FULL',
      {
        what: 'The disk of the data folder is full: nothing was recorded, and nothing recorded before is lost',
        next: 'free some space; the step is tried again by itself',
      },
      { cause: error },
    );
  }
  return error;
}
