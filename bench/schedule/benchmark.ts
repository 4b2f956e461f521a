/** How good the order of a preparation is, on generated graphs, simulated: the same figures on every machine. */
import { type ModuleGraph, moduleGraph } from '../../domain/graph.js';
import type { Benchmark, MeasureOptions } from '../benchmark.js';
import { dice } from '../factory/dice.js';
import { moduleText } from '../factory/moduleText.js';
import { planFactory } from '../factory/plan.js';
import { type Graph, graphs } from '../factory/references.js';
import { count, ratio, ratios, table } from '../markdown.js';
import { barrier, fifo, uplift } from './policies.js';
import { groupStart, shortest, simulate } from './simulate.js';

interface Schedules {
  readonly seeds: number;
  readonly cases: readonly Case[];
}

/** One value per seed, of Uplift's schedule. */
interface Case {
  readonly graph: Graph;
  readonly modules: number;
  readonly lanes: number;
  readonly makespanToBound: readonly number[];
  readonly makespanToFifo: readonly number[];
  readonly makespanToBarrier: readonly number[];
  readonly publishableToFifo: readonly number[];
  readonly publishableToBarrier: readonly number[];
}

/** What the native compiler takes for a kilobyte of generated source in a group, in milliseconds. */
const perKilobyte = 1.4;

export const schedule: Benchmark<Schedules> = {
  name: 'schedule',
  title: 'Order of a preparation, simulated',
  measure: measureSchedules,
  render: ({ seeds, cases }) =>
    [
      `Generated graphs of ${seeds} seeds each; no clock is involved, the figures are the same on every machine. A group takes ${groupStart} ms for its start and ${perKilobyte} ms per kilobyte of its sources, and its verdicts are known at its end. ` +
        'The bound is the longest chain of references or all work shared evenly by the lanes, whichever is longer, beside the start of one group: no order can be shorter. ' +
        '*Publishable* is the mean time until all that a module consumes is prepared, over the modules that consume others. ' +
        '*FIFO*: modules as they become ready, a lane’s share of them at a time. *Fifty with a barrier*: the fifty most consumed ready ones shared by all lanes, the next fifty when all are done. Below 1 Uplift’s order is the better one.',
      table(
        [
          'graph, modules, lanes',
          'end to bound',
          'end to FIFO',
          'end to fifty with a barrier',
          'publishable to FIFO',
          'publishable to fifty with a barrier',
        ],
        cases.map((measured) => [
          `${measured.graph}, ${count(measured.modules)}, ${measured.lanes}`,
          ratio(measured.makespanToBound),
          ratio(measured.makespanToFifo),
          ratio(measured.makespanToBarrier),
          ratio(measured.publishableToFifo),
          ratio(measured.publishableToBarrier),
        ]),
      ),
    ].join('\n\n'),
};

async function measureSchedules({ quick, say }: MeasureOptions): Promise<Schedules> {
  const seeds = quick ? 2 : 10;
  const cases: Case[] = [];
  for (const modules of quick ? [60] : [300, 1000]) {
    for (const graph of graphs) {
      const factories = Array.from({ length: seeds }, (_, index) => generatedGraph(modules, graph, index + 1));
      for (const lanes of [2, 8]) cases.push(measureCase({ graph, modules, lanes }, factories));
      say(`${modules} modules, ${graph}: done`);
    }
  }
  return { seeds, cases };
}

function measureCase(about: Pick<Case, 'graph' | 'modules' | 'lanes'>, factories: readonly ModuleGraph[]): Case {
  const { lanes } = about;
  const ours = factories.map((factory) => simulate(factory, uplift, lanes));
  const queued = factories.map((factory) => simulate(factory, fifo(), lanes));
  const barred = factories.map((factory) => simulate(factory, barrier(), lanes));
  const makespans = (all: typeof ours) => all.map(({ makespan }) => makespan);
  const publishable = (all: typeof ours) => all.map(({ untilPublishable }) => untilPublishable);
  return {
    ...about,
    makespanToBound: ratios(
      makespans(ours),
      factories.map((factory) => shortest(factory, lanes)),
    ),
    makespanToFifo: ratios(makespans(ours), makespans(queued)),
    makespanToBarrier: ratios(makespans(ours), makespans(barred)),
    publishableToFifo: ratios(publishable(ours), publishable(queued)),
    publishableToBarrier: ratios(publishable(ours), publishable(barred)),
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
