/**
 * Locks of modules (PREP-04, PREP-05). A lock has a fencing token that only ever grows and a lease on the database's clock; its
 * holder renews the lease while it works. Whoever finds a lock whose lease is over may take the module, under a newer token; the
 * triggers of the schema then refuse whatever the former holder still writes.
 */
import { type ExpressionBuilder, sql } from 'kysely';
import type { Lock, LockOperation, ModuleName } from '../../domain/modules/module.js';
import { leaseFor, nowText, type PlatformDatabase, type PlatformTransaction } from './database.js';
import { fenced, type LockRow, type PlatformTables } from './schema.js';

export interface LockRequest {
  readonly environment: string;
  readonly modules: readonly ModuleName[];
  readonly operation: LockOperation;
  /** As the vendor's texts name it. */
  readonly holder: string;
  readonly claimedBy: string;
  /** Milliseconds. */
  readonly lease: number;
}

/** A token larger than every one given before, in this database's whole life. */
export async function nextToken(transaction: PlatformTransaction): Promise<number> {
  const { token } = await transaction
    .insertInto('tokens')
    .values({ given: nowText })
    .returning('token')
    .executeTakeFirstOrThrow();
  return token;
}

/**
 * Locks all of the modules under one fresh token, replacing locks whose lease is over and all that `claimedBy` has: its earlier
 * attempt holds none any more. The caller has seen that nobody else holds one.
 */
export async function takeLocks(transaction: PlatformTransaction, request: LockRequest): Promise<number> {
  const { environment, modules, operation, holder, claimedBy, lease } = request;
  const token = await nextToken(transaction);
  await transaction
    .deleteFrom('locks')
    .where('environment', '=', environment)
    .where((eb) => eb.or([eb('claimed_by', '=', claimedBy), eb.and([eb('module', 'in', modules), leaseOver(eb)])]))
    .execute();
  await transaction
    .insertInto('locks')
    .values(
      modules.map((module) => ({
        environment,
        module,
        token,
        operation,
        holder,
        claimed_by: claimedBy,
        since: nowText,
        lease_until: leaseFor(lease),
      })),
    )
    .execute();
  return token;
}

/** Prolongs every lock of `token` from now. Returns false when it holds none any more: its holder must stop. */
export async function renewLocks(database: PlatformDatabase, token: number, lease: number): Promise<boolean> {
  const { numUpdatedRows } = await database
    .updateTable('locks')
    .set({ lease_until: leaseFor(lease) })
    .where('token', '=', token)
    .where((eb) => eb.not(leaseOver(eb)))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** For effects that no trigger guards: throws like a trigger does unless `token` still holds locks. */
export async function assertLocked(transaction: PlatformTransaction, token: number): Promise<void> {
  const row = await transaction
    .selectFrom('locks')
    .select('token')
    .where('token', '=', token)
    .where((eb) => eb.not(leaseOver(eb)))
    .executeTakeFirst();
  if (!row) throw new Error(`${fenced} token ${token}`);
}

export async function releaseLocks(transaction: PlatformTransaction, token: number): Promise<void> {
  await transaction.deleteFrom('locks').where('token', '=', token).execute();
}

/** The locks of an environment that hold now; those whose lease is over do not. */
export async function heldLocks(
  database: PlatformDatabase,
  environment: string,
): Promise<ReadonlyMap<ModuleName, LockRow>> {
  const rows = await database
    .selectFrom('locks')
    .selectAll()
    .where('environment', '=', environment)
    .where((eb) => eb.not(leaseOver(eb)))
    .execute();
  return new Map(rows.map((row) => [row.module, row]));
}

export function shownLock(row: LockRow): Lock {
  return { operation: row.operation, holder: row.holder, since: row.since };
}

export function isFenced(error: unknown): boolean {
  return error instanceof Error && error.message.includes(fenced);
}

/** Keeps a count of writes that the fence refused, with who tried. */
export async function countRefusedWrite(
  database: PlatformDatabase,
  { environment, module, token, what }: { environment: string; module: ModuleName; token: number; what: string },
): Promise<void> {
  await database.insertInto('refused_writes').values({ environment, module, token, what, at: nowText }).execute();
}

function leaseOver(eb: ExpressionBuilder<PlatformTables, 'locks'>) {
  return eb('lease_until', '<=', sql<number>`unixepoch('subsec')`);
}
