/** A front end, for people: what it runs, and why it gets no requests where it gets none. */
import type { FrontEndFacts } from '../../port/inventory.js';

export function frontEndText(facts: FrontEndFacts): string {
  const { name, release, traffic } = facts;
  if (traffic === null) return `${name} ${release ?? 'unknown'}`;
  const why = whyOutOfTraffic(facts);
  return `${name} ${release ?? 'not started'}${why === undefined ? '' : ` (${why})`}`;
}

/** Undefined: it gets requests. */
function whyOutOfTraffic({ release, traffic, wanted }: FrontEndFacts): string | undefined {
  if (traffic === 'serving' || !wanted) return undefined;
  const goal = release === wanted.release ? '' : `, on its way to ${wanted.release}`;
  return wanted.traffic === 'drained'
    ? `taken out of traffic${goal}`
    : `out of traffic${goal}: it is down, or the balancer is`;
}
