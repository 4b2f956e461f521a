/** What Uplift remembers of a data folder, read by a command: nothing has to run there. */
import { existsSync } from 'node:fs';
import { UpliftError } from '../../domain/errors.js';
import { openStore, type Store, storeFile } from '../../store/store.js';

/** Open while `work` goes on. Throws `NOT_RUNNING` where nothing was ever started. */
export async function withStore<T>(dataFolder: string, work: (store: Store) => Promise<T>): Promise<T> {
  if (!existsSync(storeFile(dataFolder))) {
    throw new UpliftError('NOT_RUNNING', {
      what: `Nothing was ever started on the data folder ${dataFolder}`,
      next: `uplift up --data ${dataFolder}, or name another folder with --data or UPLIFT_DATA`,
    });
  }
  const store = openStore(dataFolder);
  try {
    return await work(store);
  } finally {
    await store.destroy();
  }
}
