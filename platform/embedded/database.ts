/** Opening the platform database, and the few things every part of the platform says in the same way. */
import path from 'node:path';
import { type Kysely, sql, type Transaction } from 'kysely';
import { type OpenOptions, openMigrated } from '../../database/migrations.js';
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

/** Runs `work` as one transaction. */
export function inTransaction<T>(
  database: PlatformDatabase,
  work: (transaction: PlatformTransaction) => Promise<T>,
): Promise<T> {
  return database.transaction().execute(work);
}
