/** Which screen is at which address, and what the navigation shows. */
import type { ModuleName } from '../../../domain/modules/module.js';
import { moduleFolder } from '../layout.js';
import type { Screen } from './instance.js';
import type { LoadedModule } from './loadedModules.js';
import type { NavigationEntry } from './runtime.js';

export interface Catalogue {
  readonly navigation: readonly NavigationEntry[];
  /** The parts of `/<module>/<screen>`. */
  find(modulePath: string, exportName: string): { readonly module: LoadedModule; readonly screen: Screen } | undefined;
}

/** Ordered by application, then module; the screens in the order in which Node lists a module's exports. */
export function catalogueOf(modules: readonly LoadedModule[]): Catalogue {
  const byName = new Map(modules.map((module) => [module.name, module]));
  const paths = new Map<string, LoadedModule>();
  for (const [path, name] of modulePaths([...byName.keys()])) {
    const module = byName.get(name);
    if (module) paths.set(path, module);
  }
  const ordered = [...paths].sort(
    ([, a], [, b]) => a.application.localeCompare(b.application) || a.name.localeCompare(b.name),
  );
  return {
    navigation: ordered.flatMap(([path, { application, screens }]) =>
      [...screens].map(([exportName, { name }]) => ({
        href: `/${encodeURIComponent(path)}/${encodeURIComponent(exportName)}`,
        title: name,
        application,
      })),
    ),
    find(modulePath, exportName) {
      const module = paths.get(modulePath);
      const screen = module?.screens.get(exportName);
      return module && screen && { module, screen };
    },
  };
}

/** The module at the first part of an address, of all that an environment has. */
export function moduleAt(modules: readonly ModuleName[], path: string): ModuleName | undefined {
  const paths = modulePaths(modules);
  try {
    return paths.get(decodeURIComponent(path));
  } catch {
    return undefined;
  }
}

/**
 * A module is at its name without the scope. Of several that share it the one without a scope has it, for it has no other, else the first
 * in the alphabet; the others are at their whole names, which have a `+` that no name has.
 */
function modulePaths(modules: readonly ModuleName[]): ReadonlyMap<string, ModuleName> {
  const paths = new Map<string, ModuleName>();
  const scoped = (name: ModuleName) => name.startsWith('@');
  const order = (a: ModuleName, b: ModuleName) => Number(scoped(a)) - Number(scoped(b)) || (a < b ? -1 : 1);
  for (const name of [...modules].sort(order)) {
    const short = withoutScope(name);
    paths.set(paths.has(short) ? moduleFolder(name) : short, name);
  }
  return paths;
}

function withoutScope(name: ModuleName): string {
  return name.replace(/^@[^/]+\//, '');
}
