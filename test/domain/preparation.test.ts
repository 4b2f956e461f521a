import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ModuleNode, moduleGraph } from '../../domain/modules/graph.js';
import type { ModuleName, ModuleState } from '../../domain/modules/module.js';
import {
  advice,
  banner,
  finalStatus,
  percentDone,
  producersFirst,
  skipCauses,
  timeLeft,
} from '../../domain/modules/preparation.js';
import { anyFactory, chain } from './factories.js';

const node = (name: string, ...producers: string[]): ModuleNode => ({ name, producers, cost: 1 });

function skipped(modules: readonly ModuleNode[], states: Readonly<Record<string, ModuleState>>) {
  return Object.fromEntries(skipCauses(moduleGraph(modules), new Map(Object.entries(states))));
}

const states = fc.constantFrom<ModuleState>(
  'pending',
  'pending',
  'pending',
  'preparing',
  'prepared',
  'failed',
  'skipped',
  'not applicable',
);

const anySituation = anyFactory.chain((modules) =>
  fc.record({
    modules: fc.constant(modules),
    states: fc
      .array(states, { minLength: modules.length, maxLength: modules.length })
      .map((list) => new Map(modules.map(({ name }, index) => [name, list[index] ?? 'pending']))),
  }),
);

/** Length of the shortest way to a root over modules that cannot be prepared, by going round until nothing changes. */
function distances(modules: readonly ModuleNode[], stateOf: (name: ModuleName) => ModuleState | undefined) {
  const found = new Map<ModuleName, number>();
  for (const { name } of modules)
    if (stateOf(name) === 'failed' || stateOf(name) === 'not applicable') found.set(name, 0);
  for (const name of ['gone', 'lost']) if (stateOf(name) === undefined) found.set(name, 0);
  for (const _round of modules) {
    for (const { name, producers } of modules) {
      if (stateOf(name) !== 'pending' && stateOf(name) !== 'skipped') continue;
      const others = producers
        .filter((producer) => producer !== name)
        .map((producer) => found.get(producer) ?? Number.POSITIVE_INFINITY);
      const shortest = Math.min(...others) + 1;
      if (shortest < (found.get(name) ?? Number.POSITIVE_INFINITY)) found.set(name, shortest);
    }
  }
  return found;
}

describe('PREP-07 who is skipped', () => {
  it('PREP-07 skips direct and indirect consumers of a failed producer, naming it and the way to it', () => {
    const modules = [node('core'), node('ui', 'core'), node('app', 'ui'), node('job')];
    expect(skipped(modules, { core: 'failed' })).toEqual({
      ui: { module: 'core', path: ['ui', 'core'] },
      app: { module: 'core', path: ['app', 'ui', 'core'] },
    });
  });

  it('PREP-07 names the nearest root, of equally near ones the alphabetically first', () => {
    const modules = [
      node('far'),
      node('mid', 'far'),
      node('app', 'mid', 'near'),
      node('near'),
      node('also near'),
      node('job', 'near', 'also near'),
    ];
    expect(skipped(modules, { far: 'failed', near: 'failed', 'also near': 'failed' })).toMatchObject({
      mid: { module: 'far' },
      app: { module: 'near', path: ['app', 'near'] },
      job: { module: 'also near' },
    });
  });

  it('PREP-07 orders roots that exist and roots that do not by name alone', () => {
    const modules = [node('app', 'b', 'c'), node('b'), node('job', 'a', 'b')];
    expect(skipped(modules, { b: 'failed' })).toMatchObject({ app: { module: 'b' }, job: { module: 'a' } });
  });

  it('PREP-07 PREP-02 skips below a producer that is missing or was never published', () => {
    const modules = [node('a', 'gone'), node('b', 'a'), node('draft'), node('c', 'draft')];
    expect(skipped(modules, { draft: 'not applicable' })).toEqual({
      a: { module: 'gone', path: ['a', 'gone'] },
      b: { module: 'gone', path: ['b', 'a', 'gone'] },
      c: { module: 'draft', path: ['c', 'draft'] },
    });
  });

  it('PREP-07 skips the other members of a unit, by the way that really leads to the failed one', () => {
    const modules = [node('a', 'b'), node('b', 'c'), node('c', 'a'), node('top', 'b')];
    expect(skipped(modules, { c: 'failed' })).toEqual({
      a: { module: 'c', path: ['a', 'b', 'c'] },
      b: { module: 'c', path: ['b', 'c'] },
      top: { module: 'c', path: ['top', 'b', 'c'] },
    });
  });

  it('PREP-07 goes through modules skipped before, and returns only those that were pending', () => {
    const modules = [node('core'), node('ui', 'core'), node('app', 'ui')];
    expect(skipped(modules, { core: 'failed', ui: 'skipped' })).toEqual({
      app: { module: 'core', path: ['app', 'ui', 'core'] },
    });
  });

  it('PREP-07 skips below a skipped module whose root has been repaired, so that nothing stays pending for ever', () => {
    const modules = [node('core'), node('ui', 'core'), node('app', 'ui')];
    expect(skipped(modules, { core: 'prepared', ui: 'skipped' })).toEqual({
      app: { module: 'ui', path: ['app', 'ui'] },
    });
  });

  it('PREP-06 PREP-07 leaves alone what is prepared or being prepared, and what stands on it', () => {
    const modules = [node('core'), node('ui', 'core'), node('app', 'ui'), node('busy', 'core'), node('job', 'busy')];
    expect(skipped(modules, { core: 'failed', ui: 'prepared', busy: 'preparing' })).toEqual({});
  });

  it('PREP-07 takes a chain of 2,000 modules', () => {
    const [first, ...rest] = chain(2_000);
    const causes = skipCauses(moduleGraph([first ?? node('m'), ...rest]), new Map([[first?.name ?? '', 'failed']]));
    expect(causes.size).toBe(1_999);
    expect(causes.get(rest.at(-1)?.name ?? '')?.path).toHaveLength(2_000);
  });

  it('PREP-07 gives every pending module below a root the shortest way to one, and no other module anything', () => {
    fc.assert(
      fc.property(anySituation, ({ modules, states: known }) => {
        const graph = moduleGraph(modules);
        const causes = skipCauses(graph, known);
        const shortest = distances(modules, (name) => known.get(name));
        const producersOf = new Map(modules.map(({ name, producers }) => [name, producers]));
        for (const { name } of modules) {
          const cause = causes.get(name);
          const distance = known.get(name) === 'pending' ? shortest.get(name) : undefined;
          if (distance !== undefined) expect(cause?.path).toHaveLength(distance + 1);
          if (!cause) continue;
          expect(known.get(name)).toBe('pending');
          expect(cause.path[0]).toBe(name);
          expect(cause.path.at(-1)).toBe(cause.module);
          for (const [index, consumer] of cause.path.slice(0, -1).entries()) {
            expect(producersOf.get(consumer)).toContain(cause.path[index + 1]);
          }
          const root = known.get(cause.module);
          expect(root === undefined || ['failed', 'not applicable', 'skipped'].includes(root)).toBe(true);
        }
        expect(skipCauses(moduleGraph(modules.toReversed()), known)).toEqual(causes);
      }),
      { numRuns: 300 },
    );
  });
});

describe('PREP-09 PREP-10 how far it is and how it ended', () => {
  const counts = (prepared: number, failed: number, skippedModules: number, left: number) => ({
    prepared,
    failed,
    skipped: skippedModules,
    left,
  });

  it.each([
    [counts(0, 0, 0, 10), 0],
    [counts(1, 0, 0, 2), 33],
    [counts(994, 3, 2, 1), 99],
    [counts(996, 3, 1, 0), 100],
    [counts(0, 0, 0, 0), 100],
  ])('PREP-10 %j is %i percent', (stand, percent) => {
    expect(percentDone(stand)).toBe(percent);
  });

  it.each([
    [60_000, 100, 50, 30_000],
    [60_000, 100, 0, 0],
    [60_000, 0, 50, undefined],
    [0, 100, 50, undefined],
    [1_000, 3, 1, 333],
  ])('after %i ms with %i of the cost done and %i left, %s ms are left', (elapsed, done, left, expected) => {
    expect(timeLeft(elapsed, done, left)).toBe(expected);
  });

  it.each([
    [counts(10, 0, 0, 0), 'finished'],
    [counts(0, 0, 0, 0), 'finished'],
    [counts(9, 1, 0, 0), 'finished with errors'],
    [counts(9, 0, 1, 0), 'finished with errors'],
    [counts(9, 0, 0, 1), 'finished with errors'],
  ])('PREP-09 %j has the status %s', (stand, status) => {
    expect(finalStatus(stand)).toBe(status);
  });

  it('PREP-10 shows the banners word for word', () => {
    const stand = { ...counts(280, 5, 15, 0), percent: 100, release: '11.41.0' };
    expect(banner({ ...stand, left: 100, percent: 75, status: 'running' })).toEqual([
      'The first step of the upgrade process has finished. This environment has been successfully upgraded to Platform Server version (11.41.0)',
      'We are now preparing your modules - 75%',
    ]);
    expect(banner({ ...stand, status: 'finished' })).toEqual([
      'This environment is ready (Release Notes)',
      'No further actions are required.',
    ]);
    expect(banner({ ...stand, status: 'finished with errors' })).toEqual([
      'There were errors preparing some modules.',
      '280 modules prepared successfully, 5 modules failed and 15 modules skipped.',
    ]);
    expect(banner({ ...stand, status: 'failed' })).toEqual(['There was an error preparing your modules.']);
    expect(banner({ ...stand, left: 7, status: 'stopped' }).join(' ')).toContain('7 modules are left');
  });
});

describe('PREP-11 what to do after errors', () => {
  const graph = moduleGraph([node('app', 'ui'), node('ui', 'core'), node('core'), ...chain(20)]);

  it('PREP-11 says Prepare again, then publish producers first, then contact support, and whose fault it mostly is', () => {
    const steps = advice(graph, ['app', 'core', 'ui']);
    expect(steps[0]).toMatch(/^Prepare again/);
    expect(steps[1]).toContain('producers first: core, ui, app.');
    expect(steps[2]).toMatch(/support.*exported details/);
    expect(steps[3]).toMatch(/platform.*publishing all/);
  });

  it('PREP-11 names ten modules and counts the others', () => {
    const names = chain(20).map(({ name }) => name);
    expect(advice(graph, names)[1]).toContain('m0000009 and 10 more.');
    expect(producersFirst(graph, names.toReversed())).toEqual(names);
  });
});
