/** A data folder of an older program, brought to today's schema before anything of it is used. */
import { isOlder, migrate } from '../../database/migrations.js';
import { openPlatformDatabase, platformFile } from '../../platform/embedded/database.js';
import { platformChanges } from '../../platform/embedded/schema.js';
import { endProcess } from '../../platform/processes/processIdentity.js';
import { storeChanges, storeFile } from '../../store/store.js';
import { databaseProcessTable } from './processTable.js';

/** Milliseconds that a process of the older program has to answer what is in flight. */
const stopGrace = 10_000;

/** The caller holds the data folder. Throws `DATA_FOLDER_NEWER`, before anything is changed. */
export async function migrateDataFolder(dataFolder: string, say: (line: string) => void): Promise<void> {
  const databases = [
    { file: platformFile(dataFolder), changes: platformChanges },
    { file: storeFile(dataFolder), changes: storeChanges },
  ];
  const older = await Promise.all(databases.map(({ file, changes }) => isOlder(file, changes)));
  if (!older.includes(true)) return;
  say(`${dataFolder} is of an older Uplift: its databases are migrated, a copy of each stays beside it`);
  await endSurvivors(dataFolder);
  for (const { file, changes } of databases) await migrate(file, changes);
}

/** What an older program that was killed has left running would go on writing as it did. */
async function endSurvivors(dataFolder: string): Promise<void> {
  const database = openPlatformDatabase(dataFolder, { olderToo: true });
  try {
    const table = databaseProcessTable(database);
    for (const process of await table.read()) {
      await endProcess(process, stopGrace);
      await table.remove(process.name);
    }
  } finally {
    await database.destroy();
  }
}
