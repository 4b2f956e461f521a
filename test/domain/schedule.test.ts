import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allConsumers,
  type ModuleGraph,
  type ModuleNode,
  moduleGraph,
  type UnitId,
} from '../../domain/modules/graph.js';
import { type GroupBudget, nextGroup, type UnitProgress } from '../../domain/modules/schedule.js';
import { anyFactory, chain, layeredFactory, soundFactory } from './factories.js';

type ChooseGroup = typeof nextGroup;

const node = (name: string, cost: number, ...producers: string[]): ModuleNode => ({ name, producers, cost });
const oneLane = { units: 32, lanes: 1 };

const anyProgress = (graph: ModuleGraph) =>
  fc
    .array(fc.constantFrom<UnitProgress>('pending', 'pending', 'preparing', 'prepared', 'prepared', 'blocked'), {
      minLength: graph.units.size,
      maxLength: graph.units.size,
    })
    .map((states) => new Map([...graph.units.keys()].map((id, index) => [id, states[index] ?? 'pending'])));

const anyBudget = fc.record({ units: fc.integer({ min: 1, max: 12 }), lanes: fc.integer({ min: 1, max: 8 }) });

const anySituation = anyFactory
  .map(moduleGraph)
  .chain((graph) => fc.record({ graph: fc.constant(graph), progress: anyProgress(graph), budget: anyBudget }));

/** Throws unless every unit of `group` may be prepared, in that order. */
function checkGroup(graph: ModuleGraph, progress: ReadonlyMap<UnitId, UnitProgress>, group: readonly UnitId[]): void {
  const incomplete = new Set([...graph.missing.keys()].map((module) => graph.unitOf.get(module)));
  for (const [index, id] of group.entries()) {
    expect(progress.get(id), id).toBe('pending');
    expect(incomplete.has(id), id).toBe(false);
    expect(group.indexOf(id)).toBe(index);
    for (const producer of graph.units.get(id)?.producers ?? []) {
      const earlier = group.slice(0, index).includes(producer);
      expect(earlier || progress.get(producer) === 'prepared', `${producer} before ${id}`).toBe(true);
    }
  }
}

/** Units that are not prepared and can still be: nothing they wait for is blocked. */
function openUnits(graph: ModuleGraph, progress: ReadonlyMap<UnitId, UnitProgress>): ReadonlySet<UnitId> {
  const open = new Set<UnitId>();
  for (const { id, producers } of graph.units.values()) {
    const state = progress.get(id);
    const possible = producers.every((producer) => progress.get(producer) === 'prepared' || open.has(producer));
    if ((state === 'pending' || state === 'preparing') && possible) open.add(id);
  }
  return open;
}

/** How many of the open units consume `id`, directly or through open units. */
function reachedWithin(graph: ModuleGraph, open: ReadonlySet<UnitId>, id: UnitId): number {
  const reached = new Set([id]);
  for (const from of reached) {
    for (const consumer of graph.units.get(from)?.consumers ?? []) if (open.has(consumer)) reached.add(consumer);
  }
  return reached.size - 1;
}

interface Outcome {
  readonly makespan: number;
  /** No schedule can be shorter: the longest chain, or all work shared evenly. */
  readonly bound: number;
  /** Mean over all units of the moment at which their last producer was prepared (PREP-06). */
  readonly meanTimeToPublishable: number;
  readonly progress: ReadonlyMap<UnitId, UnitProgress>;
}

/** Lanes that take groups as `choose` gives them; verdicts are known when the whole group has been compiled. */
function simulate(
  graph: ModuleGraph,
  choose: ChooseGroup,
  budget: GroupBudget,
  blocked: readonly UnitId[] = [],
): Outcome {
  const progress = new Map<UnitId, UnitProgress>([...graph.units.keys()].map((id) => [id, 'pending']));
  for (const id of blocked) progress.set(id, 'blocked');
  const preparedAt = new Map<UnitId, number>();
  let running: { ends: number; group: readonly UnitId[] }[] = [];
  let now = 0;
  do {
    while (running.length < budget.lanes) {
      const group = choose(graph, progress, budget);
      if (group.length === 0) break;
      checkGroup(graph, progress, group);
      for (const id of group) progress.set(id, 'preparing');
      running.push({ ends: now + group.reduce((sum, id) => sum + (graph.units.get(id)?.cost ?? 0), 0), group });
    }
    now = Math.min(...running.map(({ ends }) => ends));
    for (const { group } of running.filter(({ ends }) => ends === now)) {
      for (const id of group) {
        progress.set(id, 'prepared');
        preparedAt.set(id, now);
      }
    }
    running = running.filter(({ ends }) => ends > now);
  } while (running.length > 0 || choose(graph, progress, budget).length > 0);

  const units = [...graph.units.values()];
  const paths = new Map<UnitId, number>();
  for (const { id, producers, cost } of units)
    paths.set(id, cost + Math.max(0, ...producers.map((producer) => paths.get(producer) ?? 0)));
  const work = units.reduce((sum, { cost }) => sum + cost, 0);
  const publishable = units.map(({ producers }) =>
    Math.max(0, ...producers.map((producer) => preparedAt.get(producer) ?? 0)),
  );
  return {
    makespan: Math.max(0, ...preparedAt.values()),
    bound: Math.max(...paths.values(), work / budget.lanes),
    meanTimeToPublishable: publishable.reduce((sum, time) => sum + time, 0) / units.length,
    progress,
  };
}

/** Units in the order of the graph, in groups of the same size: what a queue would do. */
const firstInFirstOut: ChooseGroup = (graph, progress, { units, lanes }) => {
  const pending = [...graph.units.values()].filter(({ id }) => progress.get(id) === 'pending');
  const size = Math.min(units, Math.max(4, Math.ceil(pending.length / (2 * lanes))));
  const group: UnitId[] = [];
  for (const { id, producers } of pending) {
    if (group.length === size) break;
    if (producers.every((producer) => progress.get(producer) === 'prepared' || group.includes(producer)))
      group.push(id);
  }
  return group;
};

describe('the next group', () => {
  it('PREP-03 takes the most consumed modules first, a consumer only after its producers', () => {
    const graph = moduleGraph([
      node('alone', 3),
      node('core', 1),
      node('ui', 1, 'core'),
      node('app', 1, 'ui'),
      node('job', 2, 'core'),
    ]);
    expect(nextGroup(graph, new Map(), oneLane)).toEqual(['core', 'ui', 'app', 'job']);
  });

  it('PREP-03 weighs what a module unblocks against what it costs', () => {
    const fillers = ['f0', 'f1', 'f2'].map((name) => node(name, 5));
    const costly = [node('big', 30), node('a', 1, 'big'), node('b', 1, 'big')];
    const graph = moduleGraph([...costly, node('small', 1), node('c', 1, 'small'), ...fillers]);
    expect(nextGroup(graph, new Map(), oneLane)).toEqual(['small', 'c', 'f0', 'f1']);
  });

  it('PREP-03 puts the chain that has lost its slack before everything else', () => {
    const popular = [
      node('popular', 1),
      ...Array.from({ length: 6 }, (_, index) => node(`consumer${index}`, 1, 'popular')),
    ];
    const graph = moduleGraph([...popular, node('slow', 5), node('slower', 5, 'slow')]);
    expect(nextGroup(graph, new Map(), { units: 4, lanes: 1 })[0]).toBe('popular');
    expect(nextGroup(graph, new Map(), { units: 4, lanes: 4 })[0]).toBe('slow');
  });

  it('counts consumers that are reached in several ways once, and those already prepared not at all', () => {
    const diamond = [
      node('top', 2),
      node('left', 2, 'top'),
      node('right', 2, 'top'),
      node('bottom', 2, 'left', 'right'),
    ];
    const pair = [node('x', 2), ...['x1', 'x2', 'x3', 'x4'].map((name) => node(name, 2, 'x'))];
    const graph = moduleGraph([...diamond, ...pair]);
    expect(nextGroup(graph, new Map(), oneLane)[0]).toBe('x');
    expect(
      nextGroup(
        graph,
        new Map([
          ['x1', 'prepared'],
          ['x2', 'prepared'],
        ]),
        oneLane,
      )[0],
    ).toBe('top');
  });

  it('counts exactly beyond the 32 units of a block', () => {
    const wide = Array.from({ length: 70 }, (_, index) => node(`wide${index}`, 1, 'hub'));
    const first = (hubCost: number) =>
      nextGroup(moduleGraph([node('hub', hubCost), ...wide, node('single', 1)]), new Map(), oneLane)[0];
    expect(first(70.9)).toBe('hub');
    expect(first(71.1)).toBe('single');
  });

  it('waits for a producer that is being prepared elsewhere', () => {
    const graph = moduleGraph([node('core', 1), node('app', 1, 'core')]);
    expect(nextGroup(graph, new Map([['core', 'preparing']]), oneLane)).toEqual([]);
    expect(nextGroup(graph, new Map([['core', 'prepared']]), oneLane)).toEqual(['app']);
  });

  it('takes nothing that is being prepared elsewhere, when its producer joins the group', () => {
    const graph = moduleGraph([node('core', 1), node('app', 1, 'core'), node('job', 1, 'app')]);
    expect(nextGroup(graph, new Map([['app', 'preparing']]), oneLane)).toEqual(['core']);
  });

  it('PREP-07 takes nothing that is blocked, below a blocked unit or missing a producer; the rest goes on', () => {
    const graph = moduleGraph([
      node('bad', 1),
      node('below', 1, 'bad'),
      node('lower', 1, 'below'),
      node('open', 1, 'gone'),
      node('fine', 1),
    ]);
    expect(nextGroup(graph, new Map([['bad', 'blocked']]), oneLane)).toEqual(['fine']);
  });

  it('goes on below a prepared unit whose own producer failed later', () => {
    const graph = moduleGraph([node('bad', 1), node('done', 1, 'bad'), node('app', 1, 'done')]);
    expect(
      nextGroup(
        graph,
        new Map([
          ['bad', 'blocked'],
          ['done', 'prepared'],
        ]),
        oneLane,
      ),
    ).toEqual(['app']);
  });

  it.each([
    [{ units: 32, lanes: 2 }, 200, 32],
    [{ units: 32, lanes: 2 }, 100, 25],
    [{ units: 32, lanes: 4 }, 100, 13],
    [{ units: 32, lanes: 2 }, 12, 4],
    [{ units: 2, lanes: 2 }, 12, 2],
    [{ units: 32, lanes: 2 }, 2, 1],
    [{ units: 32, lanes: 1 }, 3, 3],
  ])('with %j and %i units pending takes %i of them', (budget, count, size) => {
    const graph = moduleGraph(Array.from({ length: count }, (_, index) => node(`m${index}`, 1)));
    expect(nextGroup(graph, new Map(), budget)).toHaveLength(size);
  });

  it('leaves costly units to the other lanes: a group is no more than a lane’s share of the work', () => {
    const graph = moduleGraph([node('a', 10), node('b', 10), node('c', 1), node('d', 1)]);
    expect(nextGroup(graph, new Map(), { units: 32, lanes: 2 })).toEqual(['a']);
    expect(simulate(graph, nextGroup, { units: 32, lanes: 2 }).makespan).toBe(11);
  });

  it('leaves ready units to the other lanes, and goes down its own chains instead', () => {
    const graph = moduleGraph([...chain(10, 'left'), ...chain(10, 'right')]);
    const group = nextGroup(graph, new Map(), { units: 32, lanes: 2 });
    expect(new Set(group.map((id) => id.slice(0, 4)))).toEqual(new Set(['left']));
    expect(simulate(graph, nextGroup, { units: 32, lanes: 2 }).makespan).toBe(10);
  });

  it('takes costs of 0, none and more than any', () => {
    const graph = moduleGraph([
      node('zero', 0),
      node('nothing', Number.NaN),
      node('endless', Number.POSITIVE_INFINITY),
      node('one', 1),
    ]);
    expect(
      simulate(moduleGraph([node('zero', 0), node('one', 1, 'zero')]), nextGroup, oneLane).progress.get('one'),
    ).toBe('prepared');
    expect(nextGroup(graph, new Map(), oneLane).length).toBeGreaterThan(0);
  });

  it('PREP-03 is right in any situation, and empty only when nothing can be prepared', () => {
    fc.assert(
      fc.property(anySituation, ({ graph, progress, budget }) => {
        const group = nextGroup(graph, progress, budget);
        checkGroup(graph, progress, group);
        expect(group.length).toBeLessThanOrEqual(budget.units);
        const incomplete = new Set([...graph.missing.keys()].map((module) => graph.unitOf.get(module)));
        const ready = [...graph.units.values()].filter(
          ({ id, producers }) =>
            progress.get(id) === 'pending' &&
            !incomplete.has(id) &&
            producers.every((producer) => progress.get(producer) === 'prepared'),
        );
        expect(group.length > 0).toBe(ready.length > 0);
      }),
      { numRuns: 500 },
    );
  });

  it('PREP-03 takes the ready unit first that serves most open units for its cost', () => {
    const fillers = Array.from({ length: 20 }, (_, index) => node(`filler${index}`, 1e6));
    const situations = soundFactory
      .map((modules) => moduleGraph([...modules, ...fillers]))
      .chain((graph) => fc.record({ graph: fc.constant(graph), progress: anyProgress(graph) }));
    fc.assert(
      fc.property(situations, ({ graph, progress }) => {
        for (const { name } of fillers) progress.set(name, 'pending');
        const open = openUnits(graph, progress);
        const ready = [...open].filter(
          (id) =>
            progress.get(id) === 'pending' &&
            graph.units.get(id)?.producers.every((producer) => progress.get(producer) === 'prepared'),
        );
        const worth = (id: UnitId) => (reachedWithin(graph, open, id) + 1) / (graph.units.get(id)?.cost ?? 1);
        const [first = ''] = nextGroup(graph, progress, { units: 1, lanes: 1 });
        expect(worth(first)).toBe(Math.max(...ready.map(worth)));
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same group for the same situation', () => {
    fc.assert(
      fc.property(anySituation, ({ graph, progress, budget }) => {
        expect(nextGroup(graph, new Map(progress), budget)).toEqual(nextGroup(graph, progress, budget));
      }),
    );
  });

  it('PREP-07 ends with every unit prepared or below a blocked one', () => {
    const situations = soundFactory.map(moduleGraph).chain((graph) =>
      fc.record({
        graph: fc.constant(graph),
        budget: anyBudget,
        blocked: fc.subarray([...graph.units.keys()]).map((ids) => ids.slice(0, 3)),
      }),
    );
    fc.assert(
      fc.property(situations, ({ graph, budget, blocked }) => {
        const { progress } = simulate(graph, nextGroup, budget, blocked);
        const below = new Set(blocked.flatMap((id) => allConsumers(graph, id)));
        for (const id of graph.units.keys()) {
          const expected = blocked.includes(id) ? 'blocked' : below.has(id) ? 'pending' : 'prepared';
          expect(progress.get(id), id).toBe(expected);
        }
      }),
    );
  });
});

describe('a whole preparation, simulated', () => {
  it.each([
    [1_000, 8, 1],
    [1_000, 25, 2],
    [1_000, 60, 3],
  ])(
    '%i modules in %i layers can be published sooner than in the order of a queue, in hardly more time in all',
    (count, layers, seed) => {
      const graph = moduleGraph(layeredFactory(count, layers, seed));
      for (const lanes of [2, 4]) {
        const budget = { units: 32, lanes };
        const rule = simulate(graph, nextGroup, budget);
        const queue = simulate(graph, firstInFirstOut, budget);
        expect(rule.makespan).toBeLessThanOrEqual(1.1 * rule.bound);
        expect(rule.meanTimeToPublishable).toBeLessThan(0.8 * queue.meanTimeToPublishable);
      }
    },
  );

  it('plans 5,000 units to the end', () => {
    const graph = moduleGraph(layeredFactory(5_000, 20, 4));
    const { progress, makespan, bound } = simulate(graph, nextGroup, { units: 32, lanes: 2 });
    expect([...progress.values()].every((state) => state === 'prepared')).toBe(true);
    expect(makespan).toBeLessThanOrEqual(1.1 * bound);
  });
});
