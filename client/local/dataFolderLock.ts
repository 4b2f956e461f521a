/** One supervisor per data folder: a row with its pid and start time, taken in one transaction. */
import { UpliftError } from '../../domain/errors.js';
import { inTransaction, openPlatformDatabase, type PlatformDatabase } from '../../platform/embedded/database.js';
import { isAlive } from '../../platform/processes/processIdentity.js';
import { startTimeOf } from '../../platform/processes/systemProcesses.js';
import { supervisorName } from './processTable.js';

/**
 * Also of a data folder that an older program has used: whoever changes its schema holds it. Throws `DATA_FOLDER_BUSY` while another
 * supervisor lives; one that was killed leaves a row that no longer counts.
 */
export async function lockDataFolder(dataFolder: string): Promise<() => Promise<void>> {
  const database = openPlatformDatabase(dataFolder, { olderToo: true });
  try {
    await takeRow(database, dataFolder);
  } catch (error) {
    await database.destroy();
    throw error;
  }
  let held = true;
  return async () => {
    if (!held) return;
    held = false;
    await database.deleteFrom('processes').where('name', '=', supervisorName).where('pid', '=', process.pid).execute();
    await database.destroy();
  };
}

async function takeRow(database: PlatformDatabase, dataFolder: string): Promise<void> {
  const startTime = (await startTimeOf(process.pid)) ?? '';
  const own = { name: supervisorName, pid: process.pid, start_time: startTime, generation: '' };
  await inTransaction(database, async (transaction) => {
    const row = await transaction
      .selectFrom('processes')
      .selectAll()
      .where('name', '=', supervisorName)
      .executeTakeFirst();
    if (row && row.pid !== process.pid && (await isAlive({ pid: row.pid, startTime: row.start_time }))) {
      throw new UpliftError('DATA_FOLDER_BUSY', {
        what: `${dataFolder} is in use`,
        blockedBy: `uplift up, process ${row.pid}`,
        next: 'use its terminal, or another folder with --data DIR',
      });
    }
    await transaction
      .insertInto('processes')
      .values(own)
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ pid: own.pid, start_time: own.start_time }))
      .execute();
  });
}
