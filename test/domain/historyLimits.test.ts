import { describe, expect, it } from 'vitest';
import { historyState, historyText, whyFull } from '../../contract/historyLimits.js';

describe('the history of a run', () => {
  it.each([
    [800, 100_000, 'well'],
    [5_000, 100_000, 'much'],
    [800, 10_000_000, 'much'],
    [10_000, 100_000, 'full'],
    [800, 20_000_000, 'full'],
  ] as const)('of %i events and %i bytes is %s', (length, size, state) => {
    expect(historyState({ length, size })).toBe(state);
  });

  it('has room for all the signals that the server takes, when the run takes no more', () => {
    const signals = 10_000;
    const eventsEach = 4; // the signal, and a task: scheduled, started, completed
    const last = Array.from({ length: 20_000 }, (_, at) => at).find((length) => whyFull({ length, size: 0 })) ?? 0;
    expect(last + signals * eventsEach).toBeLessThan(51_200);
  });

  it('is told with what is left, and what to do', () => {
    expect(historyText({ length: 12_345, size: 3_400_000 })).toBe('12,345 of 51,200 events, 3.4 of 52.4 MB');
    expect(whyFull({ length: 12_345, size: 0 })).toMatch(/takes no more messages but stop, and starting it again/);
    expect(whyFull({ length: 9_999, size: 0 })).toBeUndefined();
  });
});
