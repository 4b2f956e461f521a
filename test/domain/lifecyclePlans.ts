/** Plans of an insurer’s lifecycle, with one thing changed. */
import type { Environment, GateName, GatePolicy } from '../../domain/infrastructure/infrastructure.js';
import { infrastructurePlan } from '../../domain/plan/infrastructurePlan.js';
import type { PlanRequest } from '../../domain/plan/plan.js';
import { environment, infrastructure, lifecycle, plannedFor, planRequest, saturdayNight } from './infrastructures.js';

export const minute = 60_000;
export const hour = 60 * minute;
export const zeroDowntime = { kind: 'zero downtime', businessReason: 'claims are filed at night' } as const;

export function plan(environments: readonly Environment[] = lifecycle, changes: Partial<PlanRequest> = {}) {
  return plannedFor(planRequest(infrastructure(environments), changes));
}

/** The lifecycle with the last of it changed. */
export function withProduction(changes: Partial<Environment>): readonly Environment[] {
  return [...lifecycle.slice(0, 3), environment('Production', 'production', { windows: [saturdayNight], ...changes })];
}

export function gates(
  changes: Partial<Record<GateName, Partial<GatePolicy>>>,
  of: Environment = environment('any', 'production'),
) {
  const changed = Object.entries(of.gates).map(([name, policy]) => [name, { ...policy, ...changes[name as GateName] }]);
  return { gates: Object.fromEntries(changed) as Environment['gates'] };
}

export function forecastOf(name: string, environments?: readonly Environment[], changes?: Partial<PlanRequest>) {
  const found = plan(environments, changes).forecast.environments.find((one) => one.name === name);
  if (!found) throw new Error(`no forecast of ${name}`);
  return found;
}

export function decisionsOf(name: string, environments?: readonly Environment[], changes?: Partial<PlanRequest>) {
  const found = plan(environments, changes).decisions.environments.find((one) => one.name === name);
  if (!found) throw new Error(`no decisions of ${name}`);
  return found;
}

export const refusalsOf = (request: PlanRequest) => {
  const outcome = infrastructurePlan(request);
  return outcome.kind === 'refused' ? outcome.refusals : [];
};
