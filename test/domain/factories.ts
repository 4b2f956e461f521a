/** Factories to try the domain on: any at all, and large ones of a realistic shape. */
import fc from 'fast-check';
import type { ModuleNode } from '../../domain/modules/graph.js';

/** Up to 30 modules with any references: circles, to itself, repeated, to modules that do not exist. */
export const anyFactory: fc.Arbitrary<readonly ModuleNode[]> = fc
  .uniqueArray(fc.oneof(fc.nat({ max: 60 }).map(String), fc.constantFrom('__proto__', 'constructor', '@acme/ä', ' ')), {
    maxLength: 30,
  })
  .chain((names) => {
    const reference = fc.constantFrom(...names, 'gone', 'lost');
    const node = (name: string) =>
      fc.record({
        name: fc.constant(name),
        producers: fc.array(reference, { maxLength: 3 }),
        cost: fc.integer({ min: 1, max: 1_000 }),
      });
    return fc.tuple(...names.map(node));
  });

/** As `anyFactory`, with references to existing modules only and no circles. */
export const soundFactory: fc.Arbitrary<readonly ModuleNode[]> = fc
  .array(fc.record({ cost: fc.integer({ min: 1, max: 1_000 }), picks: fc.array(fc.nat(), { maxLength: 3 }) }), {
    maxLength: 60,
  })
  .map((drafts) =>
    drafts.map(({ cost, picks }, index) => ({
      name: `m${index}`,
      producers: index === 0 ? [] : picks.map((pick) => `m${pick % index}`),
      cost,
    })),
  );

/**
 * `count` modules in layers, the lower ones consumed most, with costs that differ as those of real modules do (log-normal).
 * The same for the same `seed`.
 */
export function layeredFactory(count: number, layers: number, seed: number): readonly ModuleNode[] {
  const random = randomNumbers(seed);
  return Array.from({ length: count }, (_, index) => {
    const below = Math.floor((Math.floor((index / count) * layers) * count) / layers);
    const references = below === 0 ? 0 : Math.floor(random() * 5);
    const producers = Array.from({ length: references }, () => `m${Math.floor(random() ** 2 * below)}`);
    return {
      name: `m${index}`,
      producers,
      cost: Math.exp(Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())),
    };
  });
}

/** `count` modules, each of which consumes the one before. */
export function chain(count: number, prefix = 'm'): readonly ModuleNode[] {
  const name = (index: number) => `${prefix}${String(index).padStart(7, '0')}`;
  return Array.from({ length: count }, (_, index) => ({
    name: name(index),
    producers: index === 0 ? [] : [name(index - 1)],
    cost: 1,
  }));
}

/** Numbers from 0 up to 1 (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
