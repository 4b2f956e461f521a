/** Plans and numbered upgrades: `acme#7` is what evidence is keyed by, since workflow ids are used again. */
import { canonicalJson } from '../domain/canonicalJson.js';
import { UpliftError } from '../domain/errors.js';
import type { PlanDecisions } from '../domain/infrastructurePlan.js';
import { planHash } from './planHash.js';
import { nowText, type Store } from './store.js';

export async function savePlan(store: Store, plan: unknown): Promise<string> {
  const hash = planHash(plan);
  await store
    .insertInto('plans')
    .values({ hash, plan: canonicalJson(plan), made_at: nowText })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return hash;
}

export interface UpgradeRecord {
  readonly infrastructure: string;
  readonly environment: string;
  readonly workflow: string;
  readonly run: string;
  readonly plan: string;
  readonly requestedBy: string | null;
}

/** The number of the upgrade that `run` is; the same for every call of one run. */
export async function numberUpgrade(store: Store, { requestedBy, ...record }: UpgradeRecord): Promise<string> {
  return store.transaction().execute(async (transaction) => {
    const known = await transaction
      .selectFrom('upgrades')
      .select(['infrastructure', 'number'])
      .where('run', '=', record.run)
      .executeTakeFirst();
    if (known) return `${known.infrastructure}#${known.number}`;
    const { last } = await transaction
      .selectFrom('upgrades')
      .select((eb) => eb.fn.coalesce(eb.fn.max('number'), eb.lit(0)).as('last'))
      .where('infrastructure', '=', record.infrastructure)
      .executeTakeFirstOrThrow();
    const number = Number(last) + 1;
    await transaction
      .insertInto('upgrades')
      .values({ ...record, number, requested_by: requestedBy, started_at: nowText })
      .execute();
    return `${record.infrastructure}#${number}`;
  });
}

export async function endUpgradeRecord(store: Store, run: string, result: unknown): Promise<void> {
  await store
    .updateTable('upgrades')
    .set({ ended_at: nowText, result: JSON.stringify(result) })
    .where('run', '=', run)
    .where('ended_at', 'is', null)
    .execute();
}

/** Throws `PLAN_UNKNOWN`, and `PLAN_CORRUPTED` when what is stored is not what people approved. */
export async function loadPlan(store: Store, hash: string): Promise<PlanDecisions> {
  const row = await store.selectFrom('plans').select('plan').where('hash', '=', hash).executeTakeFirst();
  if (row) return verified(hash, row.plan);
  throw new UpliftError('PLAN_UNKNOWN', { what: `There is no plan ${hash}`, next: 'uplift plan makes one' });
}

function verified(hash: string, text: string): PlanDecisions {
  const plan = parsed(text);
  const found = planHash(plan);
  if (found === hash) return plan as PlanDecisions;
  throw new UpliftError('PLAN_CORRUPTED', {
    what: `The plan ${hash} was changed where it is stored: what is there has the hash ${found}, and nobody approved that`,
    next: 'uplift plan makes a new one, to be approved anew',
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The newest upgrade that works from the plan; undefined when none does. */
export async function upgradeOfPlan(store: Store, plan: string): Promise<string | undefined> {
  const row = await store
    .selectFrom('upgrades')
    .select(['infrastructure', 'number'])
    .where('plan', '=', plan)
    .orderBy('number', 'desc')
    .executeTakeFirst();
  return row && `${row.infrastructure}#${row.number}`;
}
