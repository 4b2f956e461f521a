/** The running infrastructure a command is about, and which of its environments and modules somebody means. */
import { UpliftError } from '../../domain/errors.js';
import type { ModuleName } from '../../domain/modules/module.js';
import { nearestName } from '../../domain/nearestName.js';
import type { ModuleFacts } from '../../port/inventory.js';
import { type RunFile, type RunFileEnvironment, readRunFile } from '../../store/runFile.js';
import type { Temporal } from '../../temporal/connection.js';
import { describedCenter } from '../describedCenter.js';
import { type ServiceCenter, serviceCenter } from '../serviceCenter.js';

/** One environment of a running infrastructure. */
export interface Place {
  readonly infrastructure: string;
  readonly environment: string;
  /** Null: unknown. */
  readonly applicationsUrl: string | null;
  readonly serviceCenter: ServiceCenter;
  readonly run: RunFile;
  readonly dataFolder: string;
}

/** Throws `NOT_RUNNING` when nothing was started on the data folder. */
async function runningInfrastructure(dataFolder: string): Promise<RunFile> {
  const run = await readRunFile(dataFolder);
  if (run) return run;
  throw new UpliftError('NOT_RUNNING', {
    what: `Nothing runs on the data folder ${dataFolder}: it has no run.json`,
    next: `uplift up --data ${dataFolder}, or name another folder with --data or UPLIFT_DATA`,
  });
}

/** Throws `NOT_RUNNING` and what `chosenEnvironment` throws. */
export async function placeOf(dataFolder: string, environment: string | undefined): Promise<Place> {
  const run = await runningInfrastructure(dataFolder);
  return placeIn(run, chosenEnvironment(run, environment), dataFolder);
}

/** Environments of one infrastructure. */
export interface Places extends Pick<Place, 'run' | 'dataFolder'> {
  readonly places: readonly Place[];
}

/** All of them, or the one that is named. Throws as `placeOf`. */
export async function placesOf(dataFolder: string, environment?: string): Promise<Places> {
  const run = await runningInfrastructure(dataFolder);
  const chosen = environment === undefined ? run.environments : [chosenEnvironment(run, environment)];
  return { run, dataFolder, places: chosen.map((one) => placeIn(run, one, dataFolder)) };
}

/** Throws `ENVIRONMENT_UNKNOWN`, naming those there are; also when several could be meant. */
export function chosenEnvironment(run: RunFile, name: string | undefined): RunFileEnvironment {
  const { infrastructure, environments } = run;
  const names = environments.map((environment) => environment.name);
  const [only, ...others] = environments;
  if (name === undefined && only && others.length === 0) return only;
  const found = environments.find((environment) => environment.name === name);
  if (found) return found;
  const nearest = name === undefined ? undefined : nearestName(name, names);
  throw new UpliftError('ENVIRONMENT_UNKNOWN', {
    what:
      name === undefined
        ? `${infrastructure} has ${names.length} environments: ${names.join(', ')}`
        : `${infrastructure} has no environment ${name}; it has ${names.join(', ')}`,
    next: nearest ? `perhaps ${nearest} is meant` : 'name one of them',
  });
}

/** Throws `MODULE_UNKNOWN` where nobody has listed them. */
export async function listedModules({ environment, serviceCenter }: Place): Promise<readonly ModuleFacts[]> {
  const modules = await serviceCenter.modules();
  if (modules) return modules;
  throw new UpliftError('MODULE_UNKNOWN', {
    what: `The modules of ${environment} are not listed`,
    next: 'uplift import --modules FILE',
  });
}

/** The full name. Throws `MODULE_UNKNOWN`, with the nearest name or those that could be meant. */
export function chosenModule(environment: string, names: readonly ModuleName[], given: string): ModuleName {
  if (names.includes(given)) return given;
  const withScope = names.filter((name) => unscoped(name) === given);
  const [only, ...others] = withScope;
  if (only && others.length === 0) return only;
  if (only) {
    throw new UpliftError('MODULE_UNKNOWN', {
      what: `${environment} has ${withScope.length} modules of the name ${given}: ${withScope.join(', ')}`,
      next: 'name one of them with its scope',
    });
  }
  const nearest = nearestName(given, names) ?? names.find((name) => unscoped(name) === nearestUnscoped(names, given));
  throw new UpliftError('MODULE_UNKNOWN', {
    what: `${environment} has no module ${given}`,
    next: nearest ? `perhaps ${nearest} is meant` : `uplift modules ${environment} lists them`,
  });
}

/** `[environment] <module>`: a single word is the module. Throws `INPUT_INVALID` without any. */
export function environmentAndModule([first, second]: readonly (string | undefined)[], command: string) {
  if (first === undefined) {
    throw new UpliftError('INPUT_INVALID', { what: 'No module is named', next: `uplift ${command} --help` });
  }
  return second === undefined ? { module: first } : { environment: first, module: second };
}

/** Connects while `work` goes on. */
export async function withTemporal<T>(
  { run, dataFolder }: Pick<Place, 'run' | 'dataFolder'>,
  work: (temporal: Temporal) => Promise<T>,
): Promise<T> {
  const { connectTemporal } = await import('../../temporal/connection.js');
  const temporal = await connectTemporal(run, dataFolder);
  try {
    return await work(temporal);
  } finally {
    await temporal.close();
  }
}

function placeIn(run: RunFile, environment: RunFileEnvironment, dataFolder: string): Place {
  const { name, applicationsUrl, serviceCenterUrl } = environment;
  const place = { infrastructure: run.infrastructure, environment: name };
  const center =
    serviceCenterUrl === null
      ? describedCenter(place, dataFolder)
      : serviceCenter({ name, serviceCenterUrl }, dataFolder);
  return {
    ...place,
    applicationsUrl,
    serviceCenter: center,
    run,
    dataFolder,
  };
}

function unscoped(name: ModuleName): string {
  return name.slice(name.indexOf('/') + 1);
}

function nearestUnscoped(names: readonly ModuleName[], given: string): string | undefined {
  return nearestName(given, names.map(unscoped));
}
