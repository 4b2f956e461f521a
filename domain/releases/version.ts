/**
 * Versions of the platform, compared number by number: 11.9 is older than 11.12.
 * A fourth number is a build: it tells binaries apart and changes no rule.
 */
import { UpliftError } from '../errors.js';

/** Major, release, cumulative patch, build; a number that was not written is 0. */
export type Version = readonly [major: number, release: number, patch: number, build: number];

const form = /^\d+(\.\d+){1,3}$/;

/** Throws VERSION_INVALID unless `text` is two to four numbers separated by dots, such as `11.41.0`. */
export function parseVersion(text: string): Version {
  if (!isVersion(text)) {
    throw new UpliftError('VERSION_INVALID', {
      what: `"${text}" is not a version of the platform`,
      next: 'write two to four numbers separated by dots, such as 11.41.0',
    });
  }
  const [major = 0, release = 0, patch = 0, build = 0] = text.split('.').map(Number);
  return [major, release, patch, build];
}

export function isVersion(text: string): boolean {
  return form.test(text) && text.split('.').every((number) => Number.isSafeInteger(Number(number)));
}

/** Negative when `left` is older, 0 when equal, positive when newer; the build counts. For sorting. */
export function compareVersions(left: string, right: string): number {
  return difference(parseVersion(left), parseVersion(right));
}

/** As `compareVersions`, without the build. For rules, and for what is known of a release. */
export function compareReleases(left: string, right: string): number {
  return difference(withoutBuild(left), withoutBuild(right));
}

/**
 * What is installed against what is asked for, as `compareVersions`: another build is another binary. A release that is named without
 * its build is whichever of its builds is there: neither older nor newer than any.
 */
export function compareInstalled(left: string, right: string): number {
  const unnamed = [left, right].some((version) => parseVersion(version)[3] === 0);
  return unnamed ? compareReleases(left, right) : compareVersions(left, right);
}

/** Whether what is installed is the release that is asked for, so that nothing has to be installed. Text that is no version is only itself. */
export function isOn(installed: string, release: string): boolean {
  if (!isVersion(installed) || !isVersion(release)) return installed === release;
  return compareInstalled(installed, release) === 0;
}

/** Whether `version` is the release `bound` or a later one. */
export function atLeast(version: string, bound: string): boolean {
  return compareReleases(version, bound) >= 0;
}

/** Whether `version` is in the range that starts with `start` and reaches up to the start of the next range. */
export function inRange(version: string, start: string, nextStart: string): boolean {
  return atLeast(version, start) && !atLeast(version, nextStart);
}

export function majorOf(version: string): number {
  return parseVersion(version)[0];
}

function withoutBuild(text: string): Version {
  const [major, release, patch] = parseVersion(text);
  return [major, release, patch, 0];
}

function difference(left: Version, right: Version): number {
  for (const [index, number] of left.entries()) {
    const other = right[index] ?? 0;
    if (number !== other) return number - other;
  }
  return 0;
}
