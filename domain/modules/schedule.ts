/**
 * Which units to prepare next: those first that let most other modules go on for the least work, unless the longest chain still
 * to do has lost its slack. Most teams can publish soonest this way, at little more total time than the critical-path order.
 */
import type { ModuleGraph, UnitId } from './graph.js';

/** `blocked`: failed, skipped, not applicable or missing something; it is not scheduled and lets no consumer be. */
export type UnitProgress = 'pending' | 'preparing' | 'prepared' | 'blocked';

export interface GroupBudget {
  /** At most this many units in a group. */
  readonly units: number;
  /** Lanes that prepare groups at the same time. */
  readonly lanes: number;
}

/** Smaller groups spend more on starting a compiler than on compiling. */
const smallestGroup = 4;

/** A chain has lost its slack when it is this share of the time that all lanes together still need. */
const slackLost = 0.9;

/**
 * The units of the next group, in the order to compile them; empty when nothing can be prepared now. A unit without an entry in
 * `progress` is pending.
 *
 * Invariant: a unit is returned only when every producer of it is prepared or earlier in the same group (PREP-03).
 * O(V · (V + E)) bit operations for the units not yet prepared: 5,000 take a few milliseconds.
 */
export function nextGroup(
  graph: ModuleGraph,
  progress: ReadonlyMap<UnitId, UnitProgress>,
  budget: GroupBudget,
): readonly UnitId[] {
  const open = openUnits(graph, progress);
  countConsumers(open);
  measurePaths(open);
  return fillGroup(open, budget).map(({ id }) => id);
}

/** A unit that is not prepared and can still be. */
interface OpenUnit {
  readonly id: UnitId;
  readonly state: 'pending' | 'preparing';
  readonly cost: number;
  readonly consumers: OpenUnit[];
  /** Direct producers that are neither prepared nor in the group. */
  waitsFor: number;
  /** Itself and its direct and indirect consumers that are open: what can go on with it. */
  serves: number;
  /** Cost of the longest chain of consumers that starts with it. */
  path: number;
  /** The units of one block that can be reached from it, a bit each. */
  reached: number;
}

/** Producers before their consumers. What is below a blocked unit is left out. */
function openUnits(graph: ModuleGraph, progress: ReadonlyMap<UnitId, UnitProgress>): readonly OpenUnit[] {
  const incomplete = new Set([...graph.missing.keys()].map((module) => graph.unitOf.get(module)));
  const open = new Map<UnitId, OpenUnit>();
  for (const { id, cost, producers } of graph.units.values()) {
    const state = progress.get(id) ?? 'pending';
    if (state === 'prepared' || state === 'blocked' || incomplete.has(id)) continue;
    const awaited = producers.filter((producer) => progress.get(producer) !== 'prepared');
    if (!awaited.every((producer) => open.has(producer))) continue;
    const unit = { id, state, cost, consumers: [], waitsFor: awaited.length, serves: 0, path: 0, reached: 0 };
    for (const producer of awaited) open.get(producer)?.consumers.push(unit);
    open.set(id, unit);
  }
  return [...open.values()];
}

/**
 * Fills in `serves`, for a block of 32 units at a time, a bit each. A block is reached only from units before its end; those after
 * it were not swept yet and have `reached` 0.
 */
function countConsumers(open: readonly OpenUnit[]): void {
  for (let start = 0; start < open.length; start += 32) {
    for (let index = Math.min(start + 32, open.length) - 1; index >= 0; index -= 1) {
      const unit = open[index] as OpenUnit;
      let reached = index >= start ? 1 << (index - start) : 0;
      for (const consumer of unit.consumers) reached |= consumer.reached;
      unit.reached = reached;
      unit.serves += bitCount(reached);
    }
  }
}

function measurePaths(open: readonly OpenUnit[]): void {
  for (const unit of open.toReversed()) {
    unit.path = unit.consumers.reduce((longest, { path }) => Math.max(longest, path), 0) + unit.cost;
  }
}

/**
 * Takes no more than a lane's share of what is ready and of the work left, so that the other lanes have something to do and all
 * end together; what the group's own units make ready comes on top.
 */
function fillGroup(open: readonly OpenUnit[], budget: GroupBudget): readonly OpenUnit[] {
  const pending = open.filter(({ state }) => state === 'pending');
  const ready = new Set(pending.filter(({ waitsFor }) => waitsFor === 0));
  const freed = new Set<OpenUnit>();
  const size = groupSize(pending.length, budget);
  const leftToOthers = ready.size - Math.ceil(ready.size / budget.lanes);
  let workLeft = costOf(pending);
  const costShare = workLeft / budget.lanes;

  const group: OpenUnit[] = [];
  while (group.length < size) {
    const candidates = ready.size > leftToOthers ? [...ready, ...freed] : [...freed];
    const unit = choose(candidates, workLeft / budget.lanes);
    if (!unit || (group.length > 0 && costOf(group) + unit.cost > costShare)) break;
    group.push(unit);
    ready.delete(unit);
    freed.delete(unit);
    workLeft -= unit.cost;
    for (const consumer of unit.consumers) {
      consumer.waitsFor -= 1;
      if (consumer.waitsFor === 0 && consumer.state === 'pending') freed.add(consumer);
    }
  }
  return group;
}

function groupSize(pending: number, { units, lanes }: GroupBudget): number {
  return Math.min(units, Math.max(smallestGroup, Math.ceil(pending / (2 * lanes))));
}

function costOf(units: readonly OpenUnit[]): number {
  return units.reduce((sum, { cost }) => sum + cost, 0);
}

/** `timeLeft`: what all lanes together still need. Of equals the first. */
function choose(ready: readonly OpenUnit[], timeLeft: number): OpenUnit | undefined {
  const longest = largest(ready, ({ path }) => path);
  if (longest && longest.path >= slackLost * timeLeft) return longest;
  return largest(ready, ({ serves, cost }) => serves / cost);
}

function largest(units: readonly OpenUnit[], measure: (unit: OpenUnit) => number): OpenUnit | undefined {
  let best = units[0];
  for (const unit of units) if (best && measure(unit) > measure(best)) best = unit;
  return best;
}

/** The ones of a 32 bit number, added up in pairs, fours, bytes. */
function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
