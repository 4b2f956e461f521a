/**
 * The plan of an upgrade, of a whole infrastructure or of one environment: what is decided, which people approve by its hash, and what
 * is expected, which may change as often as something is measured without voiding an approval.
 */

import type { Analysis } from '../analysis/analysis.js';
import type { EnvironmentToUpgrade } from '../analysis/analysisRequest.js';
import type { Refusal } from '../analysis/findings.js';
import { whyNoHalves } from '../goLive/halves.js';
import { environmentDecisions, plannedApplications } from './environmentDecisions.js';
import { environmentForecasts } from './forecast.js';
import { planGate, whyNobodyMayApprove } from './gateDecision.js';
import { type UpgradeOrder, upgradeOrder } from './order.js';
import type { InfrastructurePlan, PlanDecisions, PlanPart, PlanRequest } from './plan.js';
import { approvalsOf } from './planApprovals.js';
import { planNotes, planWarnings } from './planRemarks.js';

export type PlanOutcome =
  | { readonly kind: 'planned'; readonly plan: InfrastructurePlan }
  /** Why it cannot start, every reason. */
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] };

/** Never throws. Gates are taken to open at once: the forecast is the earliest end. */
export function infrastructurePlan(request: PlanRequest): PlanOutcome {
  const { analysis, infrastructure, environments, order, tested = [] } = request;
  const ordered = upgradeOrder({
    environments: infrastructure.environments,
    takePart: environments.map(({ environment }) => environment.name),
    order,
    leftToTeams: environments.flatMap((one) => leftToTeams(one, analysis)),
    tested,
  });
  const refusals = [
    ...analysis.refusals,
    ...orderRefusals(ordered),
    ...environments.flatMap(strategyRefusals),
    ...approverRefusals(environments),
  ];
  if (ordered.kind === 'refused' || refusals.length > 0) return { kind: 'refused', refusals };
  return { kind: 'planned', plan: planOf(request, ordered.order) };
}

function planOf(request: PlanRequest, order: readonly string[]): InfrastructurePlan {
  const { analysis, environments, requester, now } = request;
  const parts = order.flatMap((name) => partOf(name, environments, analysis));
  const decisions: PlanDecisions = {
    infrastructure: analysis.infrastructure,
    to: analysis.to,
    lifeTime: analysis.lifeTime,
    order,
    gates: [planGate(environments.map(({ environment }) => environment))],
    toHandle: analysis.toHandle.map(({ entry, environments: where, acknowledgement }) => ({
      entry,
      environments: where,
      acknowledgement,
    })),
    environments: parts.map((part) => environmentDecisions(part, analysis.to, request.infrastructure)),
  };
  const forecasts = environmentForecasts(parts, decisions.environments, request);
  return {
    decisions,
    forecast: {
      madeAt: new Date(now).toISOString(),
      requester: requester ?? null,
      environments: forecasts,
      approvals: approvalsOf(decisions, requester),
      toHandle: analysis.toHandle,
      warnings: [...analysis.warnings, ...planWarnings(request, decisions, forecasts)],
      notes: planNotes(request, decisions),
    },
  };
}

function partOf(name: string, environments: readonly EnvironmentToUpgrade[], analysis: Analysis): readonly PlanPart[] {
  const toUpgrade = environments.find(({ environment }) => environment.name === name);
  const path = analysis.environments.find((environment) => environment.name === name)?.path;
  return toUpgrade && path && path.kind !== 'refused' ? [{ toUpgrade, path }] : [];
}

function leftToTeams({ environment: { name, applications } }: EnvironmentToUpgrade, analysis: Analysis): string[] {
  const path = analysis.environments.find((environment) => environment.name === name)?.path;
  return path && path.kind !== 'refused' && plannedApplications(applications, path) === 'gradual' ? [name] : [];
}

function orderRefusals(ordered: UpgradeOrder): readonly Refusal[] {
  if (ordered.kind === 'allowed') return [];
  const { code, reason, next } = ordered;
  return [{ rule: 'PLAN-04', environment: null, code, reason, next }];
}

function strategyRefusals({ environment }: EnvironmentToUpgrade): readonly Refusal[] {
  const reason = environment.strategy.kind === 'zero downtime' ? whyNoHalves(environment) : undefined;
  if (reason === undefined) return [];
  const next = 'add a front end to the zone, or choose the strategy downtime';
  return [{ rule: 'LIVE-02', environment: environment.name, code: 'STRATEGY_REFUSED', reason, next }];
}

function approverRefusals(environments: readonly EnvironmentToUpgrade[]): readonly Refusal[] {
  const reason = whyNobodyMayApprove(environments.map(({ environment }) => environment));
  if (reason === undefined) return [];
  const next = 'name more people for the gate plan of these environments, or plan them one by one';
  return [{ rule: 'PHASE-01', environment: null, code: 'INPUT_INVALID', reason, next }];
}
