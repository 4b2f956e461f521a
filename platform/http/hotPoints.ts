/** Hot points of a site, asked for as a browser would, also behind the closed door (TEST-01). */
import type { HotPoint } from '../../port/checks.js';
import { answerAt } from './answer.js';

export interface Site {
  /** Where it answers, without a path: `https://apps.acme.example`. */
  readonly address: string;
  /** What lets the checks in. Of this site alone: no other one is ever sent them. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Milliseconds for one hot point, redirects and its whole answer included. */
const limit = 10_000;

/** Milliseconds for all of them, below the quarter of an hour of the activity: what is not checked by then has not passed. */
const allLimit = 600_000;

/** Fetched at a time: enough to be quick, few enough not to be a load test. */
const lanes = 8;

/**
 * In the order of `paths`. One that ends with `#login` asks its users who they are: there a login page is a good answer, which nowhere
 * else it is. `within`: milliseconds for all of them. Throws only what `signal` says when it is aborted.
 */
export async function hotPoints(
  site: Site,
  paths: readonly string[],
  signal: AbortSignal,
  within = allLimit,
): Promise<readonly HotPoint[]> {
  const deadline = performance.now() + within;
  const results: HotPoint[] = [];
  const waiting = paths.entries();
  const lane = async () => {
    for (const [index, path] of waiting) {
      const left = Math.ceil(deadline - performance.now());
      results[index] = left > 0 ? await checkOne(site, path, signal, Math.min(limit, left)) : notChecked(path, within);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

function notChecked(path: string, within: number): HotPoint {
  const problem = `not checked: the ${within / 1000} s for all hot points were over`;
  return { path, ok: false, status: 0, milliseconds: 0, problem };
}

async function checkOne(site: Site, path: string, signal: AbortSignal, patience: number): Promise<HotPoint> {
  signal.throwIfAborted();
  const started = performance.now();
  const { status, problem } = await checked(site, path, signal, patience);
  return { path, ok: problem === null, status, milliseconds: Math.round(performance.now() - started), problem };
}

async function checked(
  site: Site,
  path: string,
  signal: AbortSignal,
  patience: number,
): Promise<{ readonly status: number; readonly problem: string | null }> {
  const url = URL.canParse(path, site.address) ? new URL(path, site.address) : undefined;
  if (!path.startsWith('/') || url?.origin !== site.address) {
    return { status: 0, problem: 'a hot point is a path of the environment, as /claims/List' };
  }
  const late = AbortSignal.timeout(patience);
  const answer = await answerAt(url, site.headers, AbortSignal.any([signal, late]));
  signal.throwIfAborted();
  switch (answer.kind) {
    case 'page':
      return { status: answer.status, problem: answer.problem };
    case 'login':
      return { status: answer.status, problem: url.hash === '#login' ? null : `a login page answered (${answer.how})` };
    case 'none':
      return { status: 0, problem: late.aborted ? `no whole answer within ${patience / 1000} s` : answer.problem };
  }
}
