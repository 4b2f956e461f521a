/** How an environment stands, put together from Service Center and Temporal. */
import type { ModuleName, ModuleState } from '../../domain/modules/module.js';
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
  /** How the failed modules that a gate asks about stand now: they may have been repaired since it asked. */
  readonly asked: readonly AskedModule[];
}

export interface AskedModule {
  readonly name: ModuleName;
  readonly state: ModuleState;
}

export interface EnvironmentView extends Activity {
  readonly facts: EnvironmentFacts;
  readonly modules: Readonly<Record<ModuleState, number>>;
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
    asked: await askedModules(place, runs),
  };
}

/** Modules of a question that are looked at each time. */
const mostAsked = 10;

async function askedModules({ serviceCenter }: Place, runs: readonly Run[]): Promise<readonly AskedModule[]> {
  const gate = runs.map(({ status }) => status?.gate).find((one) => one?.name === 'applications');
  const accept = gate?.approve['accept'];
  if (!Array.isArray(accept)) return [];
  const names = accept.map(String).filter((name) => gate?.asks.some((ask) => ask.startsWith(`${name}: `)));
  return Promise.all(
    names.slice(0, mostAsked).map(async (name) => ({ name, state: (await serviceCenter.module(name)).state })),
  );
}

const nothingElse = { preparation: null, deployment: null, asked: [] } as const;

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
  return { ...activity, facts, modules: modulesByState(modules) };
}

/** What is about one procedure. */
export function onlyAbout(activity: Activity, procedure: Run['procedure']): Activity {
  return {
    environment: activity.environment,
    runs: activity.runs.filter((run) => run.procedure === procedure),
    preparation: procedure === 'prepare' ? activity.preparation : null,
    deployment: procedure === 'deploy' ? activity.deployment : null,
    asked: [],
  };
}

function modulesByState(modules: readonly ModuleFacts[]): Record<ModuleState, number> {
  const counts = { prepared: 0, failed: 0, skipped: 0, pending: 0, preparing: 0, 'not applicable': 0 };
  for (const { state } of modules) counts[state]++;
  return counts;
}
