/** Plans, kept by what they say. */
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
