/** Taking back what a claim holds: of its own holder, of one that went silent beyond its lease, or of a whole preparation. */
import { sql } from 'kysely';
import { nowText, type PlatformTransaction } from '../database.js';

/**
 * Makes the modules of abandoned groups pending again and frees their locks. Always: those whose lease is over. With `claimedBy`:
 * also those of that holder, which is starting anew. With `all`: every group of the environment's preparation.
 */
export async function abandonClaims(
  transaction: PlatformTransaction,
  environment: string,
  { claimedBy, all = false }: { claimedBy?: string; all?: boolean } = {},
): Promise<void> {
  const tokens = await abandonedTokens(transaction, environment, claimedBy, all);
  if (tokens.length > 0) {
    await countRepeated(transaction, tokens);
    await transaction.deleteFrom('locks').where('token', 'in', tokens).execute();
    await transaction
      .updateTable('attempts')
      .set({ outcome: 'abandoned', ended_at: nowText })
      .where('token', 'in', tokens)
      .where('outcome', '=', 'running')
      .execute();
    await transaction
      .updateTable('preparation_groups')
      .set({ status: 'abandoned', ended_at: nowText })
      .where('token', 'in', tokens)
      .where('status', '=', 'running')
      .execute();
  }
  await pendWithoutLock(transaction, environment);
}

/**
 * A claim that ends without a verdict is nobody's fault: its worker died, or was told to stop. When the next one of the same module
 * ends so too, it counts as a fault of its group: what ends whoever works on it must not be tried for ever. To be told before the
 * attempts under `tokens` have ended.
 */
export async function countRepeated(transaction: PlatformTransaction, tokens: readonly number[]): Promise<void> {
  const broken = await transaction
    .selectFrom('attempts')
    .select(['environment', 'module'])
    .where('token', 'in', tokens)
    .where('outcome', '=', 'running')
    .where('preparation', 'is not', null)
    .where((eb) =>
      eb(
        eb
          .selectFrom('attempts as earlier')
          .select('earlier.outcome')
          .whereRef('earlier.environment', '=', 'attempts.environment')
          .whereRef('earlier.module', '=', 'attempts.module')
          .whereRef('earlier.preparation', '=', 'attempts.preparation')
          .whereRef('earlier.id', '<', 'attempts.id')
          .orderBy('earlier.id', 'desc')
          .limit(1),
        '=',
        'abandoned',
      ),
    )
    .execute();
  for (const { environment, module } of broken) {
    await transaction
      .updateTable('modules')
      .set((eb) => ({ faults: eb('faults', '+', 1) }))
      .where('environment', '=', environment)
      .where('name', '=', module)
      .execute();
  }
}

async function abandonedTokens(
  transaction: PlatformTransaction,
  environment: string,
  claimedBy: string | undefined,
  all: boolean,
): Promise<number[]> {
  const rows = await transaction
    .selectFrom('preparation_groups as g')
    .innerJoin('preparations as p', 'p.id', 'g.preparation')
    .leftJoin('locks as l', 'l.token', 'g.token')
    .select('g.token')
    .distinct()
    .where('p.environment', '=', environment)
    .where('g.status', '=', 'running')
    .where((eb) =>
      eb.or([
        eb('l.token', 'is', null),
        eb('l.lease_until', '<=', sql<number>`unixepoch('subsec')`),
        ...(claimedBy === undefined ? [] : [eb('l.claimed_by', '=', claimedBy)]),
        ...(all ? [sql<boolean>`true`] : []),
      ]),
    )
    .execute();
  return rows.map(({ token }) => token);
}

/** A module is `preparing` only while a lock says so. */
async function pendWithoutLock(transaction: PlatformTransaction, environment: string): Promise<void> {
  await transaction
    .updateTable('modules')
    .set({ state: 'pending', token: null })
    .where('environment', '=', environment)
    .where('state', '=', 'preparing')
    .where('name', 'not in', (eb) =>
      eb
        .selectFrom('locks')
        .select('module')
        .where('environment', '=', environment)
        .where('operation', '=', 'Modules upgrade'),
    )
    .execute();
}
