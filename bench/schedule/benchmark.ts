/** How good the order of a preparation is, on generated graphs, simulated: the same figures on every machine. */
import { type ModuleGraph, moduleGraph } from '../../domain/modules/graph.js';
import type { Benchmark, MeasureOptions } from '../benchmark.js';
import { dice } from '../factory/dice.js';
import { moduleText } from '../factory/moduleText.js';
import { planFactory } from '../factory/plan.js';
import { type Graph, graphs } from '../factory/references.js';
import { count, ratio, table } from '../markdown.js';
import { barrier, fifo, uplift } from './policies.js';
import { groupStart, shortest, simulate } from './simulate.js';

interface Schedules {
  readonly cases: readonly Case[];
}

interface Case {
  readonly graph: Graph;
  readonly modules: number;
  readonly lanes: number;
  readonly seeds: readonly Outcome[];
}

/** Of Uplift's schedule on the graph of one seed; all but `seed` are ratios. */
interface Outcome {
  readonly seed: number;
  readonly endToBound: number;
  /** The part of it that is starts of groups, shared by the lanes. */
  readonly startsToBound: number;
  readonly endToFifo: number;
  readonly endToBarrier: number;
  readonly publishableToFifo: number;
  readonly publishableToBarrier: number;
}

/** What the native compiler takes for a kilobyte of generated source in a group, in milliseconds. */
const perKilobyte = 1.4;

export const schedule: Benchmark<Schedules> = {
  name: 'schedule',
  title: 'Order of a preparation, simulated',
  measure: measureSchedules,
  render: ({ cases }) =>
    [
      `Generated graphs, ${cases[0]?.seeds.length} seeds each; no clock is involved, the figures are the same on every machine. A group takes ${groupStart} ms for its start and ${perKilobyte} ms per kilobyte of its sources, and its verdicts are known at its end. ` +
        'The bound is the longest chain of references or all work shared evenly by the lanes, whichever is longer, beside the start of one group: no order can be shorter. ' +
        '*Publishable* is the mean time until all that a module consumes is prepared, over the modules that consume others. ' +
        '*FIFO*: modules as they become ready, a lane’s share of them at a time. *Fifty with a barrier*: the fifty most consumed ready ones shared by all lanes, the next fifty when all are done. Below 1 Uplift’s order is the better one.',
      table(
        [
          'graph, modules, lanes',
          'end to bound',
          'of it, starts of groups',
          'end to FIFO',
          'end to fifty with a barrier',
          'publishable to FIFO',
          'publishable to fifty with a barrier',
        ],
        cases.map(({ graph, modules, lanes, seeds }) => [
          `${graph}, ${count(modules)}, ${lanes}`,
          ratio(seeds.map(({ endToBound }) => endToBound)),
          ratio(seeds.map(({ startsToBound }) => startsToBound)),
          ratio(seeds.map(({ endToFifo }) => endToFifo)),
          ratio(seeds.map(({ endToBarrier }) => endToBarrier)),
          ratio(seeds.map(({ publishableToFifo }) => publishableToFifo)),
          ratio(seeds.map(({ publishableToBarrier }) => publishableToBarrier)),
        ]),
      ),
    ].join('\n\n'),
};

async function measureSchedules({ quick, say }: MeasureOptions): Promise<Schedules> {
  const seeds = Array.from({ length: quick ? 2 : 10 }, (_, index) => index + 1);
  const cases: Case[] = [];
  for (const modules of quick ? [60] : [300, 1000]) {
    for (const graph of graphs) {
      const generated = seeds.map((seed) => ({ seed, graph: generatedGraph(modules, graph, seed) }));
      for (const lanes of [2, 8]) {
        cases.push({ graph, modules, lanes, seeds: generated.map((one) => outcome(one.seed, one.graph, lanes)) });
      }
      say(`${modules} modules, ${graph}: done`);
    }
  }
  return { cases };
}

function outcome(seed: number, graph: ModuleGraph, lanes: number): Outcome {
  const ours = simulate(graph, uplift, lanes);
  const queued = simulate(graph, fifo(), lanes);
  const barred = simulate(graph, barrier(), lanes);
  const bound = shortest(graph, lanes);
  return {
    seed,
    endToBound: ours.makespan / bound,
    startsToBound: (ours.groups * groupStart) / lanes / bound,
    endToFifo: ours.makespan / queued.makespan,
    endToBarrier: ours.makespan / barred.makespan,
    publishableToFifo: ours.untilPublishable / queued.untilPublishable,
    publishableToBarrier: ours.untilPublishable / barred.untilPublishable,
  };
}

/** Costs in milliseconds of the model. */
function generatedGraph(modules: number, graph: Graph, seed: number): ModuleGraph {
  const chance = dice(seed);
  const plans = planFactory({ modules, seed, breakShare: 0, graph }, chance);
  return moduleGraph(
    plans.map((plan) => ({
      name: plan.name,
      producers: plan.producers.map(({ name }) => name),
      cost: (Buffer.byteLength(moduleText(plan, chance).text) / 1024) * perKilobyte,
    })),
  );
}
