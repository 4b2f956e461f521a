/**
 * What an upgrade from one release of the platform to another takes: refused, nothing to install, or an upgrade with what follows
 * for LifeTime and the applications (VER-01 to VER-12).
 */

import type { ErrorCode } from '../errors.js';
import { type ApplicationsPath, applicationsPath, type Circumstances, type Remark } from './applicationsPath.js';
import { findRelease, type Release, type ReleaseCatalogue } from './release.js';
import { atLeast, compareInstalled, compareReleases, compareVersions, isOn, isVersion, majorOf } from './version.js';

export interface PathRequest extends Circumstances {
  /** The release the environment is on. */
  readonly from: string;
  readonly to: string;
}

export type UpgradePath = RefusedPath | NothingToInstall | Upgrade;

interface RefusedPath {
  readonly kind: 'refused';
  readonly code: ErrorCode;
  readonly reason: string;
  /** What gets further. */
  readonly next: string;
}

/** The server is on that release already; unfinished preparation and applications go on (VER-10). */
interface NothingToInstall extends ApplicationsPath {
  readonly kind: 'nothing to install';
}

interface Upgrade extends ApplicationsPath {
  readonly kind: 'upgrade';
  /**
   * `required first`: to its newest release, before any environment (VER-01). `together`: one product with the environments
   * (VER-11). `advised first`: it should be the most up-to-date environment.
   */
  readonly lifeTime: 'required first' | 'together' | 'advised first';
  /** A major version that LifeTime and every environment reach together first (VER-11 before VER-01); `null`: none. */
  readonly through: number | null;
  /** Majors whose breaking changes have to be read, in order. */
  readonly breakingChangesOf: readonly number[];
}

/** Never throws: what is wrong with the request is a refusal. */
export function upgradePath(request: PathRequest, catalogue: ReleaseCatalogue): UpgradePath {
  const { from, to } = request;
  const refused = refusal(from, to, catalogue);
  if (refused) return refused;

  const path = applicationsPath(from, to, request);
  const warnings = [...versionWarnings(from, to, findRelease(catalogue, to)), ...path.warnings];
  if (isOn(from, to)) {
    return { ...path, kind: 'nothing to install', warnings, rules: ['VER-10', ...path.rules] };
  }
  return { ...path, kind: 'upgrade', warnings, ...acrossMajors(majorOf(from), majorOf(to)) };
}

function refusal(from: string, to: string, catalogue: ReleaseCatalogue): RefusedPath | undefined {
  for (const version of [from, to]) {
    if (isVersion(version)) continue;
    return refuse('VERSION_INVALID', `"${version}" is not a version of the platform`, 'write it like 11.41.0');
  }
  const release = findRelease(catalogue, to);
  if (release?.kind === 'withdrawn')
    return refuse('VERSION_WITHDRAWN', withdrawnText(to, release), instead(to, catalogue));
  if (release?.kind === 'personal-environments-only') {
    return refuse('PATH_UNSUPPORTED', `${to} is for personal environments only`, instead(to, catalogue));
  }
  if (compareInstalled(to, from) < 0) {
    const reason = `${to} is older than ${from}: going back is a rollback, not an upgrade`;
    return refuse('VERSION_DOWNGRADE', reason, 'uplift rollback, or a target that is not older');
  }
  if (majorOf(to) === 10 || majorOf(to) === 11) return undefined;
  return refuse('PATH_UNSUPPORTED', `no upgrade from ${from} to ${to} is known`, 'choose a release of 10 or 11');
}

function refuse(code: ErrorCode, reason: string, next: string): RefusedPath {
  return { kind: 'refused', code, reason, next };
}

function withdrawnText(to: string, { withdrawnOn, notes }: Release): string {
  const when = withdrawnOn === null ? '' : ` on ${withdrawnOn}`;
  return `The vendor has withdrawn ${to}${when}: ${notes.join(' ')}`;
}

function instead(to: string, catalogue: ReleaseCatalogue): string {
  const later = catalogue.find(({ kind, version }) => kind === 'GA' && compareReleases(version, to) > 0);
  return later ? `choose ${later.version} or a later release` : 'choose a release that is offered to everybody';
}

function versionWarnings(from: string, to: string, release: Release | undefined): readonly Remark[] {
  const warnings: Remark[] = [];
  if (!release)
    warnings.push({ rule: 'VER-08', text: `${to} is not a known release: check that the vendor offers it.` });
  if (release?.kind === 'preliminary') warnings.push({ rule: 'VER-08', text: `${to} is a preliminary release.` });
  if (isOn(from, to) && compareVersions(from, to) !== 0) {
    const text = `${from} and ${to} count as one release, since one of them names no build: nothing is installed. Name the build to install another one.`;
    warnings.push({ rule: 'VER-10', text });
  }
  if (!atLeast(from, '9.0.1')) {
    warnings.push({
      rule: 'VER-11',
      text: `Platforms older than 9.0.1, such as ${from}, have to be upgraded to 9.0.1 before.`,
    });
  }
  return warnings;
}

function acrossMajors(from: number, to: number): Pick<Upgrade, 'lifeTime' | 'through' | 'breakingChangesOf'> {
  const breakingChangesOf = from === to ? [to] : range(from + 1, to);
  if (to === 10) return { lifeTime: 'together', through: null, breakingChangesOf };
  if (from < 10) return { lifeTime: 'required first', through: 10, breakingChangesOf };
  return { lifeTime: from === 10 ? 'required first' : 'advised first', through: null, breakingChangesOf };
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
