/** Which installation a data folder is. */
import { randomBytes } from 'node:crypto';
import type { Installation } from '../contract/installation.js';
import { nowText, type Store } from './store.js';

/** Whether every open run was found to go on with this program, when it was first started here. */
export async function knowsProgram(store: Store, program: string): Promise<boolean> {
  const row = await store.selectFrom('installation').select('program').executeTakeFirst();
  return row?.program === program;
}

export async function recordProgram(store: Store, program: string): Promise<void> {
  await store.updateTable('installation').set({ program }).execute();
}

/** Made at the first opening, the same ever after. `used`: whether the folder was in use before it had an id. */
export async function identifyInstallation({
  store,
  used,
}: {
  readonly store: Store;
  readonly used: boolean;
}): Promise<Installation> {
  return store.transaction().execute(async (transaction) => {
    const known = await transaction.selectFrom('installation').selectAll().executeTakeFirst();
    const row =
      known ??
      (await transaction
        .insertInto('installation')
        .values({ id: randomBytes(4).toString('hex'), made_at: nowText, former_queue: used ? 1 : 0 })
        .returningAll()
        .executeTakeFirstOrThrow());
    return { id: row.id, madeAt: row.made_at, formerQueue: row.former_queue === 1 };
  });
}
