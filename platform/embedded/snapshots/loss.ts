/**
 * What of it users wrote (LIVE-05). Behind a door that has been closed since before the snapshot they wrote nothing; what is written
 * there is of checks and of people who test, and was counted when the door was opened.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { UpliftError } from '../../../domain/errors.js';
import type { Loss } from '../../../port/snapshots.js';
import type { EmbeddedContext } from '../context.js';
import { nowText, type PlatformDatabase } from '../database.js';
import { applicationDatabaseFile } from '../frontEnd/applicationDatabase.js';
import { applicationFile, readManifest, snapshotFolder } from './folder.js';
import { countLost, type Written } from './lost.js';
import { type Connection, literal, openConnection } from './sqlite.js';

/** What a restore of the snapshot would lose now. Throws `SNAPSHOT_MISSING`. */
export async function lossNow(
  { database, dataFolder }: EmbeddedContext,
  { environment, id }: { environment: string; id: string },
): Promise<Loss> {
  const folder = snapshotFolder(dataFolder, environment, id);
  const manifest = await readManifest(folder);
  if (!manifest) {
    throw new UpliftError('SNAPSHOT_MISSING', {
      what: `${environment} has no snapshot ${id}`,
      next: `uplift status ${environment}`,
    });
  }
  const connection = await openConnection(applicationDatabaseFile(dataFolder, environment));
  try {
    await attachSnapshot(connection, folder);
    return await lossOf(database, { environment, id }, await writtenSince(database, connection, manifest.takenAt));
  } finally {
    connection.close();
  }
}

/** As `snapshot`, to be read only. */
export async function attachSnapshot(connection: Connection, folder: string): Promise<void> {
  const file = `${pathToFileURL(path.join(folder, applicationFile)).href}?mode=ro`;
  await connection.exec(`attach ${literal(file)} as snapshot`);
}

export async function writtenSince(
  database: PlatformDatabase,
  connection: Connection,
  takenAt: string,
): Promise<Written> {
  const { rows } = await sql<{ now: string }>`select ${nowText} as now`.execute(database);
  return countLost(connection, { takenAt, now: rows[0]?.now ?? '' });
}

/** Since the snapshot `id`: written by users, and behind the door. What was counted against another snapshot says nothing here. */
export async function lossOf(
  database: PlatformDatabase,
  { environment, id }: { readonly environment: string; readonly id: string },
  written: Written,
): Promise<Loss> {
  const door = await database
    .selectFrom('environments')
    .leftJoin('holds', 'holds.environment', 'environments.name')
    .select(['wanted_door', 'door_workflow', 'rows_behind_door', 'rows_behind_of'])
    .select(['holds.workflow as holder', 'holds.operation'])
    .where('name', '=', environment)
    .executeTakeFirstOrThrow();
  // A rollback closes the door itself where it finds it open.
  const closedByRollback = door.operation === 'rollback' && door.door_workflow === door.holder;
  const usersWereIn = door.wanted_door === 'open' || closedByRollback;
  const counted = door.rows_behind_of === id ? door.rows_behind_door : 0;
  const behindTheDoor = usersWereIn ? Math.min(written.rows, counted) : written.rows;
  return { ...written, rows: written.rows - behindTheDoor, behindTheDoor };
}
