/** Waiting until the processes of an environment say that what is wanted of them is so. */
import { setTimeout as delay } from 'node:timers/promises';
import type { UpliftError } from '../../domain/errors.js';
import type { Progress } from '../../port/progress.js';
import type { EmbeddedContext } from './context.js';

export interface Expectation {
  /** What is not so yet, in words; undefined once all of it is. */
  missing(): Promise<string | undefined>;
  /** The error to throw when `missing` is still so after `seconds`. */
  late(missing: string, seconds: number): UpliftError;
}

/** How often observed state is read, in milliseconds. Processes look at what is wanted about as often. */
const lookEvery = 50;

/** Waits as long as a front end may take. Throws `late`, and what the signal says when it is aborted. */
export async function untilObserved(
  { settings }: EmbeddedContext,
  progress: Progress,
  { missing, late }: Expectation,
): Promise<void> {
  const deadline = Date.now() + settings.frontEndPatience;
  for (;;) {
    const what = await missing();
    if (what === undefined) return;
    if (Date.now() > deadline) throw late(what, settings.frontEndPatience / 1000);
    progress.heartbeat({ waitingBecause: what });
    await delay(lookEvery, undefined, { signal: progress.signal });
  }
}
