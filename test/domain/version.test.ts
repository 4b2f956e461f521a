import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UpliftError } from '../../domain/errors.js';
import {
  atLeast,
  compareInstalled,
  compareReleases,
  compareVersions,
  inRange,
  isOn,
  isVersion,
  majorOf,
  parseVersion,
} from '../../domain/releases/version.js';

const number = fc.nat({ max: 100_000 });
const version = fc.array(number, { minLength: 2, maxLength: 4 }).map((numbers) => numbers.join('.'));

describe('versions', () => {
  it.each([
    ['11.9', '11.12', -1],
    ['11.9.2', '11.12.0', -1],
    ['11.0.615', '11.7.0', -1],
    ['10.0.1115.0', '11.0.108.0', -1],
    ['9.1', '10.0.200', -1],
    ['11.12', '11.12.0', 0],
    ['11.12.0', '11.12.0.0', 0],
    ['11.012.0', '11.12.0', 0],
    ['11.34.1', '11.34.0', 1],
    ['11.34.0.44828', '11.34.0.44827', 1],
  ])('compares %s with %s number by number', (left, right, sign) => {
    expect(Math.sign(compareVersions(left, right))).toBe(sign);
  });

  it('takes a fourth number for a build that changes no rule', () => {
    expect(compareReleases('11.34.0.44828', '11.34.0')).toBe(0);
    expect(atLeast('11.11.3.99999', '11.12.0')).toBe(false);
    expect(atLeast('11.12.0', '11.12.0.28000')).toBe(true);
  });

  it.each([
    ['11.41.0.52345', '11.41.0.60001', -1],
    ['11.41.0.60001', '11.41.0.52345', 1],
    ['11.41.0.52345', '11.41.0', 0],
    ['11.41', '11.41.0.52345', 0],
    ['11.41.0.52345', '11.41.1', -1],
    ['11.18.1', '11.41.0.52345', -1],
  ])(
    'VER-10 compares what is installed, %s, with %s: a build is a binary, one that is not named is any',
    (installed, release, sign) => {
      expect(Math.sign(compareInstalled(installed, release))).toBe(sign);
      expect(isOn(installed, release)).toBe(sign === 0);
    },
  );

  it('is on nothing but itself by a name that is no version', () => {
    expect([isOn('draft', 'draft'), isOn('draft', '11.41.0'), isOn('11.41.0', '')]).toEqual([true, false, false]);
  });

  it('lets a range reach up to the start of the next one', () => {
    const inside = ['11.12.0', '11.12.2', '11.14.1', '11.14.2', '11.14.1.33133'];
    expect(inside.filter((text) => inRange(text, '11.12.0', '11.15.0'))).toEqual(inside);
    expect(['11.11.3', '11.15.0', '12.0'].filter((text) => inRange(text, '11.12.0', '11.15.0'))).toEqual([]);
  });

  it('knows the major version', () => {
    expect([majorOf('9.1'), majorOf('10.0.200.0'), majorOf('11.41.0')]).toEqual([9, 10, 11]);
  });

  it.each([
    '',
    '11',
    '11.',
    '.11',
    '11.1.2.3.4',
    '11.x',
    'v11.1',
    ' 11.1',
    '11.1\n',
    '11.-1',
    '11.1e3',
    '11.99999999999999999',
  ])('refuses %j with VERSION_INVALID', (text) => {
    expect(isVersion(text)).toBe(false);
    expect(() => parseVersion(text)).toThrowError(
      expect.objectContaining({ code: 'VERSION_INVALID', message: expect.stringContaining('11.41.0') }),
    );
    expect(() => parseVersion(text)).toThrowError(UpliftError);
  });

  it('parses what it can compare, and orders any versions consistently', () => {
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(isVersion(a)).toBe(true);
        expect(compareVersions(a, a)).toBe(0);
        expect(Math.sign(compareVersions(a, b))).toBe(-Math.sign(compareVersions(b, a)) + 0);
        const [first, second, third] = [a, b, c].sort(compareVersions);
        expect(compareVersions(first ?? '', third ?? '')).toBeLessThanOrEqual(0);
        expect(compareVersions(second ?? '', third ?? '')).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('never throws on any text when asked whether it is a version', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        if (isVersion(text)) expect(parseVersion(text)).toHaveLength(4);
        else expect(() => parseVersion(text)).toThrowError(UpliftError);
      }),
    );
  });
});
