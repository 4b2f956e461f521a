/** The plan of an environment's upgrade, and the upgrade's number. Key: the run. */
import { activityInfo } from '@temporalio/activity';
import { UpliftError } from '../domain/errors.js';
import type { EnvironmentPlan } from '../domain/plan.js';
import { releases } from '../domain/releases.js';
import type { Step } from '../domain/step.js';
import { type UpgradePath, upgradePath } from '../domain/upgradePath.js';
import type { EnvironmentFacts } from '../platform/port.js';
import { endUpgradeRecord, numberUpgrade, savePlan } from '../store/upgrades.js';
import { effectful, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';

export interface PlanRequest {
  readonly infrastructure: string;
  readonly environment: string;
  readonly to: string;
  readonly deploy?: 'all' | 'none' | undefined;
  readonly requestedBy?: string | undefined;
}

export interface Planned {
  /** `acme#7` */
  readonly upgrade: string;
  readonly hash: string;
  readonly plan: EnvironmentPlan;
  readonly warnings: readonly string[];
}

export const planningActivities = ({ platform, store }: Dependencies) => ({
  planEnvironment: effectful(store, async (request: PlanRequest): Promise<Planned> => {
    const { infrastructure, environment, to, requestedBy } = request;
    const facts = await platform.inventory.environment(infrastructure, environment);
    const path = supported(upgradePath({ from: facts.serverRelease, to }, releases), to);
    await assertInstallable(await platform.inventory.releases(), to);
    const plan = environmentPlan(request, facts, path);
    const hash = await savePlan(store, plan);
    const { workflowId = '', runId = '' } = activityInfo().workflowExecution ?? {};
    const record = {
      infrastructure,
      environment,
      workflow: workflowId,
      run: runId,
      plan: hash,
      requestedBy: requestedBy ?? null,
    };
    return {
      upgrade: await numberUpgrade(store, record),
      hash,
      plan,
      warnings: path.warnings.map(({ rule, text }) => `${rule}: ${text}`),
    };
  }),

  endUpgrade: explained(async ({ result }: { result: unknown }): Promise<void> => {
    await endUpgradeRecord(store, activityInfo().workflowExecution?.runId ?? '', result);
  }),
});

type SupportedPath = Exclude<UpgradePath, { kind: 'refused' }>;

/** Throws the refusal of a rule; also for paths that have to publish all, which are not driven yet. */
function supported(path: UpgradePath, to: string): SupportedPath {
  if (path.kind === 'refused') throw new UpliftError(path.code, { what: path.reason, next: path.next });
  if (path.applications === 'gradual' && path.preparation.kind === 'progressive') return path;
  throw new UpliftError('PATH_UNSUPPORTED', {
    what: `The way to ${to} needs ${path.applications === 'gradual' ? 'a preparation that locks the whole environment' : 'every application published at once'} (${path.rules.join(', ')}), which Uplift does not drive yet`,
    next: 'choose a target from 11.17.0 on, coming from 11.10.1 or later',
  });
}

function assertInstallable(known: readonly string[], to: string): void {
  if (known.includes(to)) return;
  throw new UpliftError('RELEASE_UNKNOWN', {
    what: `The release ${to} cannot be installed here; there are ${known.join(', ')}`,
    next: 'add its folder to releases/, or choose one of these',
  });
}

function environmentPlan(
  { infrastructure, environment, to, deploy = 'all' }: PlanRequest,
  facts: EnvironmentFacts,
  path: SupportedPath,
): EnvironmentPlan {
  const deployAll = deploy === 'all' && path.deployAll === 'available';
  const steps: Step[] = [
    ...(path.kind === 'upgrade' ? (['server'] as const) : []),
    'preparation',
    ...(deployAll ? (['deployment'] as const) : []),
    'tests',
  ];
  return {
    infrastructure,
    environment,
    from: facts.serverRelease,
    to,
    steps,
    frontEnds: facts.frontEnds.map(({ name }) => name),
    applications: deployAll ? 'deploy all' : 'gradual',
    gates: [
      { name: 'plan', quorum: 1 },
      { name: 'applications', quorum: 1 },
      { name: 'tests', quorum: 1 },
    ],
  };
}
