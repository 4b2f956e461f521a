/** Asks for one page through the balancer again and again, as a browser would, and counts what was not answered. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Probing {
  readonly requests: number;
  readonly failures: number;
  /** What the page last answered: `x-server-release` and the module's release as its footer names it. */
  readonly release: string | null;
}

export interface Prober {
  now(): Probing;
  stop(): Promise<Probing>;
}

/** Milliseconds between two requests, and until one without an answer counts as failed. */
const every = 100;
const patience = 5_000;

export function probe(url: string): Prober {
  const stopping = new AbortController();
  let state: Probing = { requests: 0, failures: 0, release: null };

  const done = (async () => {
    while (!stopping.signal.aborted) {
      const answered = await ask(url);
      state = {
        requests: state.requests + 1,
        failures: state.failures + (answered === undefined ? 1 : 0),
        release: answered ?? state.release,
      };
      await delay(every, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();

  return {
    now: () => state,
    stop: async () => {
      stopping.abort();
      await done;
      return state;
    },
  };
}

/** The module's release that the page came from; undefined when it did not come. */
async function ask(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(patience) });
    await response.arrayBuffer();
    return response.ok ? (response.headers.get('x-module-release') ?? 'unknown') : undefined;
  } catch {
    return undefined;
  }
}
