/** The modules of an environment with their reference graph, as one consistent reading of the database. */
import { sql } from 'kysely';
import { type ModuleGraph, moduleGraph } from '../../domain/modules/graph.js';
import type { ModuleName, ModuleState } from '../../domain/modules/module.js';
import type { PlatformDatabase } from './database.js';
import type { ModuleRow } from './schema.js';

export interface FactoryModules {
  readonly modules: ReadonlyMap<ModuleName, ModuleRow>;
  readonly producersOf: (module: ModuleName) => readonly ModuleName[];
  readonly graph: ModuleGraph;
}

/** One statement, so that no publish comes between the modules and their references. */
export async function readModules(database: PlatformDatabase, environment: string): Promise<FactoryModules> {
  const rows = await database
    .selectFrom('modules')
    .selectAll()
    .select(
      sql<string>`(select json_group_array(producer) from module_references
        where environment = modules.environment and consumer = modules.name)`.as('producers'),
    )
    .where('environment', '=', environment)
    .execute();
  const producers = rows.map(
    ({ name, producers: names }) => [name, (JSON.parse(names) as ModuleName[]).sort()] as const,
  );
  return factoryOf(
    rows.map(({ producers: _, ...row }) => row),
    new Map(producers),
  );
}

export function factoryOf(
  rows: readonly ModuleRow[],
  producers: ReadonlyMap<ModuleName, readonly ModuleName[]>,
): FactoryModules {
  const producersOf = (module: ModuleName) => producers.get(module) ?? [];
  return {
    modules: new Map(rows.map((row) => [row.name, row])),
    producersOf,
    graph: moduleGraph(rows.map((row) => ({ name: row.name, producers: producersOf(row.name), cost: row.cost }))),
  };
}

/** The states as seen from `release`: what is prepared for another one is pending. */
export function statesIn(
  modules: ReadonlyMap<ModuleName, ModuleRow>,
  release: string,
): ReadonlyMap<ModuleName, ModuleState> {
  const stateIn = (row: ModuleRow) => (row.state === 'prepared' && row.release !== release ? 'pending' : row.state);
  return new Map([...modules].map(([name, row]) => [name, stateIn(row)]));
}
