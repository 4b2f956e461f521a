/** Plans, kept by what they say. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/canonicalJson.js';
import { UpliftError } from '../domain/errors.js';
import type { PlanDecisions } from '../domain/infrastructurePlan.js';
import { nowText, type Store } from './store.js';

/** SHA-256 of the plan's canonical JSON. */
function planHash(plan: unknown): string {
  return createHash('sha256').update(canonicalJson(plan)).digest('hex');
}

export async function savePlan(store: Store, plan: unknown): Promise<string> {
  const hash = planHash(plan);
  await store
    .insertInto('plans')
    .values({ hash, plan: canonicalJson(plan), made_at: nowText })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return hash;
}

/** Throws `PLAN_UNKNOWN`. */
export async function loadPlan(store: Store, hash: string): Promise<PlanDecisions> {
  const row = await store.selectFrom('plans').select('plan').where('hash', '=', hash).executeTakeFirst();
  if (row) return JSON.parse(row.plan) as PlanDecisions;
  throw new UpliftError('PLAN_UNKNOWN', { what: `There is no plan ${hash}`, next: 'uplift plan makes one' });
}
