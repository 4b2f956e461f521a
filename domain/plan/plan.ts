/** A plan: what is decided, which people approve by its hash, and what is expected of it. */

import type { Analysis } from '../analysis/analysis.js';
import type { EnvironmentToUpgrade } from '../analysis/analysisRequest.js';
import type { EntryToHandle, RuleRemark } from '../analysis/findings.js';
import type { LifeTimeDecision } from '../analysis/lifeTime.js';
import type { Schedule } from '../calendar/calendar.js';
import type { Instant } from '../calendar/localTime.js';
import type { Freeze, Window } from '../calendar/openTimes.js';
import type { ZoneHalves } from '../goLive/halves.js';
import type { RollbackCost } from '../goLive/rollbackCost.js';
import type { ApplicationsWay, GateName, Hosting, Infrastructure, Stage } from '../infrastructure/infrastructure.js';
import type { Providers } from '../infrastructure/provider.js';
import type { UpgradePath } from '../releases/upgradePath.js';
import type { GateDecision } from './gateDecision.js';
import type { ModuleLock } from './moduleLocks.js';
import type { Phase, PlannedStep, PlannedStrategy } from './plannedStep.js';
import type { ExpectedStep, MeasuredStep } from './stepDuration.js';

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
  /** Who does what; absent: the embedded platform does everything. */
  readonly providers?: Providers | undefined;
  /** Who does what people do; absent where they do nothing. */
  readonly operators?: readonly string[] | undefined;
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

/** Times are ISO 8601 UTC, durations milliseconds. */
export interface EnvironmentForecast {
  readonly name: string;
  /** Of its windows; the times people read are on its clock. */
  readonly timeZone: string;
  /** Null: they are not listed. */
  readonly modules: number | null;
  /** All steps, one after the other. */
  readonly work: number;
  readonly schedule: ForecastSchedule;
  readonly steps: readonly ForecastStep[];
  readonly windows: readonly string[];
  /** How long users cannot work; 0: they always can. */
  readonly downtime: number;
  readonly locks: readonly ModuleLock[];
  /** `at`: when the step starts from which a rollback loses data; `null`: that is not known. */
  readonly rollback: RollbackCost & { readonly at: string | null };
}

export interface ForecastStep extends ExpectedStep {
  readonly phase: Phase;
  /** `null` where the environment has no time. */
  readonly start: string | null;
  readonly end: string | null;
}

export type ForecastSchedule =
  | {
      readonly kind: 'fits';
      readonly start: string;
      readonly end: string;
      /** When the window closes; `null`: it never does. */
      readonly closes: string | null;
      /** The latest start that still leads to Production's window; `null`: nothing follows from it. */
      readonly latestStart: string | null;
    }
  | Exclude<Schedule, { readonly kind: 'fits' }>;

export interface ApprovalNeeded {
  readonly gate: GateName;
  /** `null`: the plan as a whole. */
  readonly environment: string | null;
  /** Different people. */
  readonly people: number;
  readonly excludesRequester: boolean;
  /** Whose approval counts; none: anybody's. */
  readonly approvers: readonly string[];
  readonly asked:
    | 'always'
    | 'when modules failed or were skipped'
    | 'when a check failed'
    | 'when the window has closed';
}

/** An environment that takes part, and the path of its applications. */
export interface PlanPart {
  readonly toUpgrade: EnvironmentToUpgrade;
  readonly path: Exclude<UpgradePath, { readonly kind: 'refused' }>;
}

/** Entries whose acknowledgement is missing: whoever approves the plan has to acknowledge them, with a reason. */
export function entriesLeft({ toHandle }: PlanDecisions): readonly string[] {
  return toHandle.filter(({ acknowledgement }) => acknowledgement === null).map(({ entry }) => entry);
}

/** What people look at themselves in the environment, and sign by name (TEST-01). */
export function testsToSign({ environments }: PlanDecisions, environment: string): readonly string[] {
  return environments.find(({ name }) => name === environment)?.tests ?? [];
}
