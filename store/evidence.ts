/** Messages as evidence: what was sent to which run, whether it was taken, and why not. */
import { sql } from 'kysely';
import { nowText, type Store } from './store.js';

export interface MessageRecord {
  /** Unique to the attempt to record it: run and activity. */
  readonly key: string;
  readonly upgrade: string | null;
  readonly workflow: string;
  readonly run: string;
  /** Of the chain that resets of the run make; absent: the run itself. */
  readonly firstRun?: string;
  /** Absent: the whole infrastructure. */
  readonly environment?: string;
  /** What a gate's answer is about beside its plan, or the task (`task 12`); absent: it answers none. */
  readonly subject?: string;
  readonly name: string;
  readonly payload: unknown;
  readonly refusal: string | null;
}

/** Refused messages of one run that are kept whole; those beyond are counted. */
const refusedKept = 500;

/** Idempotent by `key`; a repeated call answers what was recorded first. */
export async function recordEvidence(store: Store, record: MessageRecord): Promise<string | null> {
  return store.transaction().execute(async (transaction) => {
    const earlier = await recordedBefore(transaction, record.key);
    if (earlier) return earlier.refusal;
    await insertEvidence(transaction, record);
    return record.refusal;
  });
}

/** Undefined: nothing was recorded under this key. */
export async function recordedBefore(
  within: Store,
  key: string,
): Promise<{ readonly refusal: string | null } | undefined> {
  return within.selectFrom('messages').select('refusal').where('key', '=', key).executeTakeFirst();
}

/** Within a transaction that has found nothing under the record's key. */
export async function insertEvidence(
  within: Store,
  { payload, firstRun, environment = '', subject, ...record }: MessageRecord,
): Promise<void> {
  if (record.refusal !== null && (await countRefused(within, record.run)) > refusedKept) return;
  await within
    .insertInto('messages')
    .values({
      ...record,
      environment,
      first_run: firstRun ?? null,
      subject: subject ?? null,
      payload: JSON.stringify(payload),
      at: nowText,
    })
    .execute();
}

/** What the end of an upgrade is recorded as, and that of a rollback. */
export const upgraded = 'upgraded';
export const takenBack = 'rollback';

/** The end of an environment's upgrade: it was tested then. */
export interface UpgradedEnvironment<Report> {
  readonly plan: string;
  readonly environment: string;
  readonly report: Report;
}

/** Of every upgrade of the infrastructure, oldest first. Whether an environment still is as it was then, the platform knows. */
export async function upgradedEnvironments<Report>(
  store: Store,
  infrastructure: string,
): Promise<readonly UpgradedEnvironment<Report>[]> {
  const ends = await environmentEnds<Report>(store, infrastructure);
  return ends.flatMap(({ end }) => (end === undefined ? [] : [end]));
}

/** The last one of each environment, unless a rollback was recorded after it. */
export async function lastingUpgrades<Report>(
  store: Store,
  infrastructure: string,
): Promise<readonly UpgradedEnvironment<Report>[]> {
  const ends = await environmentEnds<Report>(store, infrastructure);
  const last = new Map(ends.map(({ environment, end }) => [environment, end]));
  return [...last.values()].flatMap((end) => (end === undefined ? [] : [end]));
}

/** Oldest first; `end` is undefined where the environment was taken back. */
async function environmentEnds<Report>(
  store: Store,
  infrastructure: string,
): Promise<readonly { environment: string; end: UpgradedEnvironment<Report> | undefined }[]> {
  const rows = await store
    .selectFrom('messages')
    .select(['name', 'payload'])
    .where('refusal', 'is', null)
    .where((eb) =>
      eb.or([
        eb.and([eb('name', '=', takenBack), eb('upgrade', '=', infrastructure)]),
        eb.and([
          eb('name', '=', upgraded),
          eb('upgrade', 'in', (query) =>
            query
              .selectFrom('upgrades')
              .select(sql<string>`infrastructure || '#' || number`.as('upgrade'))
              .where('infrastructure', '=', infrastructure),
          ),
        ]),
      ]),
    )
    .orderBy('id')
    .execute();
  return rows.flatMap(({ name, payload }) => {
    const { environment, ...rest } = JSON.parse(payload) as {
      plan: string;
      environment: string | null;
      report: Report;
    };
    if (environment === null) return [];
    return [{ environment, end: name === takenBack ? undefined : { environment, ...rest } }];
  });
}

async function countRefused(store: Store, run: string): Promise<number> {
  const { count } = await store
    .insertInto('refused_messages')
    .values({ run, count: 1 })
    .onConflict((conflict) =>
      conflict.column('run').doUpdateSet((eb) => ({ count: eb('refused_messages.count', '+', 1) })),
    )
    .returning('count')
    .executeTakeFirstOrThrow();
  return count;
}
