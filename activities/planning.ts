/** Plans: made from the infrastructure file and what is installed, kept by hash, read again by hash. Key: the run. */

import { planPath } from '../contract/planPage.js';
import { expectedSteps } from '../domain/plan/forecast.js';
import type { GateDecision } from '../domain/plan/gateDecision.js';
import type { EnvironmentDecisions, PlanDecisions } from '../domain/plan/plan.js';
import { planAsks } from '../domain/plan/planAsks.js';
import type { PlannedStep } from '../domain/plan/plannedStep.js';
import { upgraded } from '../store/evidence.js';
import { loadPlan, planExplanation } from '../store/plans.js';
import { endEnvironment, endUpgradeRecord, upgradeBefore, upgradeRecord } from '../store/upgrades.js';
import { effectful, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';
import { measuredSteps } from './earlierRuns.js';
import { keepEvidence } from './evidence.js';
import { makePlan } from './makePlan.js';
import { upgradeNumber, upgradeOfParent } from './numbering.js';
import type { Request, RunRequest } from './planRequest.js';
import { assertOrder, environmentOf, planOfRequest } from './planToFollow.js';
import { leftIn, leftOf } from './remaining.js';

interface Planned {
  /** `acme#7` */
  readonly upgrade: string;
  readonly hash: string;
  readonly to: string;
  readonly gates: readonly GateDecision[];
  readonly summary: string;
  /** What the plan's gate asks, in sentences. */
  readonly asks: readonly string[];
}

/** `already`: environments of the plan that are on the target, with their applications, and were tested. */
export type PlannedInfrastructure =
  /** All of them: nobody is asked, and the upgrade has no number. */
  | { readonly kind: 'nothing to do'; readonly to: string; readonly hash: string; readonly already: readonly string[] }
  /** `order`: what is left of its environments. */
  | ({ readonly kind: 'planned'; readonly order: readonly string[]; readonly already: readonly string[] } & Planned);

export interface PlannedEnvironment extends Planned {
  /** Without what is done already. */
  readonly plan: EnvironmentToDrive;
  /** The report of the upgrade that left nothing to do; null: something is. */
  readonly already: unknown;
  /** It is a part of an upgrade whose plan was approved: the run that has started it waited for that. */
  readonly approved: boolean;
  readonly expected: ExpectedDurations;
}

/** Milliseconds that each step is expected to take, by its name: what has to fit into a window. */
export type ExpectedDurations = Readonly<Partial<Record<PlannedStep, number>>>;

/** What a run needs to know of the decisions. Their long lists stay in the store: of people, of whom there may be thousands, and of paths. */
export interface EnvironmentToDrive extends Omit<EnvironmentDecisions, 'developers' | 'hotPoints' | 'operators'> {
  /** How many. */
  readonly developers: number;
  readonly hotPoints: number;
  /** Whom tasks are for: at most ten. */
  readonly operators: readonly string[];
}

/** Of a plan that was made and kept; whoever reads all of it takes it from the store. */
export interface PlanSummary {
  readonly hash: string;
  readonly to: string;
  /** In one line. */
  readonly summary: string;
}

interface Ended {
  readonly upgrade: string;
  readonly plan: string;
  /** Absent: the whole infrastructure. */
  readonly environment?: string;
  readonly report: unknown;
}

export const planningActivities = (dependencies: Dependencies) => {
  const { store } = dependencies;
  return {
    /** For people: kept with the analysis it was made from. Nothing is numbered or begun. */
    makePlan: effectful(store, async (request: Request): Promise<PlanSummary> => {
      const { hash, decisions } = await makePlan(dependencies, request);
      return { hash, to: decisions.to, summary: summaryOfAll(decisions) };
    }),

    planUpgrade: effectful(store, async (request: RunRequest): Promise<PlannedInfrastructure> => {
      const { hash, plan } = await planOfRequest(dependencies, request);
      const parts = await leftOf(dependencies, request.infrastructure, plan.environments);
      const environments = parts.filter(({ kind }) => kind !== 'nothing').map(({ decisions }) => decisions);
      const order = environments.map(({ name }) => name);
      const already = plan.environments.map(({ name }) => name).filter((name) => !order.includes(name));
      if (order.length === 0) return { kind: 'nothing to do', to: plan.to, hash, already };
      const upgrade = await upgradeNumber(dependencies, request, hash, '');
      const summary = `${order.join(' → ')} to ${plan.to}`;
      const planned = await described(dependencies, { upgrade, hash, plan, environments, gates: plan.gates, summary });
      const asks = [...planned.asks, ...parts.flatMap(({ says }) => says)];
      return { kind: 'planned', ...planned, asks, order, already };
    }),

    planEnvironment: effectful(
      store,
      async (request: RunRequest & { environment: string }): Promise<PlannedEnvironment> => {
        const { environment } = request;
        const { hash, plan } = await planOfRequest(dependencies, request, environment);
        const part = await leftIn(dependencies, request.infrastructure, environmentOf(plan, environment));
        const { decisions, says } = part;
        const already = part.kind === 'nothing' ? part.report : null;
        if (request.plan !== undefined && !already) await assertOrder(dependencies, request.infrastructure, decisions);
        const whole = already ? undefined : await upgradeOfParent(dependencies, request, hash);
        const upgrade = already?.upgrade ?? whole ?? (await upgradeNumber(dependencies, request, hash, environment));
        const gates = [...plan.gates, ...decisions.gates];
        const summary = summaryOf(decisions);
        const planned = await described(dependencies, {
          upgrade,
          hash,
          plan,
          environments: [decisions],
          gates,
          summary,
        });
        return {
          ...planned,
          asks: [...planned.asks, ...says],
          plan: toDrive(decisions),
          already,
          approved: whole !== undefined,
          expected: await expectedOf(dependencies, request.infrastructure, decisions),
        };
      },
    ),

    planOf: explained(
      async ({
        hash,
        environment,
      }: {
        hash: string;
        environment: string;
      }): Promise<Pick<PlannedEnvironment, 'plan' | 'expected'>> => {
        const decisions = await loadPlan(store, hash);
        const plan = environmentOf(decisions, environment);
        return { plan: toDrive(plan), expected: await expectedOf(dependencies, decisions.infrastructure, plan) };
      },
    ),

    /** Keeps the report as evidence; of an environment also that this plan is done there. */
    endUpgrade: explained(async ({ upgrade, plan, environment, report }: Ended): Promise<void> => {
      const payload = { plan, environment: environment ?? null, report };
      await keepEvidence(store, {
        upgrade,
        name: upgraded,
        payload,
        ...(environment === undefined ? {} : { environment }),
      });
      if (environment !== undefined) await endEnvironment(store, upgrade, environment);
      const record = await upgradeRecord(store, upgrade);
      if (record?.environment === (environment ?? '')) await endUpgradeRecord(store, upgrade, 'upgraded', report);
    }),
  };
};

async function expectedOf(
  { platform, store }: Dependencies,
  infrastructure: string,
  decisions: EnvironmentDecisions,
): Promise<ExpectedDurations> {
  const modules = await platform.inventory.modules({ infrastructure, environment: decisions.name });
  const steps = expectedSteps(decisions, modules?.length ?? null, await measuredSteps(store, infrastructure));
  return Object.fromEntries(steps.map(({ step, milliseconds }) => [step, milliseconds]));
}

interface Numbered extends Pick<Planned, 'upgrade' | 'hash' | 'gates' | 'summary'> {
  readonly plan: PlanDecisions;
  /** What is left of them: one at least. */
  readonly environments: readonly EnvironmentDecisions[];
}

async function described(
  { platform, store }: Dependencies,
  { plan, environments, ...planned }: Numbered,
): Promise<Planned> {
  const { upgrade, hash, summary } = planned;
  const [{ name }] = environments as [EnvironmentDecisions];
  const { serviceCenterUrl } = await platform.inventory.environment({
    infrastructure: plan.infrastructure,
    environment: name,
  });
  const earlier = await upgradeBefore(store, upgrade);
  const asks = planAsks({
    hash,
    page: serviceCenterUrl === null ? null : `${serviceCenterUrl}${planPath(hash)}`,
    decisions: plan,
    environments,
    forecast: (await planExplanation(store, hash))?.forecast ?? null,
    before: earlier ? { upgrade: earlier.upgrade, decisions: await loadPlan(store, earlier.plan) } : null,
  });
  return { ...planned, to: plan.to, asks: [`${upgrade}: ${summary}`, ...asks] };
}

function summaryOfAll({ environments, to }: PlanDecisions): string {
  return `${environments.map(({ name }) => name).join(' → ')} to ${to}`;
}

export function toDrive({
  developers,
  hotPoints,
  operators = [],
  ...decisions
}: EnvironmentDecisions): EnvironmentToDrive {
  return {
    ...decisions,
    developers: developers.length,
    hotPoints: hotPoints.length,
    operators: operators.slice(0, 10),
  };
}

function summaryOf({ from, to, steps }: EnvironmentDecisions): string {
  return `${from} to ${to}: ${steps.join(', ')}`;
}
