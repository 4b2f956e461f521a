/**
 * How far a restore is. It belongs to a snapshot and a hold: as long as a rollback keeps the environment, under however many tokens,
 * it goes on with the same one, and what it has lost is counted once. Of its attempts only the newest may write.
 */
import { UpliftError } from '../../../domain/errors.js';
import type { Loss, RestoreReport } from '../../../port/snapshots.js';
import { nowText, type PlatformDatabase, type PlatformTransaction } from '../database.js';
import { assertHeld } from '../fence.js';
import { fenced } from '../schema.js';

export interface RestoreKey {
  readonly environment: string;
  readonly snapshot: string;
  readonly workflow: string;
  /** What tells its hold from every other, as in `restores`. */
  readonly heldSince: string;
}

export interface LostData {
  readonly loss: Loss;
  /** Path of the copy that was kept, below the data folder; null: there was nothing to keep. */
  readonly kept: string | null;
}

/** As it is recorded; programs of before kept no copy, and did not tell who wrote. */
export function parseLost(text: string): LostData {
  const value = JSON.parse(text) as LostData | Omit<Loss, 'behindTheDoor'>;
  return 'loss' in value ? value : { loss: { ...value, behindTheDoor: 0 }, kept: null };
}

/** One attempt, and what it may write under. */
export interface Attempt extends RestoreKey {
  /** Of the environment's hold. */
  readonly hold: number;
  /** Of the locks of every module. */
  readonly token: number;
}

/** The restore that `hold` stands for. Throws `ENVIRONMENT_HELD` unless it is the hold of a rollback. */
export async function restoreKey(
  transaction: PlatformTransaction,
  { environment, id, token }: { environment: string; id: string; token: number },
): Promise<RestoreKey> {
  await assertHeld(transaction, environment, token);
  const { operation, workflow, first_token, since } = await transaction
    .selectFrom('holds')
    .selectAll()
    .where('environment', '=', environment)
    .executeTakeFirstOrThrow();
  if (operation === 'rollback') {
    return { environment, snapshot: id, workflow, heldSince: first_token === null ? since : String(first_token) };
  }
  throw new UpliftError('ENVIRONMENT_HELD', {
    what: `${environment} is held for an ${operation}: its snapshot ${id} can only be restored by a rollback`,
    blockedBy: workflow,
    next: `uplift rollback ${environment}`,
  });
}

/** The newest attempt writes under `token` from now on; those before it are refused. */
export async function startAttempt(transaction: PlatformTransaction, key: RestoreKey, token: number): Promise<void> {
  const { environment, snapshot, workflow, heldSince } = key;
  await transaction
    .insertInto('restores')
    .values({ environment, snapshot, workflow, held_since: heldSince, token, started_at: nowText })
    .onConflict((conflict) =>
      conflict.columns(['environment', 'snapshot', 'workflow', 'held_since']).doUpdateSet({ token }),
    )
    .execute();
}

/** Throws unless this is the newest attempt and its hold still is the environment's. */
export async function assertNewest(transaction: PlatformTransaction, attempt: Attempt): Promise<void> {
  await assertHeld(transaction, attempt.environment, attempt.hold);
  const row = await rowOf(transaction, attempt);
  if (row?.token !== attempt.token) throw new Error(`${fenced} restore under token ${attempt.token}`);
}

export async function finishedReport(database: PlatformDatabase, key: RestoreKey): Promise<RestoreReport | undefined> {
  const row = await rowOf(database, key);
  return row?.report ? (JSON.parse(row.report) as RestoreReport) : undefined;
}

/** Undefined until the application data is the snapshot's. */
export async function recordedLoss(database: PlatformDatabase, key: RestoreKey): Promise<LostData | undefined> {
  const row = await rowOf(database, key);
  return row?.lost ? parseLost(row.lost) : undefined;
}

export async function recordLoss(transaction: PlatformTransaction, key: RestoreKey, lost: LostData): Promise<void> {
  await updateRow(transaction, key, { lost: JSON.stringify(lost) });
}

export async function recordReport(
  transaction: PlatformTransaction,
  key: RestoreKey,
  report: RestoreReport,
): Promise<void> {
  await updateRow(transaction, key, { report: JSON.stringify(report), ended_at: nowText });
}

async function updateRow(
  transaction: PlatformTransaction,
  { environment, snapshot, workflow, heldSince }: RestoreKey,
  values: { lost: string } | { report: string; ended_at: typeof nowText },
): Promise<void> {
  await transaction
    .updateTable('restores')
    .set(values)
    .where('environment', '=', environment)
    .where('snapshot', '=', snapshot)
    .where('workflow', '=', workflow)
    .where('held_since', '=', heldSince)
    .execute();
}

function rowOf(database: PlatformDatabase, { environment, snapshot, workflow, heldSince }: RestoreKey) {
  return database
    .selectFrom('restores')
    .selectAll()
    .where('environment', '=', environment)
    .where('snapshot', '=', snapshot)
    .where('workflow', '=', workflow)
    .where('held_since', '=', heldSince)
    .executeTakeFirst();
}

/** The newest that ended, in the environment; undefined: none has. */
export async function newestRestore(
  database: PlatformDatabase,
  environment: string,
): Promise<{ readonly snapshot: string; readonly at: string } | undefined> {
  const row = await database
    .selectFrom('restores')
    .select(['snapshot', 'ended_at'])
    .where('environment', '=', environment)
    .where('ended_at', 'is not', null)
    .orderBy('token', 'desc')
    .executeTakeFirst();
  return row?.ended_at ? { snapshot: row.snapshot, at: row.ended_at } : undefined;
}
