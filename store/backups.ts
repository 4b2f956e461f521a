/** Backups that people, or programs of a site, said they made before the first change of an upgrade: what a rollback goes back to. */
import type { Place } from '../domain/infrastructure/place.js';
import type { Store } from './store.js';

export const backedUp = 'backed up';

export interface Backup {
  /** Its name, as whoever made it says. */
  readonly id: string;
  readonly release: string;
  /** ISO 8601 UTC. */
  readonly takenAt: string;
  readonly by: string;
}

/** `upgrade`: the one it was made for, `acme#7`. */
export interface RecordedBackup extends Backup {
  readonly upgrade: string;
}

/** Undefined: no upgrade has changed the environment yet. */
export async function newestBackup(
  store: Store,
  { infrastructure, environment }: Place,
): Promise<RecordedBackup | undefined> {
  const row = await store
    .selectFrom('messages')
    .select(['upgrade', 'payload'])
    .where('name', '=', backedUp)
    .where('environment', '=', environment)
    .where('upgrade', 'like', `${infrastructure}#%`)
    .orderBy('id', 'desc')
    .executeTakeFirst();
  return row?.upgrade ? { ...(JSON.parse(row.payload) as Backup), upgrade: row.upgrade } : undefined;
}
