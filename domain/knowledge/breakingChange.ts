/** Breaking changes and side effects: what a release changed that applications may rely on, and whom it concerns. */
import { compareReleases, isVersion } from '../releases/version.js';

export interface BreakingChange {
  readonly id: string;
  /** A release of the component (`11.20.0`), or the month that names one of 2018 and 2019 (`Oct.2019 CP1`). */
  readonly introducedIn: string;
  readonly component: 'platform' | 'lifetime' | 'mobile' | 'service-studio';
  readonly kind: 'breaking-change' | 'side-effect';
  readonly area: string;
  /** Names of facts (domain/knowledge/facts.ts). Within a facet one is enough, every facet that is present has to match. */
  readonly appliesTo: readonly string[];
  readonly summary: string;
  readonly howToFind: string;
  readonly action: string;
  /** To handle it: an estimate of ours, not the vendor's word. */
  readonly effort: Effort;
  /** Where the vendor documents it: repository, file and anchor. */
  readonly source: string;
}

export type Effort = 'none' | 'low' | 'medium' | 'high';

/**
 * Whether an upgrade of the change's component passes the release that introduced it. `from` and `to` are versions of that component.
 *
 * Releases named by month have numbers of 11.0 that the vendor does not state, but for the first: their changes are taken to be
 * passed by whoever comes from 11.0 or older.
 */
export function passes({ introducedIn }: BreakingChange, from: string, to: string): boolean {
  const introduced = introducedIn === 'Sep.2018' ? firstOf11 : introducedIn;
  if (!isVersion(introduced)) return compareReleases(from, '11.1.0') < 0 && compareReleases(to, firstOf11) >= 0;
  return compareReleases(from, introduced) < 0 && compareReleases(introduced, to) <= 0;
}

/** Sep.2018. */
const firstOf11 = '11.0.108.0';

/** The facet that a fact belongs to; a fact of no facet is one of its own. */
export function facetOf(fact: string): string {
  return facets[fact] ?? fact;
}

const facets: Readonly<Record<string, string>> = {
  all: 'runtime',
  'traditional-web': 'runtime',
  'reactive-web': 'runtime',
  mobile: 'runtime',
  'sql-server': 'database',
  oracle: 'database',
  mysql: 'database',
  postgresql: 'database',
  'external-database': 'database',
  'external-sql-server': 'database',
  'external-oracle': 'database',
  'external-mysql': 'database',
  'external-postgresql': 'database',
  'on-premises': 'hosting',
  cloud: 'hosting',
  java: 'stack',
  dotnet: 'stack',
};
