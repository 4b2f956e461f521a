/** How long a run has worked in each of its steps, by its own clock: what later plans expect (PLAN-01). */

export interface Stopwatch {
  readonly enter: (step: string) => void;
  /** Time spent in `wait` counts for no step: people decide how long it is. */
  readonly holding: <T>(wait: Promise<T>) => Promise<T>;
  /** Milliseconds by step, of the steps that were left; one that was entered again counts in sum. */
  readonly spent: () => Readonly<Record<string, number>>;
}

export function stopwatch(first: string): Stopwatch {
  const spent: Record<string, number> = {};
  let step = first;
  let since = Date.now();
  /** Several may go on at a time: what counts for no step is from the first to the last. */
  let waits = 0;
  let held = since;
  return {
    enter: (next) => {
      const now = Date.now();
      spent[step] = (spent[step] ?? 0) + now - since;
      step = next;
      since = now;
    },
    holding: async (wait) => {
      if (waits++ === 0) held = Date.now();
      try {
        return await wait;
      } finally {
        if (--waits === 0) since += Date.now() - held;
      }
    },
    spent: () => ({ ...spent }),
  };
}
