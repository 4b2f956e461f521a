/** Plans, kept by what they say. */
import type { Analysis } from '../domain/analysis/analysis.js';
import { UpliftError } from '../domain/errors.js';
import { canonicalJson } from '../domain/plan/canonicalJson.js';
import type { InfrastructurePlan, PlanDecisions, PlanForecast } from '../domain/plan/plan.js';
import { planHash } from './planHash.js';
import { nowText, type Store } from './store.js';

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

/** Throws `PLAN_UNKNOWN`, also for a plan of which only the decisions are kept. */
export async function loadPlanDocument(store: Store, hash: string): Promise<PlanDocument> {
  const decisions = await loadPlan(store, hash);
  const explanation = await planExplanation(store, hash);
  if (!explanation) {
    throw new UpliftError('PLAN_UNKNOWN', {
      what: `Of the plan ${hash} only the decisions are kept`,
      next: 'uplift plan',
    });
  }
  const { forecast, analysis } = explanation;
  return { hash, plan: { decisions, forecast }, analysis };
}

/** Undefined for a plan of which only the decisions are kept. */
export async function planExplanation(store: Store, hash: string): Promise<PlanExplanation | undefined> {
  const row = await store.selectFrom('plans').select('explanation').where('hash', '=', hash).executeTakeFirst();
  return row?.explanation ? (JSON.parse(row.explanation) as PlanExplanation) : undefined;
}

/** The hash that begins so. Throws `PLAN_UNKNOWN` for none, and for a beginning that several plans have. */
export async function planNamed(store: Store, beginning: string): Promise<string> {
  const rows = /^[0-9a-f]+$/.test(beginning)
    ? await store.selectFrom('plans').select('hash').where('hash', 'like', `${beginning}%`).limit(2).execute()
    : [];
  const [only, ...others] = rows;
  if (only && others.length === 0) return only.hash;
  throw new UpliftError('PLAN_UNKNOWN', {
    what: only ? `Several plans begin with ${beginning}` : `There is no plan ${beginning}`,
    next: only ? 'give more of its hash' : 'uplift history names the plans of upgrades; uplift plan makes one',
  });
}
