/** The modules a front end has loaded, brought to what is wanted; one that cannot be loaded leaves the former one running. */
import type { ModuleName } from '../../../domain/modules/module.js';
import type { EmbeddedContext } from '../context.js';
import { ensureInstances } from '../ensureInstances.js';
import { messageOf } from './errorLog.js';
import { loadInstance, type Screens } from './instance.js';
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

export function loadedModules(context: Pick<EmbeddedContext, 'database' | 'dataFolder'>): LoadedModules {
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
      for (const module of wanted) {
        const before = attempted.get(module.name);
        if (before?.instance !== module.instance || before.token !== module.token) await attempt(module);
      }
      const names = new Set(wanted.map(({ name }) => name));
      for (const name of attempted.keys()) if (!names.has(name)) drop(name);
    },
  };

  async function attempt(wanted: WantedModule): Promise<void> {
    const { name, instance } = wanted;
    const error = await bring(wanted).then(() => null, messageOf);
    attempted.set(name, wanted);
    observed.set(name, { module: name, instance, error });
  }

  async function bring(wanted: WantedModule): Promise<void> {
    const former = running.get(wanted.name);
    if (former?.instance === wanted.instance) return;
    try {
      running.set(wanted.name, await load(wanted, wanted));
    } catch (error) {
      if (!former) await fallBack(wanted);
      throw error;
    }
  }

  /** For a front end that starts while a module is wanted that it cannot load. */
  async function fallBack(wanted: WantedModule): Promise<void> {
    const { deployed } = wanted;
    if (!deployed || deployed.instance === wanted.instance) return;
    const loaded = await load(wanted, deployed).catch(() => undefined);
    if (loaded) running.set(wanted.name, loaded);
  }

  function drop(name: ModuleName): void {
    attempted.delete(name);
    running.delete(name);
    observed.delete(name);
  }

  async function load(
    { name, application, token }: WantedModule,
    { instance, release }: { instance: string; release: string },
  ): Promise<LoadedModule> {
    const key = `${instance} ${name}`;
    try {
      const attempt = broken.has(key) ? { attempt: token } : {};
      await ensureInstances(context, [instance], whole);
      const screens = await loadInstance(context.dataFolder, { module: name, instance, ...attempt });
      return { name, application, instance, release, screens };
    } catch (error) {
      broken.add(key);
      whole.delete(instance);
      throw error;
    }
  }
}
