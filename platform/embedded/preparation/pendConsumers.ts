/** What other declarations of a producer mean for those that consume it. */
import type { ModuleGraph } from '../../../domain/modules/graph.js';
import type { ModuleName } from '../../../domain/modules/module.js';
import type { PlatformTransaction } from '../database.js';

/**
 * `producers` have other declarations now: what was prepared against the former ones is pending again, each with its whole unit.
 * Returns how many modules.
 */
export async function pendConsumers(
  transaction: PlatformTransaction,
  environment: string,
  producers: readonly ModuleName[],
  graph: ModuleGraph,
): Promise<number> {
  if (producers.length === 0) return 0;
  const { numUpdatedRows } = await transaction
    .updateTable('modules')
    .set({ state: 'pending', token: null })
    .where('environment', '=', environment)
    .where('state', '=', 'prepared')
    .where('name', 'in', consumersOf(graph, producers))
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** The members of the units that consume one of `producers`; those of the producers' own units are not among them. */
function consumersOf(graph: ModuleGraph, producers: readonly ModuleName[]): readonly ModuleName[] {
  const changed = new Set(producers);
  const units = new Set<string>();
  for (const [consumer, references] of graph.references) {
    const unit = graph.unitOf.get(consumer) ?? consumer;
    if (references.some((name) => changed.has(name) && graph.unitOf.get(name) !== unit)) units.add(unit);
  }
  return [...units].flatMap((unit) => graph.units.get(unit)?.members ?? []);
}
