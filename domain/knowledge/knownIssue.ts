/** Known issues of releases: what goes wrong on the way to them or on them, under which conditions, and what that means for the plan. */
import { compareReleases, isVersion } from '../releases/version.js';
import { inVersionRange } from '../releases/versionRange.js';

export interface KnownIssue {
  /** The vendor's where there is one (`RPM-1125`), else a name. */
  readonly id: string;
  /** Whose versions `affects` speaks of. */
  readonly product: 'platform' | 'lifetime';
  readonly affects: AffectedReleases;
  /** Names of facts (domain/knowledge/facts.ts) that all have to hold; none: it is always met. */
  readonly conditions: readonly string[];
  /** `null`: never, or it is a rule and not a fault. */
  readonly fixedIn: string | null;
  /** `unknown`: only the fix is stated, so that older releases may be warned of without need. */
  readonly lowerBound: 'stated' | 'unknown';
  readonly summary: string;
  readonly consequence: Consequence;
  readonly guidance: string;
  /** Where the vendor documents it: repository and file. */
  readonly source: string;
}

/** Ranges and releases; what is absent holds for any. */
interface AffectedReleases {
  readonly from?: string | undefined;
  /** Of the target, or of what runs. */
  readonly to?: string | undefined;
  /** Exact releases, instead of `to`. */
  readonly versions?: readonly string[] | undefined;
}

/** What it means for an orchestrator: a reading of ours. */
export type Consequence = 'refuse' | 'warn' | 'info';

/** Whether an upgrade of the issue's product meets it, its conditions aside. */
export function isMet({ affects: { from: froms, to: tos, versions } }: KnownIssue, from: string, to: string): boolean {
  if (froms !== undefined && !inVersionRange(from, froms)) return false;
  if (tos !== undefined && !inVersionRange(to, tos)) return false;
  return versions === undefined || versions.some((version) => isVersion(version) && compareReleases(version, to) === 0);
}
