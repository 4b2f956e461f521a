/** The installation of an embedded data folder. */
import type { Installation } from '../../contract/installation.js';
import { identifyInstallation } from '../../store/installation.js';
import type { Store } from '../../store/store.js';
import type { PlatformDatabase } from './database.js';

/** To be called before anything is imported: an infrastructure that is there already tells that the folder is from before ids. */
export async function embeddedInstallation({
  database,
  store,
}: {
  readonly database: PlatformDatabase;
  readonly store: Store;
}): Promise<Installation> {
  const imported = await database.selectFrom('infrastructures').select('name').executeTakeFirst();
  return identifyInstallation({ store, used: imported !== undefined });
}
