/** Which screen is at which address, and what the navigation shows. */
import type { ModuleName } from '../../../domain/module.js';
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
  const paths = modulePaths(modules);
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

/**
 * A module is at its name without the scope. Of several that share it the one without a scope has it, for it has no other, else the first
 * in the alphabet; the others are at their whole names, which have a `+` that no name has.
 */
function modulePaths(modules: readonly LoadedModule[]): ReadonlyMap<string, LoadedModule> {
  const paths = new Map<string, LoadedModule>();
  const scoped = ({ name }: LoadedModule) => name.startsWith('@');
  const order = (a: LoadedModule, b: LoadedModule) =>
    Number(scoped(a)) - Number(scoped(b)) || (a.name < b.name ? -1 : 1);
  for (const module of [...modules].sort(order)) {
    const short = withoutScope(module.name);
    paths.set(paths.has(short) ? moduleFolder(module.name) : short, module);
  }
  return paths;
}

function withoutScope(name: ModuleName): string {
  return name.replace(/^@[^/]+\//, '');
}
