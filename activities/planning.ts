/** Plans: made from the infrastructure file and what is installed, kept by hash, read again by hash. Key: the run. */
import { activityInfo } from '@temporalio/activity';
import { type Analysis, analysis, type Refusal } from '../domain/analysis.js';
import { UpliftError } from '../domain/errors.js';
import { expectedSteps } from '../domain/forecast.js';
import type { GateDecision } from '../domain/gateDecision.js';
import type { Environment } from '../domain/infrastructure.js';
import {
  type EnvironmentDecisions,
  entriesLeft,
  infrastructurePlan,
  type PlanDecisions,
} from '../domain/infrastructurePlan.js';
import { knowledge } from '../domain/knowledge.js';
import { upgradeOrder } from '../domain/order.js';
import type { PlannedStep } from '../domain/plannedStep.js';
import { listed } from '../domain/text.js';
import type { EnvironmentFacts } from '../platform/port.js';
import { upgraded } from '../store/evidence.js';
import { loadPlan, savePlan } from '../store/plans.js';
import type { Store } from '../store/store.js';
import {
  earlierRequests,
  endUpgradeRecord,
  joinUpgradeOf,
  numberUpgrade,
  openUpgrade,
  upgradeRecord,
} from '../store/upgrades.js';
import { effectful, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';
import { measuredSteps, testedEnvironments } from './earlierRuns.js';
import { keepEvidence } from './evidence.js';

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

export interface PlannedInfrastructure extends Planned {
  /** What is left of the plan's environments: one that was upgraded and tested under this plan is not done again. */
  readonly order: readonly string[];
}

export interface PlannedEnvironment extends Planned {
  readonly plan: EnvironmentToDrive;
  /** It is a part of an upgrade whose plan was approved: the run that has started it waited for that. */
  readonly approved: boolean;
  readonly expected: ExpectedDurations;
}

/** Milliseconds that each step is expected to take, by its name: what has to fit into a window. */
export type ExpectedDurations = Readonly<Partial<Record<PlannedStep, number>>>;

/** What a run needs to know of the decisions. Their long lists stay in the store: of people, of whom there may be thousands, and of paths. */
export interface EnvironmentToDrive extends Omit<EnvironmentDecisions, 'developers' | 'hotPoints'> {
  /** How many. */
  readonly developers: number;
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

interface Request {
  readonly infrastructure: string;
  readonly to?: string | undefined;
  readonly plan?: string | undefined;
  readonly requestedBy?: string | undefined;
  /** The workflow's clock, milliseconds since 1970. */
  readonly now: number;
}

/** A plan to be worked from. */
interface RunRequest extends Request {
  /** Started by a client of ours, which says who asks; a form of the Temporal UI may be the copy of somebody else's. */
  readonly stated: boolean;
  /** The run that has started this one; absent: people have. */
  readonly parent?: string;
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
      const upgrade = await number(dependencies, request, hash, '');
      const done = await testedEnvironments(dependencies, request.infrastructure, plan.to, hash);
      const order = plan.environments.map(({ name }) => name).filter((name) => !done.includes(name));
      return { ...described(upgrade, hash, plan, plan.gates, summaryOfAll(plan)), order };
    }),

    planEnvironment: effectful(
      store,
      async (request: RunRequest & { environment: string }): Promise<PlannedEnvironment> => {
        const { environment } = request;
        const { hash, plan } = await planOfRequest(dependencies, request, environment);
        const decisions = environmentOf(plan, environment);
        if (request.plan !== undefined) await assertOrder(dependencies, request.infrastructure, decisions);
        const whole = await upgradeOfParent(dependencies, request, hash);
        const upgrade = whole ?? (await number(dependencies, request, hash, environment));
        const gates = [...plan.gates, ...decisions.gates];
        return {
          ...described(upgrade, hash, plan, gates, summaryOf(decisions)),
          plan: toDrive(decisions),
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
      const record = await upgradeRecord(store, upgrade);
      if (record?.environment === (environment ?? '')) await endUpgradeRecord(store, upgrade, 'upgraded', report);
    }),
  };
};

/**
 * The plan of the hash; else that of the upgrade which an earlier run has left open, as long as it fits; else a new one, saved. Throws
 * `PLAN_STALE` for one that no longer fits what is installed.
 */
async function planOfRequest(
  dependencies: Dependencies,
  request: Request,
  environment?: string,
): Promise<{ hash: string; plan: PlanDecisions }> {
  const { store } = dependencies;
  if (request.plan !== undefined) {
    const plan = await loadPlan(store, request.plan);
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
    const fits = request.to === undefined || request.to === plan.to;
    if (fits && (await whyStale(dependencies, plan)) === undefined) return { hash: open.plan, plan };
  }
  const { hash, decisions } = await makePlan(dependencies, request, environment);
  return { hash, plan: decisions };
}

async function whyStale({ platform }: Dependencies, { environments }: PlanDecisions): Promise<string | undefined> {
  const facts = await platform.inventory.environments();
  for (const { name, from, to } of environments) {
    const installed = facts.find((fact) => fact.name === name)?.serverRelease;
    if (installed !== from && installed !== to) {
      return `takes ${name} from ${from}, and it is on ${installed ?? 'nothing that is known'}`;
    }
  }
  return undefined;
}

/** PLAN-04 again for a plan that was made before: it may be applied to one of its environments alone. */
async function assertOrder(
  dependencies: Dependencies,
  infrastructure: string,
  { name, to }: EnvironmentDecisions,
): Promise<void> {
  const { environments } = await dependencies.platform.inventory.infrastructure(infrastructure);
  const tested = await testedEnvironments(dependencies, infrastructure, to);
  const order = upgradeOrder({ environments, takePart: [name], tested });
  if (order.kind === 'refused') throw new UpliftError(order.code, { what: order.reason, next: order.next });
}

async function expectedOf(
  { platform, store }: Dependencies,
  infrastructure: string,
  decisions: EnvironmentDecisions,
): Promise<ExpectedDurations> {
  const { length } = await platform.inventory.modules(decisions.name);
  const steps = expectedSteps(decisions, length, await measuredSteps(store, infrastructure));
  return Object.fromEntries(steps.map(({ step, milliseconds }) => [step, milliseconds]));
}

async function makePlan(
  dependencies: Dependencies,
  { infrastructure, to, requestedBy, now }: Request,
  environment?: string,
): Promise<{ hash: string; decisions: PlanDecisions }> {
  const { platform, store } = dependencies;
  const described = await platform.inventory.infrastructure(infrastructure);
  if (environment !== undefined) await platform.inventory.environment(infrastructure, environment);
  const facts = await platform.inventory.environments();
  const chosen = described.environments.filter(({ name }) => environment === undefined || name === environment);
  const environments = await Promise.all(
    chosen.map(async (one) => ({
      environment: one,
      from: releaseOf(facts, one),
      modules: await platform.inventory.modules(one.name),
    })),
  );
  const analysed = analysis(
    { infrastructure, environments, to, offered: await platform.inventory.releases(), lifeTime: described.lifeTime },
    knowledge,
  );
  const outcome = infrastructurePlan({
    infrastructure: described,
    environments,
    analysis: analysed,
    tested: await testedEnvironments(dependencies, infrastructure, analysed.to),
    measured: await measuredSteps(store, infrastructure),
    requester: requestedBy,
    now,
  });
  if (outcome.kind === 'refused') throw refused(outcome.refusals);
  const { decisions, forecast } = outcome.plan;
  for (const environment of decisions.environments) assertDriven(environment, analysed);
  return { hash: await savePlan(store, decisions, { forecast, analysis: analysed }), decisions };
}

function refused(refusals: readonly Refusal[]): UpliftError {
  const [first] = refusals;
  const what = refusals
    .map(({ environment, reason }) => (environment === null ? reason : `${environment}: ${reason}`))
    .join('; ');
  return new UpliftError(first?.code ?? 'PATH_UNSUPPORTED', { what, ...(first ? { next: first.next } : {}) });
}

function releaseOf(facts: readonly EnvironmentFacts[], { name, release }: Environment): string {
  return facts.find((fact) => fact.name === name)?.serverRelease ?? release;
}

/** What a plan may say and Uplift does not drive yet. */
function assertDriven({ name, strategy }: EnvironmentDecisions, { environments }: Analysis): void {
  const path = environments.find((one) => one.name === name)?.path;
  const undriven =
    path?.kind !== 'refused' && path?.preparation.kind === 'whole environment'
      ? `a preparation that locks the whole environment (${path.rules.join(', ')})`
      : strategy === 'zero downtime'
        ? 'a go live without downtime (LIVE-03)'
        : undefined;
  if (undriven === undefined) return;
  throw new UpliftError('PATH_UNSUPPORTED', {
    what: `${name} needs ${undriven}, which Uplift does not drive yet`,
    next: 'choose another target or strategy',
  });
}

export function environmentOf(plan: PlanDecisions, environment: string): EnvironmentDecisions {
  const found = plan.environments.find(({ name }) => name === environment);
  if (found) return found;
  throw new UpliftError('ENVIRONMENT_UNKNOWN', {
    what: `The plan has no environment ${environment}; it has ${plan.environments.map(({ name }) => name).join(', ')}`,
    next: 'uplift plan',
  });
}

async function number(
  { store }: Dependencies,
  request: RunRequest,
  plan: string,
  environment: string,
): Promise<string> {
  const { workflowId = '', runId = '' } = activityInfo().workflowExecution ?? {};
  const { infrastructure } = request;
  const asked = askedWith(request);
  const requestedBy = await requesterOf(store, request, workflowId, runId, asked);
  const record = { infrastructure, environment, workflow: workflowId, run: runId, plan, requestedBy, request: asked };
  return (await numberUpgrade(store, record)).upgrade;
}

/** The upgrade of the run that has started this one, when it works from the same plan. */
async function upgradeOfParent(
  { store }: Dependencies,
  request: RunRequest,
  plan: string,
): Promise<string | undefined> {
  if (request.parent === undefined) return undefined;
  const { workflowId = '', runId = '' } = activityInfo().workflowExecution ?? {};
  const { infrastructure } = request;
  const asked = askedWith(request);
  const upgrade = await joinUpgradeOf(store, request.parent, {
    run: runId,
    infrastructure,
    workflow: workflowId,
    request: asked,
  });
  return upgrade !== undefined && (await upgradeRecord(store, upgrade))?.plan === plan ? upgrade : undefined;
}

/** What people typed. */
function askedWith({ now, stated, parent, ...asked }: RunRequest): unknown {
  return asked;
}

/**
 * Who asks for it; null when that is not known. A start form of the Temporal UI copies the input of an earlier run, and with it who
 * asked for that one: a request that is word for word an earlier one names nobody.
 */
async function requesterOf(
  store: Store,
  { requestedBy, stated }: RunRequest,
  workflow: string,
  run: string,
  asked: unknown,
): Promise<string | null> {
  if (requestedBy === undefined || stated) return requestedBy ?? null;
  const earlier = await earlierRequests(store, workflow, run);
  return earlier.includes(JSON.stringify(asked)) ? null : requestedBy;
}

function described(
  upgrade: string,
  hash: string,
  plan: PlanDecisions,
  gates: readonly GateDecision[],
  summary: string,
): Planned {
  return {
    upgrade,
    hash,
    to: plan.to,
    gates,
    summary,
    asks: [`${upgrade}: ${summary}`, ...plan.environments.map(asked), ...handled(plan)],
  };
}

function asked(decisions: EnvironmentDecisions): string {
  return `${decisions.name}: ${summaryOf(decisions)}; ${decisions.strategy}`;
}

function handled(plan: PlanDecisions): string[] {
  const entries = entriesLeft(plan);
  return entries.length === 0
    ? []
    : [`To accept by name, with a reason: ${listed(entries)} (uplift plan explains each)`];
}

function summaryOfAll({ environments, to }: PlanDecisions): string {
  return `${environments.map(({ name }) => name).join(' → ')} to ${to}`;
}

function toDrive({ developers, hotPoints: _, ...decisions }: EnvironmentDecisions): EnvironmentToDrive {
  return { ...decisions, developers: developers.length };
}

function summaryOf({ from, to, steps }: EnvironmentDecisions): string {
  return `${from} to ${to}: ${steps.join(', ')}`;
}
