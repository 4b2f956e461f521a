/** The modules a front end has loaded, brought to what is wanted; one that cannot be loaded leaves the former one running. */
import type { ModuleName } from '../../../domain/module.js';
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
  /** Only what was attempted anew is in the observations. Modules no longer wanted are dropped. */
  bringTo(
    wanted: readonly WantedModule[],
  ): Promise<{ observations: readonly Observation[]; dropped: readonly ModuleName[] }>;
}

/** What was last attempted for a module, and what runs since. */
interface Attempt {
  readonly wanted: WantedModule;
  readonly running: LoadedModule | undefined;
  readonly error: string | null;
}

export function loadedModules(dataFolder: string): LoadedModules {
  const attempts = new Map<ModuleName, Attempt>();
  const broken = new Set<string>();

  return {
    all: () => [...attempts.values()].flatMap(({ running }) => running ?? []),
    async bringTo(wanted) {
      const observations: Observation[] = [];
      for (const module of wanted) {
        const before = attempts.get(module.name);
        if (before?.wanted.instance === module.instance && before.wanted.token === module.token) continue;
        const attempt = await attemptOf(module, before?.running);
        attempts.set(module.name, attempt);
        observations.push({ module: module.name, instance: module.instance, error: attempt.error });
      }
      const names = new Set(wanted.map(({ name }) => name));
      const dropped = [...attempts.keys()].filter((name) => !names.has(name));
      for (const name of dropped) attempts.delete(name);
      return { observations, dropped };
    },
  };

  async function attemptOf(wanted: WantedModule, former: LoadedModule | undefined): Promise<Attempt> {
    try {
      const running = former?.instance === wanted.instance ? former : await load(wanted, wanted);
      return { wanted, running, error: null };
    } catch (error) {
      return { wanted, running: former ?? (await loadDeployed(wanted)), error: messageOf(error) };
    }
  }

  /** For a front end that starts while a module is wanted that it cannot load. */
  async function loadDeployed(wanted: WantedModule): Promise<LoadedModule | undefined> {
    const { deployed } = wanted;
    if (!deployed || deployed.instance === wanted.instance) return undefined;
    return load(wanted, deployed).catch(() => undefined);
  }

  async function load(
    { name, application, token }: WantedModule,
    { instance, release }: { instance: string; release: string },
  ): Promise<LoadedModule> {
    const key = `${instance} ${name}`;
    try {
      const attempt = broken.has(key) ? { attempt: token } : {};
      const screens = await loadInstance(dataFolder, { module: name, instance, ...attempt });
      return { name, application, instance, release, screens };
    } catch (error) {
      broken.add(key);
      throw error;
    }
  }
}
