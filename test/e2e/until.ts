/** Waiting for what a test expects to happen. */
import { setTimeout as delay } from 'node:timers/promises';

/** Resolves with the first truthy answer of `condition`; fails after `milliseconds`, saying what was waited for. */
export async function until<T>(
  what: string,
  condition: () => T | Promise<T>,
  milliseconds = 15_000,
): Promise<Exclude<T, undefined | null | false | 0>> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const answer = await condition();
    if (answer) return answer as Exclude<T, undefined | null | false | 0>;
    if (Date.now() > deadline) throw new Error(`waited ${milliseconds} ms for: ${what}`);
    await delay(20);
  }
}
