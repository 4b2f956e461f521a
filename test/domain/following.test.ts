/** What a gate shows follows repairs, and what that costs a history. */
import { expect, it } from 'vitest';
import { repairedSince } from '../../domain/gates/accepting.js';
import { untilNextChange } from '../../domain/gates/following.js';

it('shows the first change at once, and later ones for six hours of publishing without a pause, in 300 events', () => {
  const waits: number[] = [];
  for (let wait = untilNextChange(0); wait !== undefined; wait = untilNextChange(waits.length)) waits.push(wait);
  expect(waits.slice(0, 3)).toEqual([0, 2_000, 4_000]);
  expect(Math.max(...waits)).toBe(600_000);
  expect(6 * waits.length).toBeLessThanOrEqual(300);
  expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(6 * 3_600_000);
});

it.each<[string, readonly string[], string | undefined]>([
  ['nothing has changed', ['claims', 'ui'], undefined],
  ['one is repaired', ['ui'], 'Repaired since: claims; 1 of 2 failed still. Send retry to prepare what is left'],
  ['all are', [], 'Repaired since: claims, ui; no module is failed now. Send retry to prepare what is left'],
])('says what has become of failed modules when %s', (_, failed, said) => {
  expect(repairedSince({ names: ['claims', 'ui'], count: 2 }, failed)).toBe(said);
});

it('says how many are left of modules that were not all named', () => {
  const failed = Array.from({ length: 11 }, (_, index) => `module${index}`);
  expect(repairedSince({ names: failed.slice(0, 10), count: 12 }, failed)).toBe(
    'Repaired since; 11 of 12 failed still. Send retry to prepare what is left',
  );
});
