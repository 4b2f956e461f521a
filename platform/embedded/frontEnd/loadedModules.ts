/**
 * The modules a front end has loaded, brought to what is wanted. Those of one instance go together: all of them are replaced, or the
 * former ones go on running.
 */
import type { ModuleName } from '../../../domain/modules/module.js';
import type { EmbeddedContext } from '../context.js';
import { ensureInstances } from '../ensureInstances.js';
import { messageOf } from './errorLog.js';
import { instanceLoader, type Screens } from './instance.js';
import type { Observation, WantedModule } from './wanted.js';

export interface LoadedModule {
  readonly name: ModuleName;
  readonly application: string;
  /** The instance that runs; not the wanted one while that one cannot be loaded. */
  readonly instance: string;
  readonly release: string;
  readonly screens: Screens;
}

export interface LoadedModules {
  all(): readonly LoadedModule[];
  /** What became of the last attempt with each wanted module; a new object for a new attempt. */
  observed(): ReadonlyMap<ModuleName, Observation>;
  /** Attempts what is wanted and was not attempted yet, drops what is no longer wanted. */
  bringTo(wanted: readonly WantedModule[]): Promise<void>;
}

/** Modules that are to run from one instance: a module, or several that reference each other. */
type WantedUnit = readonly WantedModule[];

export function loadedModules(context: Pick<EmbeddedContext, 'database' | 'dataFolder'>): LoadedModules {
  const loadInstance = instanceLoader(context.dataFolder);
  const attempted = new Map<ModuleName, WantedModule>();
  const running = new Map<ModuleName, LoadedModule>();
  const observed = new Map<ModuleName, Observation>();
  const broken = new Set<string>();
  /** Instances found whole since this process runs. */
  const whole = new Set<string>();

  return {
    all: () => [...running.values()],
    observed: () => observed,
    async bringTo(wanted) {
      for (const unit of byInstance(wanted)) if (!unit.every(wasAttempted)) await attempt(unit);
      const names = new Set(wanted.map(({ name }) => name));
      for (const name of attempted.keys()) if (!names.has(name)) drop(name);
    },
  };

  function wasAttempted({ name, instance, token }: WantedModule): boolean {
    const before = attempted.get(name);
    return before?.instance === instance && before.token === token;
  }

  async function attempt(unit: WantedUnit): Promise<void> {
    const error = await bring(unit).then(() => null, messageOf);
    for (const wanted of unit) {
      const { name, instance } = wanted;
      attempted.set(name, wanted);
      observed.set(name, { module: name, instance, error });
    }
  }

  async function bring(unit: WantedUnit): Promise<void> {
    if (unit.every(({ name, instance }) => running.get(name)?.instance === instance)) return;
    try {
      run(await load(unit));
    } catch (error) {
      await fallBack(unit.filter(({ name }) => !running.has(name)));
      throw error;
    }
  }

  /** For a front end that starts while modules are wanted that it cannot load. */
  async function fallBack(unit: WantedUnit): Promise<void> {
    const former = unit.flatMap((wanted) =>
      wanted.deployed && wanted.deployed.instance !== wanted.instance ? [{ ...wanted, ...wanted.deployed }] : [],
    );
    for (const deployed of byInstance(former)) await load(deployed).then(run, () => undefined);
  }

  function run(modules: readonly LoadedModule[]): void {
    for (const module of modules) running.set(module.name, module);
  }

  function drop(name: ModuleName): void {
    attempted.delete(name);
    running.delete(name);
    observed.delete(name);
  }

  async function load(unit: WantedUnit): Promise<readonly LoadedModule[]> {
    const [{ instance, token } = { instance: '', token: 0 }] = unit;
    try {
      const attempt = broken.has(instance) ? { attempt: token } : {};
      await ensureInstances(context, [instance], whole);
      const screensOf = await loadInstance({ instance, ...attempt });
      return unit.map(({ name, application, release }) => {
        const screens = screensOf.get(name);
        if (!screens) throw new Error(`the instance ${instance} does not hold ${name}`);
        return { name, application, instance, release, screens };
      });
    } catch (error) {
      broken.add(instance);
      whole.delete(instance);
      throw error;
    }
  }
}

function byInstance(wanted: readonly WantedModule[]): readonly WantedUnit[] {
  const units = new Map<string, WantedModule[]>();
  for (const module of wanted) {
    const unit = units.get(module.instance) ?? [];
    units.set(module.instance, unit);
    unit.push(module);
  }
  return [...units.values()];
}
