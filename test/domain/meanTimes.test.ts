/** How fast a preparation was, in the mean over its modules. */
import { describe, expect, it } from 'vitest';
import { moduleGraph } from '../../domain/modules/graph.js';
import { meanTimes } from '../../domain/modules/meanTimes.js';

/** `core` ← `claims` ← `portal`; `one` and `two` reference each other and consume `core`. */
const graph = moduleGraph(
  Object.entries({
    core: [],
    claims: ['core'],
    portal: ['claims', 'core'],
    one: ['core', 'two'],
    two: ['one'],
  }).map(([name, producers]) => ({ name, producers, cost: 1 })),
);

const began = 1_000;
const verdict = (module: string, seconds: number, prepared = true) => ({
  module,
  at: began + 1_000 * seconds,
  prepared,
});
const group = (from: number, to: number) => ({ began: began + 1_000 * from, ended: began + 1_000 * to });

describe('mean times', () => {
  it('PREP-15 share what groups took among the modules that have a verdict, groups that were broken off too', () => {
    const verdicts = [verdict('core', 4), verdict('claims', 9, false)];
    expect(meanTimes(graph, { began, groups: [group(0, 4), group(4, 5), group(5, 9)], verdicts }).perModule).toBe(
      4_500,
    );
  });

  it('PREP-15 count until all that a module consumes is prepared, over those that consume others', () => {
    const verdicts = [verdict('core', 4), verdict('claims', 9), verdict('portal', 12)];
    // claims after 4 s, portal after 9 s; core consumes nothing.
    expect(meanTimes(graph, { began, groups: [], verdicts }).untilPublishable).toBe(6_500);
  });

  it('PREP-15 take a producer that was prepared before as there from the start, and members of one unit as no producers', () => {
    const verdicts = [verdict('one', 3), verdict('two', 3)];
    expect(meanTimes(graph, { began, groups: [], verdicts }).untilPublishable).toBe(0);
    const withCore = [verdict('core', 2), ...verdicts];
    expect(meanTimes(graph, { began, groups: [], verdicts: withCore }).untilPublishable).toBe(2_000);
  });

  it('PREP-15 leave out what cannot be published, and are not known where nothing was measured', () => {
    const verdicts = [verdict('core', 4, false), verdict('claims', 1)];
    expect(meanTimes(graph, { began, groups: [], verdicts }).untilPublishable).toBeNull();
    expect(meanTimes(graph, { began, groups: [group(0, 1)], verdicts: [] })).toEqual({
      perModule: null,
      untilPublishable: null,
    });
  });
});
