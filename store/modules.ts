/** The modules of described environments, as the lists say that were imported. */
import type { Place } from '../domain/infrastructure/place.js';
import type { ListedModule } from '../domain/modules/moduleList.js';
import { isOn } from '../domain/releases/version.js';
import type { ModuleFacts } from '../port/inventory.js';
import { nowText, type Store } from './store.js';

export interface ModuleList {
  readonly modules: readonly ListedModule[];
  /** Which the environment was on when it was imported. */
  readonly release: string;
  /** When it was imported, ISO 8601 UTC. */
  readonly at: string;
}

/** The list takes the place of all that was listed of each of these environments, or of none. `release`: which each is on now. */
export async function replaceModules(
  store: Store,
  places: readonly (Place & { readonly release: string })[],
  modules: readonly ListedModule[],
): Promise<void> {
  const text = JSON.stringify(modules);
  await store.transaction().execute(async (transaction) => {
    for (const { infrastructure, environment, release } of places) {
      const row = { release, modules: text, at: nowText };
      await transaction
        .insertInto('module_lists')
        .values({ infrastructure, environment, ...row })
        .onConflict((conflict) => conflict.columns(['infrastructure', 'environment']).doUpdateSet(row))
        .execute();
    }
  });
}

/**
 * After a preparation for `release`: of the listed modules `failed` failed and the others are prepared, but for those that were never
 * published. Without a list nothing is kept: what is not listed is not made up.
 */
export async function recordFailed(
  store: Store,
  { release, failed, ...place }: Place & { readonly release: string; readonly failed: readonly string[] },
): Promise<void> {
  const list = await moduleList(store, place);
  if (!list) return;
  const modules = list.modules.map(
    (module): ListedModule =>
      module.published === false ? module : { ...module, state: failed.includes(module.name) ? 'failed' : 'prepared' },
  );
  await replaceModules(store, [{ ...place, release }], modules);
}

/** In the order of the list. Null: none was imported. */
export async function moduleList(store: Store, { infrastructure, environment }: Place): Promise<ModuleList | null> {
  const row = await store
    .selectFrom('module_lists')
    .select(['modules', 'release', 'at'])
    .where('infrastructure', '=', infrastructure)
    .where('environment', '=', environment)
    .executeTakeFirst();
  return row ? { ...row, modules: JSON.parse(row.modules) as readonly ListedModule[] } : null;
}

/**
 * The modules of a list as they stand in an environment that is on `release` now, by name. A state is of one release: after another one
 * was installed it is unknown, but for what was never published.
 */
export function listedFacts({ modules, release: listedOn, at }: ModuleList, release: string): readonly ModuleFacts[] {
  return modules
    .map((module): ModuleFacts => {
      const { name, application, ownerTeam, kind, version, published } = module;
      const state = published === false ? 'not applicable' : module.state;
      const holds = state === 'not applicable' || isOn(listedOn, release);
      return {
        ...{ name, application, ownerTeam, kind, version },
        known: { kind: 'listed', at },
        state: holds ? state : null,
        release: holds && state === 'prepared' ? release : null,
        deployedRelease: null,
        upToDate: null,
        publishable: null,
        lock: null,
        cause: null,
        diagnostics: [],
      };
    })
    .sort((left, right) => left.name.localeCompare(right.name));
}
