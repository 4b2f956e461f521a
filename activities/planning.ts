/** Plans: made from the infrastructure file and what is installed, kept by hash, read again by hash. Key: the run. */
import { activityInfo } from '@temporalio/activity';
import { analysis, type Refusal } from '../domain/analysis.js';
import type { EnvironmentToUpgrade } from '../domain/analysisRequest.js';
import { UpliftError } from '../domain/errors.js';
import { expectedSteps } from '../domain/forecast.js';
import type { GateDecision } from '../domain/gateDecision.js';
import type { Environment } from '../domain/infrastructure.js';
import { type EnvironmentDecisions, infrastructurePlan, type PlanDecisions } from '../domain/infrastructurePlan.js';
import { knowledge } from '../domain/knowledge.js';
import { upgradeOrder } from '../domain/order.js';
import { samePerson } from '../domain/person.js';
import { planAsks } from '../domain/planAsks.js';
import type { PlannedStep } from '../domain/plannedStep.js';
import { isOfHold } from '../domain/snapshotOrder.js';
import { undrivenRefusals } from '../domain/undriven.js';
import { isOn } from '../domain/version.js';
import type { EnvironmentFacts } from '../platform/port.js';
import { upgraded } from '../store/evidence.js';
import { loadPlan, planExplanation, savePlan } from '../store/plans.js';
import type { Store } from '../store/store.js';
import {
  endUpgradeRecord,
  joinUpgradeOf,
  numberUpgrade,
  openUpgrade,
  requestersBefore,
  upgradeBefore,
  upgradeRecord,
} from '../store/upgrades.js';
import { effectful, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';
import { measuredSteps, testedEnvironments } from './earlierRuns.js';
import { keepEvidence } from './evidence.js';
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
      const parts = await leftOf(dependencies, request.infrastructure, plan.environments);
      const environments = parts.filter(({ kind }) => kind !== 'nothing').map(({ decisions }) => decisions);
      const order = environments.map(({ name }) => name);
      const already = plan.environments.map(({ name }) => name).filter((name) => !order.includes(name));
      if (order.length === 0) return { kind: 'nothing to do', to: plan.to, hash, already };
      const upgrade = await number(dependencies, request, hash, '');
      const summary = `${order.join(' → ')} to ${plan.to}`;
      const planned = await described(store, { upgrade, hash, plan, environments, gates: plan.gates, summary });
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
        const upgrade = already?.upgrade ?? whole ?? (await number(dependencies, request, hash, environment));
        const gates = [...plan.gates, ...decisions.gates];
        const summary = summaryOf(decisions);
        const planned = await described(store, { upgrade, hash, plan, environments: [decisions], gates, summary });
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

async function whyStale({ platform }: Dependencies, { environments }: PlanDecisions): Promise<string | undefined> {
  const facts = await platform.inventory.environments();
  for (const { name, from, to } of environments) {
    const installed = facts.find((fact) => fact.name === name)?.serverRelease;
    if (installed !== from && (installed === undefined || !isOn(installed, to))) {
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
  const installed = await Promise.all(
    chosen.map(async (one) => ({
      environment: one,
      from: releaseOf(facts, one),
      modules: await platform.inventory.modules(one.name),
    })),
  );
  const offered = await platform.inventory.releases();
  const analyse = (all: readonly EnvironmentToUpgrade[]) =>
    analysis({ infrastructure, environments: all, to, offered, lifeTime: described.lifeTime }, knowledge);
  const { to: target } = analyse(installed);
  const environments = await Promise.all(installed.map((one) => goingOn(platform, facts, one, target)));
  const analysed = analyse(environments);
  const outcome = infrastructurePlan({
    infrastructure: described,
    environments,
    analysis: analysed,
    tested: await testedEnvironments(dependencies, infrastructure, analysed.to),
    measured: await measuredSteps(store, infrastructure),
    requester: requestedBy,
    now,
  });
  const undriven = undrivenRefusals(environments, analysed);
  if (outcome.kind === 'refused') throw refused([...outcome.refusals, ...undriven]);
  if (undriven.length > 0) throw refused(undriven);
  const { decisions, forecast } = outcome.plan;
  return { hash: await savePlan(store, decisions, { forecast, analysis: analysed }), decisions };
}

function refused(refusals: readonly Refusal[]): UpliftError {
  const [first] = refusals;
  const what = refusals
    .map(({ environment, reason, rule }) => `${environment === null ? '' : `${environment}: `}${reason} (${rule})`)
    .join('; ');
  return new UpliftError(first?.code ?? 'PATH_UNSUPPORTED', { what, ...(first ? { next: first.next } : {}) });
}

/**
 * Where an upgrade to the target ended on its way and still holds the environment, it goes on as it was planned: from the release that it
 * began on, which its snapshot has. Its door may be closed, and has to be opened.
 */
async function goingOn(
  { snapshots }: Dependencies['platform'],
  facts: readonly EnvironmentFacts[],
  toUpgrade: EnvironmentToUpgrade,
  target: string,
): Promise<EnvironmentToUpgrade> {
  const { name } = toUpgrade.environment;
  const hold = facts.find((fact) => fact.name === name)?.hold;
  if (hold?.operation !== 'upgrade' || !isOn(hold.release, target)) return toUpgrade;
  const snapshot = await snapshots.newest(name);
  return snapshot && isOfHold(snapshot, hold) ? { ...toUpgrade, from: snapshot.release } : toUpgrade;
}

function releaseOf(facts: readonly EnvironmentFacts[], { name, release }: Environment): string {
  return facts.find((fact) => fact.name === name)?.serverRelease ?? release;
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
  const requestedBy = await requesterOf(store, request, runId);
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
 * asked for that one: a request from a form that names whom an earlier one names, names nobody. Clients of ours say who asks.
 */
async function requesterOf(
  store: Store,
  { infrastructure, requestedBy, stated }: RunRequest,
  run: string,
): Promise<string | null> {
  if (requestedBy === undefined || stated) return requestedBy ?? null;
  const before = await requestersBefore(store, { infrastructure, run });
  return before.some((other) => samePerson(other, requestedBy)) ? null : requestedBy;
}

interface Numbered extends Pick<Planned, 'upgrade' | 'hash' | 'gates' | 'summary'> {
  readonly plan: PlanDecisions;
  /** What is left of them. */
  readonly environments: readonly EnvironmentDecisions[];
}

async function described(store: Store, { plan, environments, ...planned }: Numbered): Promise<Planned> {
  const { upgrade, hash, summary } = planned;
  const earlier = await upgradeBefore(store, upgrade);
  const asks = planAsks({
    hash,
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

function toDrive({ developers, hotPoints: _, ...decisions }: EnvironmentDecisions): EnvironmentToDrive {
  return { ...decisions, developers: developers.length };
}

function summaryOf({ from, to, steps }: EnvironmentDecisions): string {
  return `${from} to ${to}: ${steps.join(', ')}`;
}
