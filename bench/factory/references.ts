/** The shapes of reference graphs. A module references only modules before it, so there is never a circle. */
import type { Dice } from './dice.js';

/**
 * `layered`: libraries, cores, services, screens; most references lead to the layer below.
 * `uniform`: to any module before, all alike.
 * `hub`: to a few modules that nearly everybody uses.
 */
export type Graph = 'layered' | 'uniform' | 'hub';
export const graphs: readonly Graph[] = ['layered', 'uniform', 'hub'];

export type Kind = 'library' | 'core' | 'service' | 'web';

interface Place {
  readonly index: number;
  readonly count: number;
  readonly graph: Graph;
}

interface Layer {
  readonly kind: Kind;
  /** The share of all modules that lie before this layer's first one. */
  readonly from: number;
}

const layers: readonly Layer[] = [
  { kind: 'library', from: 0 },
  { kind: 'core', from: 0.15 },
  { kind: 'service', from: 0.45 },
  { kind: 'web', from: 0.75 },
];

/** How many references modules have: most have two, nobody more than four. */
const referenceCounts = [0, 1, 1, 2, 2, 2, 3, 3, 4];

/** Indexes of the modules that the one at `index` references, in rising order. */
export function producersOf({ index, count, graph }: Place, chance: Dice): readonly number[] {
  const wanted = Math.min(index, chance.pick(referenceCounts, 'references', index));
  const found = new Set<number>();
  // Draws may meet: after some tries a module has a reference less, as the first ones in a factory do.
  for (let draw = 0; found.size < wanted && draw < wanted * 4; draw++) {
    found.add(producer({ index, count, graph }, chance, draw));
  }
  return [...found].sort((left, right) => left - right);
}

function producer({ index, count, graph }: Place, chance: Dice, draw: number): number {
  const anyBefore = chance.below(index, 'producer', index, draw);
  const astray = chance.fraction('astray', index, draw);
  switch (graph) {
    case 'uniform':
      return anyBefore;
    case 'hub': {
      const hubs = Math.min(index, Math.max(1, Math.round(count * 0.02)));
      return astray < 0.7 ? chance.below(hubs, 'hub', index, draw) : anyBefore;
    }
    case 'layered': {
      const { start, end } = layerBelow(index, count);
      return astray < 0.85 && end > start ? start + chance.below(end - start, 'below', index, draw) : anyBefore;
    }
  }
}

/** The indexes of the layer below the module's own, the end not included; empty for the lowest. */
function layerBelow(index: number, count: number): { start: number; end: number } {
  const starts = layers.map((layer) => Math.ceil(layer.from * count));
  const own = starts.findLastIndex((start) => index >= start);
  return own === 0 ? { start: 0, end: 0 } : { start: starts[own - 1] ?? 0, end: starts[own] ?? 0 };
}

export function kindOf(index: number, count: number, graph: Graph, chance: Dice): Kind {
  if (graph !== 'layered') return chance.pick(layers, 'kind', index).kind;
  return layers.findLast((layer) => index >= Math.ceil(layer.from * count))?.kind ?? 'library';
}
