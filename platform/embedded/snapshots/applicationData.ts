/**
 * Application data back to the snapshot's, once: what was written since is counted and replaced in one transaction, which leaves a
 * mark. The mark is taken off only when the platform database has the count, so that whoever goes on after a crash knows both.
 */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import type { EmbeddedContext } from '../context.js';
import { explained, inTransaction, nowText } from '../database.js';
import { applicationDatabaseFile } from '../frontEnd/applicationDatabase.js';
import { applicationFile, corrupted, type Manifest } from './folder.js';
import { countLost, type Lost } from './lost.js';
import { replaceData } from './replaceData.js';
import { type Attempt, assertNewest, recordedLoss, recordLoss } from './restores.js';
import { type Connection, literal, openConnection, ownTable } from './sqlite.js';
import type { Steps } from './steps.js';

export interface KeptData {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Throws `SNAPSHOT_CORRUPTED` when the snapshot holds other rows than it says; nothing is changed then. */
export async function restoreApplicationData(
  context: EmbeddedContext,
  attempt: Attempt,
  kept: KeptData,
  enter: Steps['enter'],
): Promise<Lost> {
  const connection = await openConnection(applicationDatabaseFile(context.dataFolder, attempt.environment));
  try {
    const recorded = await recordedLoss(context.database, attempt);
    const lost =
      recorded ?? (await markedLoss(connection, attempt)) ?? (await replace(context, connection, attempt, kept, enter));
    enter('recording what is lost');
    await inTransaction(context.database, async (transaction) => {
      await assertNewest(transaction, attempt);
      await recordLoss(transaction, attempt, lost);
    });
    enter('taking the mark off');
    await connection.exec(`drop table if exists ${ownTable}; pragma wal_checkpoint(passive)`);
    return lost;
  } finally {
    connection.close();
  }
}

/** The mark is a row of a table beside the application's, there as long as a crash would leave the count unknown. */
async function markedLoss(connection: Connection, attempt: Attempt): Promise<Lost | undefined> {
  const [table] = await connection.all('select 1 from main.sqlite_schema where name = ?', ownTable);
  if (!table) return undefined;
  const [row] = await connection.all<{ lost: string }>(
    `select lost from main.${ownTable} where restore = ?`,
    nameOf(attempt),
  );
  return row && (JSON.parse(row.lost) as Lost);
}

async function replace(
  { database }: EmbeddedContext,
  connection: Connection,
  attempt: Attempt,
  { folder, manifest }: KeptData,
  enter: Steps['enter'],
): Promise<Lost> {
  const file = `${pathToFileURL(path.join(folder, applicationFile)).href}?mode=ro`;
  await connection.exec(`attach ${literal(file)} as snapshot`);
  await connection.exec('begin immediate');
  try {
    const { rows } = await sql<{ now: string }>`select ${nowText} as now`.execute(database);
    const lost = await countLost(connection, { takenAt: manifest.takenAt, now: rows[0]?.now ?? '' });
    const restored = await replaceData(connection, (table) => enter(`application data: ${table}`));
    for (const [table, count] of Object.entries(manifest.tables)) {
      if (restored.get(table) !== count) throw corrupted(folder, `table ${table} of ${applicationFile}`);
    }
    await connection.exec(`drop table if exists main.${ownTable}`);
    await connection.exec(`create table main.${ownTable} (restore text not null, lost text not null)`);
    await connection.exec(
      `insert into main.${ownTable} values (${literal(nameOf(attempt))}, ${literal(JSON.stringify(lost))})`,
    );
    // Committed while nobody can take the environment over.
    await inTransaction(database, async (transaction) => {
      await assertNewest(transaction, attempt);
      await connection.exec('commit');
    });
    await connection.exec('detach snapshot');
    return lost;
  } catch (error) {
    await connection.exec('rollback').catch(() => undefined); // it may be committed already
    throw explained(error);
  }
}

function nameOf({ snapshot, workflow, heldSince }: Attempt): string {
  return JSON.stringify([snapshot, workflow, heldSince]);
}
