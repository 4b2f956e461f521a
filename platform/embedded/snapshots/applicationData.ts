/**
 * Application data back to the snapshot's, once: what was written since is counted and replaced in one transaction, which leaves a
 * mark. The mark is taken off only when the platform database has the count, so that whoever goes on after a crash knows both.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { makeFolder } from '../../../database/disk.js';
import { writing } from '../../../database/fullDisk.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction } from '../database.js';
import { applicationDatabaseFile } from '../frontEnd/applicationDatabase.js';
import { copyApplicationData } from './applicationCopy.js';
import { applicationFile, corrupted, type Manifest } from './folder.js';
import { attachSnapshot, lossOf, writtenSince } from './loss.js';
import { replaceData } from './replaceData.js';
import { type Attempt, assertNewest, type LostData, parseLost, recordedLoss, recordLoss } from './restores.js';
import { type Connection, literal, openConnection, ownTable } from './sqlite.js';
import type { Steps } from './steps.js';

export interface KeptData {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Throws `SNAPSHOT_CORRUPTED` when the snapshot holds other rows than it says, and `DISK_FULL`; nothing is changed then. */
export async function restoreApplicationData(
  context: EmbeddedContext,
  attempt: Attempt,
  kept: KeptData,
  enter: Steps['enter'],
): Promise<LostData> {
  const file = applicationDatabaseFile(context.dataFolder, attempt.environment);
  return writing(`The application data of ${attempt.environment}`, file, () =>
    restoreInto(file, context, attempt, kept, enter),
  );
}

async function restoreInto(
  file: string,
  context: EmbeddedContext,
  attempt: Attempt,
  kept: KeptData,
  enter: Steps['enter'],
): Promise<LostData> {
  const connection = await openConnection(file);
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
async function markedLoss(connection: Connection, attempt: Attempt): Promise<LostData | undefined> {
  const [table] = await connection.all('select 1 from main.sqlite_schema where name = ?', ownTable);
  if (!table) return undefined;
  const [row] = await connection.all<{ lost: string }>(
    `select lost from main.${ownTable} where restore = ?`,
    nameOf(attempt),
  );
  return row && parseLost(row.lost);
}

async function replace(
  context: EmbeddedContext,
  connection: Connection,
  attempt: Attempt,
  { folder, manifest }: KeptData,
  enter: Steps['enter'],
): Promise<LostData> {
  const { database } = context;
  await attachSnapshot(connection, folder);
  await connection.exec('begin immediate');
  try {
    const written = await writtenSince(database, connection, manifest.takenAt);
    const loss = await lossOf(database, { environment: attempt.environment, id: attempt.snapshot }, written);
    const lost = { loss, kept: written.rows === 0 ? null : await keepCopy(context, attempt) };
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
    throw error;
  }
}

/** What is about to be lost, as a database of its own: nobody else writes now. Its path below the data folder. */
async function keepCopy({ dataFolder }: EmbeddedContext, { environment, snapshot, token }: Attempt): Promise<string> {
  const name = path.join('lost', environment, `${encodeURIComponent(snapshot)}-${token}.db`);
  const file = path.join(dataFolder, name);
  await rm(file, { force: true });
  await writing(`The copy of what ${environment} loses`, file, async () => {
    await makeFolder(path.dirname(file));
    await copyApplicationData(applicationDatabaseFile(dataFolder, environment), file);
  });
  return name;
}

function nameOf({ snapshot, workflow, heldSince }: Attempt): string {
  return JSON.stringify([snapshot, workflow, heldSince]);
}
