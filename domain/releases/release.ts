/** Words for releases of the platform server, and how a release is found among them. */
import { compareReleases, compareVersions } from './version.js';

/**
 * `GA`: for everybody. `withdrawn`: taken back by the vendor, never a target.
 * `preliminary`: listed before its final notes. `personal-environments-only`: never for an infrastructure.
 */
type ReleaseKind = 'GA' | 'withdrawn' | 'preliminary' | 'personal-environments-only';

/** Dates are ISO 8601 days; `null` when the vendor states none. */
export interface Release {
  readonly version: string;
  readonly date: string | null;
  readonly kind: ReleaseKind;
  readonly withdrawnOn: string | null;
  readonly notes: readonly string[];
  /** What its notes call security fixes; `null`: nobody has collected them. Only of the platform. */
  readonly security?: readonly SecurityFix[] | null;
}

interface SecurityFix {
  /** The vendor's. */
  readonly id: string;
  /** In words of ours. */
  readonly kind: string;
  /** The highest score that is stated, 0 to 10; `null`: none is. */
  readonly cvss: number | null;
}

/** Oldest first. */
export type ReleaseCatalogue = readonly Release[];

/** The release of that version; of several builds of one release the one asked for, else the first. */
export function findRelease(catalogue: ReleaseCatalogue, version: string): Release | undefined {
  const builds = catalogue.filter((release) => compareReleases(release.version, version) === 0);
  return builds.find((release) => compareVersions(release.version, version) === 0) ?? builds[0];
}

/** The newest release for everybody; proposed when no target is given. */
export function newestRelease(catalogue: ReleaseCatalogue): Release | undefined {
  return catalogue.findLast((release) => release.kind === 'GA');
}
