/** The pause of everything: one row that every activity with an effect looks at before it starts. */
import { UpliftError } from '../domain/errors.js';
import { nowText, type Store } from './store.js';

const everything = 'everything';

export async function pauseEverything(store: Store, requestedBy: string, reason: string): Promise<void> {
  const row = { requested_by: requestedBy, reason, since: nowText };
  await store
    .insertInto('pauses')
    .values({ scope: everything, ...row })
    .onConflict((conflict) => conflict.column('scope').doUpdateSet(row))
    .execute();
}

export async function resumeEverything(store: Store): Promise<void> {
  await store.deleteFrom('pauses').where('scope', '=', everything).execute();
}

/** Throws `PAUSED`, which is tried again by itself, while everything is paused. */
export async function assertNotPaused(store: Store): Promise<void> {
  const row = await store.selectFrom('pauses').selectAll().where('scope', '=', everything).executeTakeFirst();
  if (!row) return;
  throw new UpliftError('PAUSED', {
    what: `Everything is paused since ${row.since}: ${row.reason}`,
    blockedBy: row.requested_by,
    next: 'uplift resume --all',
  });
}
