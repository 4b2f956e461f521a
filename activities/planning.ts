/** Plans: made from the infrastructure file and what is installed, kept by hash, read again by hash. Key: the run. */
import { activityInfo } from '@temporalio/activity';
import { type Analysis, analysis, type Refusal } from '../domain/analysis.js';
import { UpliftError } from '../domain/errors.js';
import type { GateDecision } from '../domain/gateDecision.js';
import type { Environment } from '../domain/infrastructure.js';
import {
  type EnvironmentDecisions,
  entriesLeft,
  type InfrastructurePlan,
  infrastructurePlan,
  type PlanDecisions,
} from '../domain/infrastructurePlan.js';
import { knowledge } from '../domain/knowledge.js';
import type { EnvironmentFacts } from '../platform/port.js';
import { isApproved, recordEvidence, upgraded, upgradedEnvironments } from '../store/evidence.js';
import { endUpgradeRecord, loadPlan, numberUpgrade, savePlan, upgradeOfPlan } from '../store/upgrades.js';
import { activityKey, effectful, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';

interface Planned {
  /** `acme#7` */
  readonly upgrade: string;
  readonly hash: string;
  readonly to: string;
  readonly gates: readonly GateDecision[];
  readonly summary: string;
  /** What the plan's gate asks, in sentences. */
  readonly asks: readonly string[];
  /** Entries that its approval has to accept by name. */
  readonly toHandle: readonly string[];
}

export interface PlannedInfrastructure extends Planned {
  /** What is left of the plan's environments: one that was upgraded and tested under this plan is not done again. */
  readonly order: readonly string[];
}

export interface PlannedEnvironment extends Planned {
  readonly plan: EnvironmentDecisions;
  /** Evidence says that the plan's gate was opened before: for the infrastructure, or in an earlier run. */
  readonly approved: boolean;
  /** Milliseconds that have to fit into the window. */
  readonly work: number;
}

export interface PlanDocument {
  readonly hash: string;
  readonly plan: InfrastructurePlan;
  readonly analysis: Analysis;
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
}

/** Milliseconds that a module may take to be prepared and deployed before anything was measured; and what every upgrade takes. */
const perModule = 1_000;
const always = 120_000;

export const planningActivities = (dependencies: Dependencies) => {
  const { store } = dependencies;
  return {
    /** For people: the plan with the analysis it was made from. Nothing is numbered or begun. */
    makePlan: effectful(store, (request: Request): Promise<PlanDocument> => makePlan(dependencies, request)),

    planUpgrade: effectful(store, async (request: Request): Promise<PlannedInfrastructure> => {
      const { hash, plan } = await planOfRequest(dependencies, request);
      const upgrade = await number(dependencies, request, hash, '');
      const summary = `${plan.environments.map(({ name }) => name).join(' → ')} to ${plan.to}`;
      const done = await upgradedEnvironments(store, hash);
      const order = plan.environments.map(({ name }) => name).filter((name) => !done.has(name));
      return { ...described(upgrade, hash, plan, plan.gates, summary), order };
    }),

    planEnvironment: effectful(
      store,
      async (request: Request & { environment: string }): Promise<PlannedEnvironment> => {
        const { environment } = request;
        const { hash, plan } = await planOfRequest(dependencies, request, environment);
        const decisions = environmentOf(plan, environment);
        const upgrade =
          (request.plan === undefined ? undefined : await upgradeOfPlan(store, hash)) ??
          (await number(dependencies, request, hash, environment));
        const gates = [...plan.gates, ...decisions.gates];
        return {
          ...described(upgrade, hash, plan, gates, summaryOf(decisions)),
          plan: decisions,
          approved:
            request.plan !== undefined &&
            (await isApproved(store, { upgrade, plan: hash, gate: 'plan', approvals: plan.gates[0]?.quorum ?? 1 })),
          work: always + perModule * (await dependencies.platform.inventory.modules(environment)).length,
        };
      },
    ),

    planOf: explained(
      async ({ hash, environment }: { hash: string; environment: string }): Promise<PlannedEnvironment['plan']> =>
        environmentOf(await loadPlan(store, hash), environment),
    ),

    /** Keeps the report as evidence; of an environment also that this plan is done there. */
    endUpgrade: explained(async ({ upgrade, plan, environment, report }: Ended): Promise<void> => {
      const { workflowId = '', runId = '' } = activityInfo().workflowExecution ?? {};
      const record = { key: activityKey(), upgrade, workflow: workflowId, run: runId, name: upgraded, refusal: null };
      await recordEvidence(store, { ...record, payload: { plan, environment: environment ?? null, report } });
      await endUpgradeRecord(store, runId, report);
    }),
  };
};

/** The plan of the hash, or a new one, saved. Throws `PLAN_STALE` for one that no longer fits what is installed. */
async function planOfRequest(
  dependencies: Dependencies,
  request: Request,
  environment?: string,
): Promise<{ hash: string; plan: PlanDecisions }> {
  const { store, platform } = dependencies;
  if (request.plan === undefined) {
    const made = await makePlan(dependencies, request, environment);
    return { hash: made.hash, plan: made.plan.decisions };
  }
  const plan = await loadPlan(store, request.plan);
  const facts = await platform.inventory.environments();
  for (const { name, from, to } of plan.environments) {
    const installed = facts.find((fact) => fact.name === name)?.serverRelease;
    if (installed === from || installed === to) continue;
    throw new UpliftError('PLAN_STALE', {
      what: `The plan ${request.plan} takes ${name} from ${from}, and it is on ${installed ?? 'nothing that is known'}`,
      next: 'uplift plan, and have the new one approved',
    });
  }
  return { hash: request.plan, plan };
}

async function makePlan(
  { platform, store }: Dependencies,
  { infrastructure, to, requestedBy }: Request,
  environment?: string,
): Promise<PlanDocument> {
  const described = await platform.inventory.infrastructure(infrastructure);
  if (environment !== undefined) await platform.inventory.environment(infrastructure, environment);
  const facts = await platform.inventory.environments();
  const chosen = described.environments.filter(({ name }) => environment === undefined || name === environment);
  const environments = chosen.map((one) => ({ environment: one, from: releaseOf(facts, one) }));
  const analysed = analysis(
    { infrastructure, environments, to, offered: await platform.inventory.releases(), lifeTime: described.lifeTime },
    knowledge,
  );
  const outcome = infrastructurePlan({
    infrastructure: described,
    environments,
    analysis: analysed,
    // One environment at a time is its owners' decision; what was upgraded before it counts as tested when they say so by asking.
    tested: environment === undefined ? [] : described.environments.map(({ name }) => name),
    requester: requestedBy,
    now: Date.now(),
  });
  if (outcome.kind === 'refused') throw refused(outcome.refusals);
  for (const decisions of outcome.plan.decisions.environments) assertDriven(decisions, analysed);
  return { hash: await savePlan(store, outcome.plan.decisions), plan: outcome.plan, analysis: analysed };
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

function environmentOf(plan: PlanDecisions, environment: string): EnvironmentDecisions {
  const found = plan.environments.find(({ name }) => name === environment);
  if (found) return found;
  throw new UpliftError('ENVIRONMENT_UNKNOWN', {
    what: `The plan has no environment ${environment}; it has ${plan.environments.map(({ name }) => name).join(', ')}`,
    next: 'uplift plan',
  });
}

async function number(
  { store }: Dependencies,
  { infrastructure, requestedBy }: Request,
  plan: string,
  environment: string,
): Promise<string> {
  const { workflowId = '', runId = '' } = activityInfo().workflowExecution ?? {};
  return numberUpgrade(store, {
    infrastructure,
    environment,
    workflow: workflowId,
    run: runId,
    plan,
    requestedBy: requestedBy ?? null,
  });
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
    toHandle: entriesLeft(plan),
  };
}

function asked(decisions: EnvironmentDecisions): string {
  return `${decisions.name}: ${summaryOf(decisions)}; ${decisions.strategy}`;
}

function handled(plan: PlanDecisions): string[] {
  const entries = entriesLeft(plan);
  return entries.length === 0
    ? []
    : [`To accept by name, with a reason: ${entries.join(', ')} (uplift plan explains each)`];
}

function summaryOf({ from, to, steps }: EnvironmentDecisions): string {
  return `${from} to ${to}: ${steps.join(', ')}`;
}
