import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allConsumers, type ModuleGraph, type ModuleNode, moduleGraph } from '../../domain/modules/graph.js';
import { anyFactory, chain, layeredFactory } from './factories.js';

const node = (name: string, ...producers: string[]): ModuleNode => ({ name, producers, cost: 10 });

/** Every module that can be reached by following references, by brute force. */
function reachable(modules: readonly ModuleNode[], from: string): ReadonlySet<string> {
  const byName = new Map(modules.map((module) => [module.name, module]));
  const reached = new Set<string>();
  const open = [from];
  for (const name of open) {
    for (const producer of byName.get(name)?.producers ?? []) {
      if (!byName.has(producer) || reached.has(producer)) continue;
      reached.add(producer);
      open.push(producer);
    }
  }
  return reached;
}

function order(graph: ModuleGraph): ReadonlyMap<string, number> {
  return new Map([...graph.units.keys()].map((id, index) => [id, index]));
}

describe('the reference graph', () => {
  it('puts producers before consumers, with both directions of a reference', () => {
    const graph = moduleGraph([node('app', 'ui', 'core'), node('ui', 'core'), node('core')]);
    expect([...graph.units.keys()]).toEqual(['core', 'ui', 'app']);
    expect(graph.units.get('core')).toEqual({
      id: 'core',
      members: ['core'],
      producers: [],
      consumers: ['app', 'ui'],
      cost: 10,
    });
    expect(graph.units.get('app')?.producers).toEqual(['core', 'ui']);
    expect(graph.references.get('app')).toEqual(['core', 'ui']);
    expect(graph.missing.size).toBe(0);
  });

  it('makes one unit of modules that reference each other in a circle', () => {
    const graph = moduleGraph([
      node('c', 'b'),
      node('b', 'a'),
      node('a', 'c', 'base'),
      node('base'),
      node('top', 'b', 'c'),
    ]);
    expect([...graph.units.keys()]).toEqual(['base', 'a', 'top']);
    expect(graph.units.get('a')).toEqual({
      id: 'a',
      members: ['a', 'b', 'c'],
      producers: ['base'],
      consumers: ['top'],
      cost: 30,
    });
    expect(['a', 'b', 'c'].map((name) => graph.unitOf.get(name))).toEqual(['a', 'a', 'a']);
  });

  it('ignores a reference to itself, counts a repeated one once, reports one to nothing', () => {
    const graph = moduleGraph([node('a', 'a', 'b', 'b', 'gone', 'gone', 'also gone'), node('b', 'b')]);
    expect(graph.units.get('a')?.producers).toEqual(['b']);
    expect(graph.references.get('a')).toEqual(['b']);
    expect(graph.units.get('b')).toMatchObject({ producers: [], consumers: ['a'] });
    expect([...graph.missing]).toEqual([['a', ['also gone', 'gone']]]);
  });

  it('refuses two modules of one name', () => {
    expect(() => moduleGraph([node('a'), node('a')])).toThrowError(
      expect.objectContaining({ code: 'FACTORY_INVALID', message: expect.stringContaining('name a') }),
    );
  });

  it('is empty for an empty factory', () => {
    expect(moduleGraph([]).units.size).toBe(0);
  });

  it('takes chains and circles of 100,000 modules', () => {
    const modules = chain(100_000);
    const graph = moduleGraph(modules);
    expect([...graph.units.keys()]).toEqual(modules.map(({ name }) => name));
    const [first, ...rest] = modules;
    const circle = moduleGraph([{ name: first?.name ?? '', cost: 1, producers: [rest.at(-1)?.name ?? ''] }, ...rest]);
    expect([...circle.units.values()].map(({ members }) => members.length)).toEqual([100_000]);
  });

  it('finds all consumers, direct and indirect, producers first', () => {
    const graph = moduleGraph([
      node('app', 'ui'),
      node('ui', 'core'),
      node('core'),
      node('other'),
      node('job', 'app', 'other'),
    ]);
    expect(allConsumers(graph, 'core')).toEqual(['ui', 'app', 'job']);
    expect(allConsumers(graph, 'other')).toEqual(['job']);
    expect(allConsumers(graph, 'job')).toEqual([]);
  });

  it('is right for any factory', () => {
    fc.assert(
      fc.property(anyFactory, (modules) => {
        const graph = moduleGraph(modules);
        const position = order(graph);
        expect([...graph.unitOf.keys()].sort()).toEqual(modules.map(({ name }) => name).sort());
        for (const { id, members, producers, consumers, cost } of graph.units.values()) {
          expect(members).toEqual(members.toSorted());
          expect(id).toBe(members[0]);
          expect(cost).toBe(
            modules.filter(({ name }) => members.includes(name)).reduce((sum, module) => sum + module.cost, 0),
          );
          for (const list of [producers, consumers]) expect(list).toEqual([...new Set(list)].sort());
          for (const producer of producers) {
            expect(position.get(producer)).toBeLessThan(position.get(id) ?? -1);
            expect(graph.units.get(producer)?.consumers).toContain(id);
          }
        }
        const links = [...graph.units.values()].map(({ producers, consumers }) => [producers.length, consumers.length]);
        expect(links.reduce((sum, [producers = 0, consumers = 0]) => sum + producers - consumers, 0)).toBe(0);
      }),
    );
  });

  it('joins two modules in a unit exactly when each can be reached from the other', () => {
    fc.assert(
      fc.property(anyFactory, (modules) => {
        const graph = moduleGraph(modules);
        const reaches = new Map(modules.map(({ name }) => [name, reachable(modules, name)]));
        for (const { name: left } of modules) {
          for (const { name: right } of modules) {
            const mutual = left === right || (reaches.get(left)?.has(right) && reaches.get(right)?.has(left)) === true;
            expect(graph.unitOf.get(left) === graph.unitOf.get(right)).toBe(mutual);
          }
          const indirect = allConsumers(graph, graph.unitOf.get(left) ?? '').flatMap(
            (id) => graph.units.get(id)?.members ?? [],
          );
          const outside = modules.filter(
            ({ name }) => reaches.get(name)?.has(left) && graph.unitOf.get(name) !== graph.unitOf.get(left),
          );
          expect(indirect.toSorted()).toEqual(outside.map(({ name }) => name).sort());
        }
      }),
    );
  });

  it('is the same whatever order modules and references come in', () => {
    const shuffled = anyFactory.chain((modules) =>
      fc.tuple(fc.constant(modules), fc.shuffledSubarray([...modules], { minLength: modules.length }), fc.boolean()),
    );
    fc.assert(
      fc.property(shuffled, ([modules, mixed, reversed]) => {
        const turned = mixed.map((module) =>
          reversed ? { ...module, producers: module.producers.toReversed() } : module,
        );
        expect([...moduleGraph(turned).units]).toEqual([...moduleGraph(modules).units]);
        expect([...moduleGraph(turned).missing]).toEqual([...moduleGraph(modules).missing]);
      }),
    );
  });

  it('holds every module of a large factory', () => {
    const modules = layeredFactory(5_000, 20, 7);
    const graph = moduleGraph(modules);
    expect(graph.units.size).toBe(5_000);
    expect(graph.missing.size).toBe(0);
  });
});
