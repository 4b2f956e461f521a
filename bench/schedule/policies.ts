/** The schedule that is measured, and the two it is measured by. */
import type { ModuleGraph, Unit, UnitId } from '../../domain/modules/graph.js';
import { nextGroup, type UnitProgress } from '../../domain/modules/schedule.js';
import { defaultSettings } from '../../platform/embedded/context.js';
import { costOf, type Policy } from './simulate.js';

const groupUnits = defaultSettings.groupUnits;

export const uplift: Policy = (graph, progress, lanes) => nextGroup(graph, progress, { units: groupUnits, lanes });

/**
 * First in, first out: units in the order in which they became ready, those that the group itself makes ready at its end. A lane
 * takes its share of what is ready, at most as many as Uplift's groups have.
 */
export function fifo(): Policy {
  const queue = new Set<UnitId>();
  return (graph, progress, lanes) => {
    for (const { id } of ready(graph, progress)) queue.add(id);
    const size = Math.min(groupUnits, Math.ceil(queue.size / lanes));
    const group = [...queue].slice(0, size);
    for (const id of group) queue.delete(id);
    return group;
  };
}

const barrierUnits = 50;

/**
 * Fifty at a time, the most consumed of those that are ready first, shared by all lanes; the next fifty only when all of them are
 * done.
 */
export function barrier(): Policy {
  let shares: (readonly UnitId[])[] = [];
  return (graph, progress, lanes) => {
    if (shares.length === 0) {
      if ([...progress.values()].includes('preparing')) return [];
      const consumed = ready(graph, progress).sort((left, right) => right.consumers.length - left.consumers.length);
      shares = shared(graph, consumed.slice(0, barrierUnits), lanes);
    }
    return shares.shift() ?? [];
  };
}

/** As evenly as the costliest first allows. */
function shared(graph: ModuleGraph, units: readonly Unit[], lanes: number): (readonly UnitId[])[] {
  const shares = Array.from({ length: lanes }, (): UnitId[] => []);
  for (const { id } of units.toSorted((left, right) => right.cost - left.cost)) {
    shares.reduce((least, share) => (costOf(graph, share) < costOf(graph, least) ? share : least)).push(id);
  }
  return shares.filter((share) => share.length > 0);
}

/** Producers before their consumers, as the graph lists them. */
function ready({ units }: ModuleGraph, progress: ReadonlyMap<UnitId, UnitProgress>): Unit[] {
  return [...units.values()].filter(
    ({ id, producers }) =>
      progress.get(id) === 'pending' && producers.every((producer) => progress.get(producer) === 'prepared'),
  );
}
