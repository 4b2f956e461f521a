/** Withdrawing open tasks: their environment is taken over, or their upgrade has ended, and nobody waits for them any more. */
import { sql } from 'kysely';
import { nowText, type Store } from './store.js';
import { changeTask, type RecordedTask, type TaskRow, taskOf } from './tasks.js';

export interface Withdrawal {
  readonly by: string;
  readonly reason: string;
}

/** Those of one environment, in whichever upgrade of the infrastructure, by number. Repeatable. */
export async function withdrawTasksOf(
  store: Store,
  { infrastructure, environment }: { readonly infrastructure: string; readonly environment: string },
  withdrawal: Withdrawal,
): Promise<readonly RecordedTask[]> {
  return store.transaction().execute(async (transaction) => {
    const rows = await transaction
      .selectFrom('tasks')
      .selectAll()
      .where('state', '=', 'open')
      .where('environment', '=', environment)
      .where('upgrade', 'in', (query) =>
        query
          .selectFrom('upgrades')
          .select(sql<string>`infrastructure || '#' || number`.as('upgrade'))
          .where('infrastructure', '=', infrastructure),
      )
      .orderBy('number')
      .execute();
    return withdrawEach(transaction, rows, withdrawal);
  });
}

/** Those of an upgrade that ends, or has ended in one of its environments, within the transaction of whoever ends it. */
export async function withdrawTasksOfUpgrade(
  within: Store,
  { upgrade, environment }: { readonly upgrade: string; readonly environment?: string },
  withdrawal: Withdrawal,
): Promise<void> {
  const open = within.selectFrom('tasks').selectAll().where('state', '=', 'open').where('upgrade', '=', upgrade);
  const rows = await (environment === undefined ? open : open.where('environment', '=', environment)).execute();
  await withdrawEach(within, rows, withdrawal);
}

async function withdrawEach(
  within: Store,
  rows: readonly TaskRow[],
  { by, reason }: Withdrawal,
): Promise<readonly RecordedTask[]> {
  const withdrawn: RecordedTask[] = [];
  for (const row of rows) {
    const changes = { state: 'withdrawn', ended_at: nowText, ended_by: by, reason } as const;
    const event = { name: 'task withdrawn', payload: { by, reason } };
    withdrawn.push(taskOf(await changeTask(within, row, changes, event)));
  }
  return withdrawn;
}
