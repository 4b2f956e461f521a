/** Waiting for what a test expects to happen. */
import { setTimeout as delay } from 'node:timers/promises';

/** Milliseconds, for what never comes to fail: a condition, and a test of several, on a machine with twenty times as much to do as it can. */
export const patience = { condition: 120_000, test: 600_000 } as const;

/**
 * Resolves with the first truthy answer of `condition`; fails after `milliseconds`, saying what was waited for. Between two questions
 * it waits four times as long as the answer took, from 20 to 250 ms: what is waited for needs the machine more than who waits.
 */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  milliseconds: number = patience.condition,
): Promise<Exclude<T, undefined | null | false | 0>> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const asked = performance.now();
    const answer = await condition();
    if (answer) return answer as Exclude<T, undefined | null | false | 0>;
    if (Date.now() > deadline) throw new Error(`waited ${milliseconds} ms for: ${what}`);
    await delay(Math.min(Math.max(20, 4 * (performance.now() - asked)), 250));
  }
}
