/** The modules of an environment with their reference graph, as one consistent reading of the database. */
import { type ModuleGraph, moduleGraph } from '../../domain/graph.js';
import type { ModuleName, ModuleState } from '../../domain/module.js';
import type { PlatformDatabase } from './database.js';
import type { ModuleRow } from './schema.js';

export interface FactoryModules {
  readonly modules: ReadonlyMap<ModuleName, ModuleRow>;
  readonly producersOf: (module: ModuleName) => readonly ModuleName[];
  readonly graph: ModuleGraph;
}

export async function readModules(database: PlatformDatabase, environment: string): Promise<FactoryModules> {
  const rows = await database.selectFrom('modules').selectAll().where('environment', '=', environment).execute();
  const references = await database
    .selectFrom('module_references')
    .select(['consumer', 'producer'])
    .where('environment', '=', environment)
    .orderBy('producer')
    .execute();
  const producers = new Map<ModuleName, ModuleName[]>();
  for (const { consumer, producer } of references) {
    const list = producers.get(consumer);
    if (list) list.push(producer);
    else producers.set(consumer, [producer]);
  }
  const producersOf = (module: ModuleName) => producers.get(module) ?? [];
  return {
    modules: new Map(rows.map((row) => [row.name, row])),
    producersOf,
    graph: moduleGraph(rows.map((row) => ({ name: row.name, producers: producersOf(row.name), cost: row.cost }))),
  };
}

export function statesOf(modules: ReadonlyMap<ModuleName, ModuleRow>): ReadonlyMap<ModuleName, ModuleState> {
  return new Map([...modules].map(([name, row]) => [name, row.state]));
}
