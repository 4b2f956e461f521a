/**
 * The plan of an upgrade, of a whole infrastructure or of one environment: what is decided, which people approve by its hash, and what
 * is expected, which may change as often as something is measured without voiding an approval.
 */
import type { Analysis, EntryToHandle, Refusal, RuleRemark } from './analysis.js';
import type { EnvironmentToUpgrade } from './analysisRequest.js';
import { environmentDecisions, type PlanPart, plannedApplications } from './environmentDecisions.js';
import { type EnvironmentForecast, environmentForecasts } from './forecast.js';
import { type GateDecision, planGate, whyNobodyMayApprove } from './gateDecision.js';
import { whyNoHalves, type ZoneHalves } from './halves.js';
import type { ApplicationsWay, Hosting, Infrastructure, Stage } from './infrastructure.js';
import type { LifeTimeDecision } from './lifeTime.js';
import type { Instant } from './localTime.js';
import { type UpgradeOrder, upgradeOrder } from './order.js';
import { type ApprovalNeeded, approvalsOf } from './planApprovals.js';
import type { PlannedStep, PlannedStrategy } from './plannedStep.js';
import { planNotes, planWarnings } from './planRemarks.js';
import type { MeasuredStep } from './stepDuration.js';
import type { Freeze, Window } from './window.js';

export interface PlanRequest {
  readonly infrastructure: Infrastructure;
  /** Those that take part: all, or one. */
  readonly environments: readonly EnvironmentToUpgrade[];
  /** Of exactly these environments. */
  readonly analysis: Analysis;
  /** Another order than that of the lifecycle. */
  readonly order?: readonly string[] | undefined;
  /** Environments that were upgraded to the target and tested before. */
  readonly tested?: readonly string[] | undefined;
  readonly requester?: string | undefined;
  readonly now: Instant;
  /** Production's window is the first one from then on; without it as soon as the others are done. */
  readonly productionNotBefore?: Instant | undefined;
  /** Durations of earlier runs, oldest first. */
  readonly measured?: readonly MeasuredStep[] | undefined;
}

export type PlanOutcome =
  | { readonly kind: 'planned'; readonly plan: InfrastructurePlan }
  /** Why it cannot start, every reason. */
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] };

export interface InfrastructurePlan {
  /** What is approved: the hash of the plan is that of its canonical JSON. */
  readonly decisions: PlanDecisions;
  readonly forecast: PlanForecast;
}

/** Decisions and topology, never forecasts, counts of modules or their versions. */
export interface PlanDecisions {
  readonly infrastructure: string;
  readonly to: string;
  readonly lifeTime: LifeTimeDecision;
  /** Names of the environments in the order they are upgraded. */
  readonly order: readonly string[];
  /** Those of the plan itself; each environment has its own. */
  readonly gates: readonly GateDecision[];
  /** Entries that must be handled; the approval of the plan is blocked while one is not acknowledged. */
  readonly toHandle: readonly Pick<EntryToHandle, 'entry' | 'environments' | 'acknowledgement'>[];
  /** In that order. */
  readonly environments: readonly EnvironmentDecisions[];
}

export interface EnvironmentDecisions {
  readonly name: string;
  readonly stage: Stage;
  readonly hosting: Hosting;
  readonly from: string;
  readonly to: string;
  readonly steps: readonly PlannedStep[];
  readonly strategy: PlannedStrategy;
  readonly applications: ApplicationsWay;
  /** In the order they are taken out of traffic. */
  readonly frontEnds: readonly string[];
  /** Of every zone, with zero downtime; none otherwise. */
  readonly halves: readonly ZoneHalves[];
  /** The front end whose machine is the deployment controller too. */
  readonly controller: string | null;
  /** None: any time is open. */
  readonly windows: readonly Window[];
  readonly freezes: readonly Freeze[];
  /** Who develops there, and needs the development tools that match (EXEC-01). */
  readonly developers: readonly string[];
  /** Paths that have to answer (TEST-01). */
  readonly hotPoints: readonly string[];
  /** What people look at themselves and sign at the gate `tests`, every one by name (TEST-01). */
  readonly tests: readonly string[];
  readonly gates: readonly GateDecision[];
}

/** What is expected, and what has to be said besides; times are ISO 8601 UTC. */
export interface PlanForecast {
  readonly madeAt: string;
  readonly requester: string | null;
  /** In the order of the plan. */
  readonly environments: readonly EnvironmentForecast[];
  readonly approvals: readonly ApprovalNeeded[];
  readonly toHandle: readonly EntryToHandle[];
  readonly warnings: readonly RuleRemark[];
  /** What people should know, without being warned of it. */
  readonly notes: readonly RuleRemark[];
}

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

/** Entries whose acknowledgement is missing: whoever approves the plan has to acknowledge them, with a reason. */
export function entriesLeft({ toHandle }: PlanDecisions): readonly string[] {
  return toHandle.filter(({ acknowledgement }) => acknowledgement === null).map(({ entry }) => entry);
}

/** What people look at themselves in the environment, and sign by name (TEST-01). */
export function testsToSign({ environments }: PlanDecisions, environment: string): readonly string[] {
  return environments.find(({ name }) => name === environment)?.tests ?? [];
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
