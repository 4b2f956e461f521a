import { describe, expect, it } from 'vitest';
import { findRelease, newestRelease } from '../../domain/releases/release.js';
import { releases } from '../../domain/releases/releases.js';
import { compareVersions, isVersion } from '../../domain/releases/version.js';

describe('the release catalogue', () => {
  it('has well-formed entries, oldest first, none twice', () => {
    const day = /^\d{4}-\d{2}-\d{2}$/;
    for (const { version, date, kind, withdrawnOn, notes } of releases) {
      expect(isVersion(version), version).toBe(true);
      expect(['GA', 'withdrawn', 'preliminary', 'personal-environments-only']).toContain(kind);
      expect(date === null || day.test(date), version).toBe(true);
      expect(withdrawnOn === null || day.test(withdrawnOn), version).toBe(true);
      expect(withdrawnOn !== null, version).toBe(kind === 'withdrawn');
      expect(notes.every((note) => note.length > 0)).toBe(true);
    }
    const versions = releases.map(({ version }) => version);
    expect(versions).toEqual(versions.toSorted(compareVersions));
    expect(new Set(versions).size).toBe(versions.length);
  });

  it('names the security fixes of every release from 11.12.0, each with the score that is stated', () => {
    for (const { version, security } of releases) {
      expect(security !== null && security !== undefined, version).toBe(compareVersions(version, '11.12.0') >= 0);
      for (const { id, kind, cvss } of security ?? []) {
        expect(id, version).toMatch(/^[A-Z0-9]+-\d+$/);
        expect(kind.length).toBeGreaterThan(0);
        expect(cvss === null || (cvss > 0 && cvss <= 10), id).toBe(true);
      }
    }
    expect(findRelease(releases, '11.44.0')?.security?.length).toBeGreaterThan(5);
  });

  it('VER-08 knows 11.18.0 as withdrawn and the releases around it as good', () => {
    expect(findRelease(releases, '11.18.0')).toMatchObject({ kind: 'withdrawn', withdrawnOn: '2022-12-20' });
    expect(findRelease(releases, '11.18.0.36000')?.kind).toBe('withdrawn');
    expect(findRelease(releases, '11.18.1')?.kind).toBe('GA');
    expect(findRelease(releases, '10.0.702.0')?.kind).toBe('personal-environments-only');
    expect(findRelease(releases, '11.18.7')).toBeUndefined();
  });

  it('tells builds of one release apart where it lists several', () => {
    expect(findRelease(releases, '10.0.603.201')?.date).toBe('2017-08-23');
    expect(findRelease(releases, '10.0.603.0')?.date).toBe('2017-06-19');
    expect(findRelease(releases, '10.0.603.7')?.version).toBe('10.0.603.0');
  });

  it('names the newest release that is for everybody', () => {
    expect(newestRelease(releases)?.version).toBe('11.44.0');
    const draft = { version: '11.45.0', date: null, kind: 'preliminary', withdrawnOn: null, notes: [] } as const;
    expect(newestRelease([...releases, draft])?.version).toBe('11.44.0');
    const lastWithdrawn = releases.filter(({ version }) => compareVersions(version, '11.18.0') <= 0);
    expect(newestRelease(lastWithdrawn)?.version).toBe('11.17.1');
    expect(newestRelease([])).toBeUndefined();
  });
});
