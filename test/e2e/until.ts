/** Waiting for what a test expects to happen. */
import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds, for what never comes to fail: a condition, and a test of several, on a machine with twenty times as much to do as it can. */
export const patience = { condition: 120_000, test: 600_000 } as const;

/**
 * Resolves with the first truthy answer of `condition`; fails after `milliseconds`, saying what was waited for. Between two questions
 * it waits `pause` of what the answer took; where nothing is said four times as long, from 20 to 250 ms: what is waited for needs the
 * machine more than who waits.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  milliseconds: number = patience.condition,
  pause: (took: number) => number = gentle,
): Promise<Exclude<T, undefined | null | false | 0>> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const asked = performance.now();
    const answer = await condition();
    if (answer) return answer as Exclude<T, undefined | null | false | 0>;
    if (Date.now() > deadline) throw new Error(`waited ${milliseconds} ms for: ${what}`);
    await delay(pause(performance.now() - asked));
  }
}

/** For a state that soon passes, which a machine with much to do must not miss: milliseconds until it is asked for again. */
export const closely = (): number => 10;

function gentle(took: number): number {
  return Math.min(Math.max(20, 4 * took), 250);
}
