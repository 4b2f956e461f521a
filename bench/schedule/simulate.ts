/** A preparation without compilers: lanes take the groups a policy gives them, on a clock that only the model moves. */
import type { ModuleGraph, UnitId } from '../../domain/modules/graph.js';
import type { UnitProgress } from '../../domain/modules/schedule.js';

/** What a free lane is given; empty: it waits until another lane has ended its group. A policy may remember what it gave. */
export type Policy = (
  graph: ModuleGraph,
  progress: ReadonlyMap<UnitId, UnitProgress>,
  lanes: number,
) => readonly UnitId[];

export interface Simulated {
  /** Milliseconds of the model, as all times here. */
  readonly makespan: number;
  /** Mean over the units that consume others of the time at which the last of those was prepared (PREP-06). */
  readonly untilPublishable: number;
  readonly groups: number;
}

/**
 * What a group costs beside its modules: claim, work folder, start of the compiler, records, the way through Temporal. As much as some
 * eight modules, as measured. Costs of units are milliseconds too.
 */
export const groupStart = 100;

/**
 * Verdicts are known when the whole group has been compiled. Throws when the policy gives a unit before its producers, or leaves
 * one out.
 */
export function simulate(graph: ModuleGraph, policy: Policy, lanes: number): Simulated {
  const progress = new Map<UnitId, UnitProgress>([...graph.units.keys()].map((id) => [id, 'pending']));
  const preparedAt = new Map<UnitId, number>();
  let running: { readonly ends: number; readonly group: readonly UnitId[] }[] = [];
  let now = 0;
  let groups = 0;
  while (preparedAt.size < graph.units.size) {
    while (running.length < lanes) {
      const group = policy(graph, progress, lanes);
      if (group.length === 0) break;
      assertProducersFirst(graph, progress, group);
      for (const id of group) progress.set(id, 'preparing');
      running.push({ ends: now + groupStart + costOf(graph, group), group });
      groups += 1;
    }
    if (running.length === 0) throw new Error(`The policy leaves out ${graph.units.size - preparedAt.size} units`);
    now = Math.min(...running.map(({ ends }) => ends));
    for (const { group } of running.filter(({ ends }) => ends === now)) {
      for (const id of group) {
        progress.set(id, 'prepared');
        preparedAt.set(id, now);
      }
    }
    running = running.filter(({ ends }) => ends > now);
  }
  return { makespan: now, untilPublishable: meanUntilPublishable(graph, preparedAt), groups };
}

/** No schedule can be shorter: the longest chain, or all work shared evenly, in either case beside one start of a group. */
export function shortest(graph: ModuleGraph, lanes: number): number {
  const chains = new Map<UnitId, number>();
  let work = 0;
  for (const { id, producers, cost } of graph.units.values()) {
    chains.set(id, cost + Math.max(0, ...producers.map((producer) => chains.get(producer) ?? 0)));
    work += cost;
  }
  return groupStart + Math.max(work / lanes, ...chains.values());
}

export function costOf({ units }: ModuleGraph, group: readonly UnitId[]): number {
  return group.reduce((sum, id) => sum + (units.get(id)?.cost ?? 0), 0);
}

function meanUntilPublishable({ units }: ModuleGraph, preparedAt: ReadonlyMap<UnitId, number>): number {
  const consumers = [...units.values()].filter(({ producers }) => producers.length > 0);
  const times = consumers.map(({ producers }) => Math.max(...producers.map((id) => preparedAt.get(id) ?? 0)));
  return times.reduce((sum, time) => sum + time, 0) / times.length;
}

function assertProducersFirst(
  { units }: ModuleGraph,
  progress: ReadonlyMap<UnitId, UnitProgress>,
  group: readonly UnitId[],
): void {
  const earlier = new Set<UnitId>();
  for (const id of group) {
    const early = units
      .get(id)
      ?.producers.find((producer) => !earlier.has(producer) && progress.get(producer) !== 'prepared');
    if (early !== undefined || progress.get(id) !== 'pending')
      throw new Error(`${id} comes before ${early ?? 'itself'}`);
    earlier.add(id);
  }
}
