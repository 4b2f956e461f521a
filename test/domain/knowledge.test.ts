/** The knowledge of releases: what has to be true of the files, and which facts are known. */
import { describe, expect, it } from 'vitest';
import type { EnvironmentToUpgrade } from '../../domain/analysis/analysisRequest.js';
import { situationOf } from '../../domain/analysis/subjects.js';
import { UpliftError } from '../../domain/errors.js';
import { holds, isFact, unknownText } from '../../domain/knowledge/facts.js';
import { knowledge } from '../../domain/knowledge/knowledge.js';
import type { Facts } from '../../domain/knowledge/situation.js';
import { isVersion } from '../../domain/releases/version.js';
import { inVersionRange } from '../../domain/releases/versionRange.js';
import { requestFor, stated, upgraded } from './analyses.js';
import { factory } from './infrastructures.js';

describe('the upgrade knowledge', () => {
  const { breakingChanges, knownIssues, lifeTimeReleases, toolReleases } = knowledge;

  it('names every fact it depends on, with what it says', () => {
    const names = [
      ...breakingChanges.flatMap(({ appliesTo }) => appliesTo),
      ...knownIssues.flatMap(({ conditions }) => conditions),
    ];
    expect(names.filter((name) => !isFact(name))).toEqual([]);
    expect(unknownText('oracle')).toBe('whether the platform database is Oracle');
  });

  it('has versions and ranges that can be compared, and no id twice', () => {
    for (const { id, introducedIn } of breakingChanges) {
      expect(isVersion(introducedIn) || /^[A-Z][a-z]{2}\.20(18|19)( CP\d)?$/.test(introducedIn), id).toBe(true);
    }
    for (const { affects } of knownIssues) {
      for (const range of [affects.from, affects.to])
        if (range) expect(() => inVersionRange('11.20.0', range)).not.toThrow();
    }
    for (const { version } of [...lifeTimeReleases, ...toolReleases]) expect(isVersion(version), version).toBe(true);
    const all = [...breakingChanges, ...knownIssues].map(({ id }) => id);
    expect(new Set(all).size).toBe(all.length);
  });

  it('VERSION_INVALID is the answer to a range that is none', () => {
    expect(() => inVersionRange('11.20.0', '~11.20')).toThrow(UpliftError);
    expect(inVersionRange('11.13.1.9', '>=11.12.0 <11.13.2')).toBe(true);
    expect(inVersionRange('11.9.0', '>=11.12.0')).toBe(false);
    expect(inVersionRange('11.12.0', '>11.12.0')).toBe(false);
    expect(inVersionRange('11.12.0', '<=11.12.0')).toBe(true);
  });
});

describe('facts', () => {
  const known = (name: string, facts: Facts, changes: Partial<EnvironmentToUpgrade> = {}) =>
    holds(name, situationOf(upgraded('11.18.1', { facts, ...changes }), '11.41.0', requestFor([]), 'newest'));

  it('follow from the topology, from the release, and from each other', () => {
    expect(known('farm', {})).toBe(true);
    expect(known('self-managed', {})).toBe(true);
    expect(known('cloud', {})).toBe(false);
    expect(known('java', {})).toBe(false);
    expect(known('sql-server', {})).toBeUndefined();
    expect(known('sql-server', { oracle: true })).toBe(false);
    expect(known('external-oracle', { 'external-database': false })).toBe(false);
    expect(known('external-database', { 'external-mysql': true })).toBe(true);
    expect(known('more-than-900-modules', {})).toBe(false);
    expect(known('more-than-900-modules', {}, { modules: factory(901) })).toBe(true);
    expect(known('more-than-900-modules', {}, { modules: undefined })).toBeUndefined();
  });

  it('follow from the kinds of modules only where the platform knows those kinds', () => {
    expect(known('mobile', {})).toBeUndefined();
    expect(known('mobile', {}, { modules: [{ name: 'Claims', kind: 'reactive-web' }] })).toBe(false);
    const oneUnknown = [
      { name: 'Claims', kind: 'reactive-web' },
      { name: 'Quotes', kind: null },
    ];
    expect(known('mobile', {}, { modules: oneUnknown })).toBeUndefined();
    expect(known('reactive-web', {}, { modules: oneUnknown })).toBe(true);
  });

  it('are believed as they are stated, and refused under a name that nothing depends on', () => {
    expect(known('farm', { farm: false })).toBe(false);
    expect(stated({ orcale: true }).refusals).toEqual([
      {
        rule: 'ANA-01',
        environment: null,
        code: 'INPUT_INVALID',
        reason: '"orcale" is no fact that anything depends on; perhaps "oracle" is meant',
        next: 'state facts under the names that the analysis shows',
      },
    ]);
  });
});
