/** Plans, kept by what they say. */
import { createHash } from 'node:crypto';
import type { Analysis } from '../domain/analysis.js';
import { canonicalJson } from '../domain/canonicalJson.js';
import { UpliftError } from '../domain/errors.js';
import type { InfrastructurePlan, PlanDecisions, PlanForecast } from '../domain/infrastructurePlan.js';
import { nowText, type Store } from './store.js';

/** SHA-256 of the plan's canonical JSON. */
function planHash(plan: unknown): string {
  return createHash('sha256').update(canonicalJson(plan)).digest('hex');
}

/** What is not decided, and may be another each time the same plan is made. */
export interface PlanExplanation {
  readonly forecast: PlanForecast;
  readonly analysis: Analysis;
}

/** A plan as people read it. */
export interface PlanDocument {
  readonly hash: string;
  readonly plan: InfrastructurePlan;
  readonly analysis: Analysis;
}

/** The same decisions are kept once, with the newest explanation. */
export async function savePlan(store: Store, decisions: unknown, explanation: PlanExplanation): Promise<string> {
  const hash = planHash(decisions);
  const explained = { explanation: JSON.stringify(explanation) };
  await store
    .insertInto('plans')
    .values({ hash, plan: canonicalJson(decisions), made_at: nowText, ...explained })
    .onConflict((conflict) => conflict.column('hash').doUpdateSet(explained))
    .execute();
  return hash;
}

/** Throws `PLAN_UNKNOWN`. */
export async function loadPlan(store: Store, hash: string): Promise<PlanDecisions> {
  const row = await store.selectFrom('plans').select('plan').where('hash', '=', hash).executeTakeFirst();
  if (row) return JSON.parse(row.plan) as PlanDecisions;
  throw new UpliftError('PLAN_UNKNOWN', { what: `There is no plan ${hash}`, next: 'uplift plan makes one' });
}

/** Throws `PLAN_UNKNOWN`, also for a plan of which only the decisions are kept. */
export async function loadPlanDocument(store: Store, hash: string): Promise<PlanDocument> {
  const decisions = await loadPlan(store, hash);
  const row = await store.selectFrom('plans').select('explanation').where('hash', '=', hash).executeTakeFirst();
  if (!row?.explanation) {
    throw new UpliftError('PLAN_UNKNOWN', {
      what: `Of the plan ${hash} only the decisions are kept`,
      next: 'uplift plan',
    });
  }
  const { forecast, analysis } = JSON.parse(row.explanation) as PlanExplanation;
  return { hash, plan: { decisions, forecast }, analysis };
}
