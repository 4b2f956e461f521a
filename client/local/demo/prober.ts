/** Walks through an environment's pages, as its users would, again and again, and counts what was not answered. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Probing {
  readonly requests: number;
  readonly failures: number;
}

export interface Prober {
  now(): Probing;
  stop(): Promise<Probing>;
}

/** Milliseconds between two requests, and until one without an answer counts as failed. */
const every = 100;
const patience = 5_000;

/** `url`: the home page, whose links are the pages to walk through. */
export function probe(url: string): Prober {
  const stopping = new AbortController();
  let state: Probing = { requests: 0, failures: 0 };

  const done = (async () => {
    let pages = [url];
    for (let index = 0; !stopping.signal.aborted; index = (index + 1) % pages.length) {
      const page = await ask(pages[index] ?? url);
      if (page !== undefined && index === 0) pages = [url, ...linksOf(page, url)];
      state = { requests: state.requests + 1, failures: state.failures + (page === undefined ? 1 : 0) };
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

/** The page; undefined when it did not come. */
async function ask(url: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(patience) });
    const text = await response.text();
    return response.ok ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Links to other pages of the same site. */
function linksOf(page: string, base: string): string[] {
  const links = [...page.matchAll(/href="([^"#]+)"/g)].map((match) => new URL(match[1] ?? '/', base));
  return [...new Set(links.filter(({ origin }) => origin === new URL(base).origin).map(String))];
}
