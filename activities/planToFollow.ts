/** Which plan a run works from, and whether it still fits. */

import { UpliftError } from '../domain/errors.js';
import { upgradeOrder } from '../domain/plan/order.js';
import type { EnvironmentDecisions, PlanDecisions } from '../domain/plan/plan.js';
import { isOn } from '../domain/releases/version.js';
import { loadPlan } from '../store/plans.js';
import { openUpgrade } from '../store/upgrades.js';
import type { Dependencies } from './dependencies.js';
import { testedEnvironments } from './earlierRuns.js';
import { makePlan } from './makePlan.js';
import type { Request } from './planRequest.js';

/**
 * The plan of the hash; else that of the upgrade which an earlier run has left open, as long as it fits; else a new one, saved. Throws
 * `PLAN_STALE` for one that no longer fits what is installed.
 */
export async function planOfRequest(
  dependencies: Dependencies,
  request: Request,
  environment?: string,
): Promise<{ hash: string; plan: PlanDecisions }> {
  const { store } = dependencies;
  if (request.plan !== undefined) {
    const plan = await loadPlan(store, request.plan);
    assertAsked(plan, request);
    const stale = await whyStale(dependencies, plan);
    if (stale === undefined) return { hash: request.plan, plan };
    throw new UpliftError('PLAN_STALE', {
      what: `The plan ${request.plan} ${stale}`,
      next: 'uplift plan, and have the new one approved',
    });
  }
  const open = await openUpgrade(store, { infrastructure: request.infrastructure, environment: environment ?? '' });
  if (open) {
    const plan = await loadPlan(store, open.plan);
    const fits = request.to === undefined || isOn(plan.to, request.to);
    if (fits && (await whyStale(dependencies, plan)) === undefined) return { hash: open.plan, plan };
  }
  const { hash, decisions } = await makePlan(dependencies, request, environment);
  return { hash, plan: decisions };
}

async function whyStale(
  { platform }: Dependencies,
  { infrastructure, environments }: PlanDecisions,
): Promise<string | undefined> {
  const facts = await platform.inventory.environments(infrastructure);
  for (const { name, from, to } of environments) {
    const installed = facts.find((fact) => fact.name === name)?.serverRelease;
    if (installed === undefined || !(isOn(installed, from) || isOn(installed, to))) {
      return `takes ${name} from ${from}, and it is on ${installed ?? 'nothing that is known'}`;
    }
  }
  return undefined;
}

/** A plan is of one infrastructure and goes to one release. */
function assertAsked(plan: PlanDecisions, { infrastructure, to }: Request): void {
  const ofAnother = plan.infrastructure !== infrastructure;
  if (!ofAnother && (to === undefined || isOn(plan.to, to))) return;
  throw new UpliftError('INPUT_INVALID', {
    what: ofAnother
      ? `The plan is of ${plan.infrastructure}, not of ${infrastructure}`
      : `The plan goes to ${plan.to}, not to ${to}`,
    next: 'uplift plan makes one, to be approved anew',
  });
}

/** PLAN-04 again for a plan that was made before: it may be applied to one of its environments alone. */
export async function assertOrder(
  dependencies: Dependencies,
  infrastructure: string,
  { name, to }: EnvironmentDecisions,
): Promise<void> {
  const { environments } = await dependencies.platform.inventory.infrastructure(infrastructure);
  const tested = await testedEnvironments(dependencies, infrastructure, to);
  const order = upgradeOrder({ environments, takePart: [name], tested });
  if (order.kind === 'refused') throw new UpliftError(order.code, { what: order.reason, next: order.next });
}

export function environmentOf(plan: PlanDecisions, environment: string): EnvironmentDecisions {
  const found = plan.environments.find(({ name }) => name === environment);
  if (found) return found;
  throw new UpliftError('ENVIRONMENT_UNKNOWN', {
    what: `The plan has no environment ${environment}; it has ${plan.environments.map(({ name }) => name).join(', ')}`,
    next: 'uplift plan',
  });
}
