/** How far the modules of a deployment are. */
import type { PlatformDatabase } from '../database.js';

type ItemState = 'pending' | 'deploying' | 'deployed' | 'failed' | 'skipped';

export async function itemCounts(database: PlatformDatabase, deployment: number): Promise<Record<ItemState, number>> {
  const rows = await database
    .selectFrom('deployment_items')
    .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
    .where('deployment', '=', deployment)
    .groupBy('state')
    .execute();
  const counts = { pending: 0, deploying: 0, deployed: 0, failed: 0, skipped: 0 };
  for (const { state, count } of rows) counts[state] = count;
  return counts;
}
