/**
 * The reference graph of a factory, by units: modules that reference each other, directly or in a circle,
 * are one unit, compiled, recorded and deployed together.
 */
import { UpliftError } from '../errors.js';
import type { ModuleName } from './module.js';
import { mutuallyReferencing } from './mutualReferences.js';

/** The name of a unit: its alphabetically first member. */
export type UnitId = string;

/** A module as the graph needs it. `cost` is any positive measure of its compilation (bytes of source, milliseconds). */
export interface ModuleNode {
  readonly name: ModuleName;
  readonly producers: readonly ModuleName[];
  readonly cost: number;
}

export interface Unit {
  readonly id: UnitId;
  /** In alphabetical order. */
  readonly members: readonly ModuleName[];
  /** Units this one consumes directly, in alphabetical order; never itself. */
  readonly producers: readonly UnitId[];
  /** Units that consume this one directly, in alphabetical order. */
  readonly consumers: readonly UnitId[];
  readonly cost: number;
}

export interface ModuleGraph {
  /** Every unit, producers before their consumers. */
  readonly units: ReadonlyMap<UnitId, Unit>;
  readonly unitOf: ReadonlyMap<ModuleName, UnitId>;
  /** What each module consumes directly, in alphabetical order: modules of the graph, never itself. */
  readonly references: ReadonlyMap<ModuleName, readonly ModuleName[]>;
  /** References to modules that are not in the graph, by the module that has them. */
  readonly missing: ReadonlyMap<ModuleName, readonly ModuleName[]>;
}

/**
 * The graph of `modules`; the same whatever order modules and references come in. A reference to itself is ignored, a repeated one
 * counts once. Throws FACTORY_INVALID when two modules have one name.
 *
 * O(V + E), beside sorting the names.
 */
export function moduleGraph(modules: readonly ModuleNode[]): ModuleGraph {
  const costs = costsByName(modules);
  const { references, missing } = readReferences(modules, costs);
  const unitOf = new Map<ModuleName, UnitId>();
  const units = new Map<UnitId, UnitDraft>();
  for (const group of mutuallyReferencing(references)) {
    const members = group.sort();
    const id = members[0] ?? '';
    const cost = members.reduce((sum, name) => sum + (costs.get(name) ?? 0), 0);
    for (const name of members) unitOf.set(name, id);
    units.set(id, { id, members, producers: [], consumers: [], cost });
  }
  link(units, unitOf, references);
  return { units, unitOf, references, missing };
}

/** Every unit that consumes `id`, directly or indirectly, producers before their consumers. O(V + E). */
export function allConsumers({ units }: ModuleGraph, id: UnitId): readonly UnitId[] {
  const below = new Set<UnitId>([id]);
  for (const unit of units.values()) {
    if (unit.producers.some((producer) => below.has(producer))) below.add(unit.id);
  }
  below.delete(id);
  return [...below];
}

interface UnitDraft extends Unit {
  readonly producers: UnitId[];
  readonly consumers: UnitId[];
}

/** In alphabetical order of the names. */
function costsByName(modules: readonly ModuleNode[]): ReadonlyMap<ModuleName, number> {
  const costs = new Map<ModuleName, number>();
  for (const { name, cost } of modules.toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
    if (costs.has(name)) throw new UpliftError('FACTORY_INVALID', { what: `Two modules have the name ${name}` });
    costs.set(name, cost);
  }
  return costs;
}

/** Both maps in alphabetical order of the names, and so are the lists in them. */
function readReferences(modules: readonly ModuleNode[], costs: ReadonlyMap<ModuleName, number>) {
  const producersOf = new Map(modules.map(({ name, producers }) => [name, producers]));
  const references = new Map<ModuleName, readonly ModuleName[]>();
  const missing = new Map<ModuleName, readonly ModuleName[]>();
  for (const name of costs.keys()) {
    const others = [...new Set(producersOf.get(name))].filter((producer) => producer !== name).sort();
    const unknown = others.filter((producer) => !costs.has(producer));
    references.set(name, unknown.length === 0 ? others : others.filter((producer) => costs.has(producer)));
    if (unknown.length > 0) missing.set(name, unknown);
  }
  return { references, missing };
}

/** Goes through the units in alphabetical order, so that each list comes out in that order with repeated entries side by side. */
function link(
  units: ReadonlyMap<UnitId, UnitDraft>,
  unitOf: ReadonlyMap<ModuleName, UnitId>,
  references: ReadonlyMap<ModuleName, readonly ModuleName[]>,
): void {
  const sorted = [...units.values()].sort((left, right) => (left.id < right.id ? -1 : 1));
  for (const { id, members } of sorted) {
    for (const producer of members.flatMap((name) => references.get(name) ?? [])) {
      const consumers = units.get(unitOf.get(producer) ?? '')?.consumers;
      if (unitOf.get(producer) !== id && consumers?.at(-1) !== id) consumers?.push(id);
    }
  }
  for (const { id, consumers } of sorted) {
    for (const consumer of consumers) units.get(consumer)?.producers.push(id);
  }
}
