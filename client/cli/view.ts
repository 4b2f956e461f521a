/** How an environment stands, put together from Service Center and Temporal. */
import type { ModuleState } from '../../domain/modules/module.js';
import type { EnvironmentFacts, ModuleFacts } from '../../port/inventory.js';
import type { PreparationReport } from '../../port/preparation.js';
import type { Temporal } from '../../temporal/connection.js';
import type { Execution } from '../serviceCenter.js';
import type { Place } from './infrastructure.js';
import { infrastructureRun, type Run, runningRuns } from './runs.js';

/** What goes on; cheap enough to be read every second. */
export interface Activity {
  /** Or the infrastructure. */
  readonly environment: string;
  readonly runs: readonly Run[];
  /** The one that runs. */
  readonly preparation: PreparationReport | null;
  /** The one that runs. */
  readonly deployment: Execution | null;
}

export interface EnvironmentView extends Activity {
  readonly facts: EnvironmentFacts;
  /** How many are in each state; null: they are not listed. */
  readonly modules: Readonly<Record<ModuleState | 'unknown', number>> | null;
}

export async function readActivity(temporal: Temporal, place: Place): Promise<Activity> {
  const { environment, serviceCenter } = place;
  const [runs, executions] = await Promise.all([runningRuns(temporal, place), serviceCenter.executions()]);
  const running = executions.filter(({ status }) => status === 'running');
  const preparation = running.find(({ step }) => step === 'Preparation');
  return {
    environment,
    runs,
    preparation: preparation ? await serviceCenter.preparation(preparation.id) : null,
    deployment: running.find(({ step }) => step === 'Deployment') ?? null,
  };
}

const nothingElse = { preparation: null, deployment: null } as const;

/** Of the infrastructure itself: its upgrade. */
export async function readInfrastructureActivity(temporal: Temporal, place: Place): Promise<Activity> {
  const run = await infrastructureRun(temporal, place);
  return { environment: place.infrastructure, runs: run ? [run] : [], ...nothingElse };
}

export async function readView(temporal: Temporal, place: Place): Promise<EnvironmentView> {
  const { serviceCenter } = place;
  const [activity, facts, modules] = await Promise.all([
    readActivity(temporal, place),
    serviceCenter.facts(),
    serviceCenter.modules(),
  ]);
  return { ...activity, facts, modules: modules && modulesByState(modules) };
}

/** What is about one procedure. */
export function onlyAbout(activity: Activity, procedure: Run['procedure']): Activity {
  return {
    environment: activity.environment,
    runs: activity.runs.filter((run) => run.procedure === procedure),
    preparation: procedure === 'prepare' ? activity.preparation : null,
    deployment: procedure === 'deploy' ? activity.deployment : null,
  };
}

function modulesByState(modules: readonly ModuleFacts[]): NonNullable<EnvironmentView['modules']> {
  const counts = { prepared: 0, failed: 0, skipped: 0, pending: 0, preparing: 0, 'not applicable': 0, unknown: 0 };
  for (const { state } of modules) counts[state ?? 'unknown']++;
  return counts;
}
