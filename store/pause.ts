/** The pause of everything: one row that every activity with an effect looks at before it starts. */
import { UpliftError } from '../domain/errors.js';
import { oneLine } from '../domain/text.js';
import { nowText, type Store } from './store.js';

const everything = 'everything';

export async function pauseEverything(store: Store, requestedBy: string, reason: string): Promise<void> {
  const row = { requested_by: requestedBy, reason: oneLine(reason), since: nowText };
  await store
    .insertInto('pauses')
    .values({ scope: everything, ...row })
    .onConflict((conflict) => conflict.column('scope').doUpdateSet(row))
    .execute();
}

export async function resumeEverything(store: Store): Promise<void> {
  await store.deleteFrom('pauses').where('scope', '=', everything).execute();
}

/** Who has paused everything, why and since when (ISO 8601 UTC). */
export interface PauseOfEverything {
  readonly by: string;
  readonly reason: string;
  readonly since: string;
}

export async function pauseOfEverything(store: Store): Promise<PauseOfEverything | null> {
  const row = await store.selectFrom('pauses').selectAll().where('scope', '=', everything).executeTakeFirst();
  return row ? { by: row.requested_by, reason: row.reason, since: row.since } : null;
}

/** Throws `PAUSED`, which is tried again by itself, while everything is paused. */
export async function assertNotPaused(store: Store): Promise<void> {
  const pause = await pauseOfEverything(store);
  if (!pause) return;
  throw new UpliftError('PAUSED', {
    what: `Everything is paused since ${pause.since}: ${pause.reason}`,
    blockedBy: pause.by,
    next: 'uplift resume --all',
  });
}
