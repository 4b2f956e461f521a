/** The modules of a factory folder and how they reference each other, read without any of Uplift's code. */
import fs from 'node:fs';
import path from 'node:path';

export interface FactoryModule {
  readonly name: string;
  readonly folder: string;
  readonly producers: readonly string[];
}

/** Modules that reach each other. */
export type Unit = readonly FactoryModule[];

export function readModules(factory: string): readonly FactoryModule[] {
  const root = path.join(factory, 'modules');
  return fs.readdirSync(root).map((folder) => {
    const { name, dependencies } = JSON.parse(fs.readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
    const producers = Object.keys(dependencies).filter((dependency) => !dependency.startsWith('@system/'));
    return { name, folder, producers };
  });
}

/** Modules that reach each other belong together; every module is in one unit. */
export function unitsOf(modules: readonly FactoryModule[]): readonly Unit[] {
  const byName = new Map(modules.map((module) => [module.name, module]));
  const reach = new Map(modules.map((module) => [module.name, reachedFrom(module, byName)]));
  const units = new Map<string, Unit>();
  for (const module of modules) {
    const members = modules.filter(
      ({ name }) => name === module.name || (reach.get(module.name)?.has(name) && reach.get(name)?.has(module.name)),
    );
    units.set(members.map(({ name }) => name).join(' + '), members);
  }
  return [...units.values()];
}

/** All modules that a module references, directly or through others. */
export function reachedFrom(module: FactoryModule, byName: ReadonlyMap<string, FactoryModule>): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [...module.producers];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    open.push(...(byName.get(name)?.producers ?? []));
  }
  return reached;
}
