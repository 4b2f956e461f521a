/** Ranges of releases as the upgrade knowledge writes them: comparators separated by a blank, all of which hold: `>=11.12.0 <11.13.2`. */
import { UpliftError } from '../errors.js';
import { compareReleases } from './version.js';

const form = /^(>=|<=|<|>)(\d+(?:\.\d+){1,3})$/;

/** Throws VERSION_INVALID when `version` is none or `range` has another form. */
export function inVersionRange(version: string, range: string): boolean {
  return range.split(' ').every((comparator) => satisfies(version, comparator));
}

function satisfies(version: string, comparator: string): boolean {
  const [, operator, bound = ''] = form.exec(comparator) ?? [];
  switch (operator) {
    case '>=':
      return compareReleases(version, bound) >= 0;
    case '<=':
      return compareReleases(version, bound) <= 0;
    case '<':
      return compareReleases(version, bound) < 0;
    case '>':
      return compareReleases(version, bound) > 0;
    default:
      throw new UpliftError('VERSION_INVALID', {
        what: `"${comparator}" is not a range of releases`,
        next: 'write comparators such as >=11.12.0 <11.13.2',
      });
  }
}
