/** Which breaking changes and known issues concern an upgrade. */
import { describe, expect, it } from 'vitest';
import { analysis } from '../../domain/analysis/analysis.js';
import { situationOf } from '../../domain/analysis/subjects.js';
import { changeApplies } from '../../domain/knowledge/applicability.js';
import { passes } from '../../domain/knowledge/breakingChange.js';
import { isMet } from '../../domain/knowledge/knownIssue.js';
import type { Facts } from '../../domain/knowledge/situation.js';
import { change, issue, only, requestFor, stated, upgraded } from './analyses.js';
import { analysisOf, environment } from './infrastructures.js';

describe('a breaking change', () => {
  it.each([
    ['11.18.1', '11.41.0', '11.20.0', true],
    ['11.20.0', '11.41.0', '11.20.0', false],
    ['11.18.1', '11.20.0', '11.20.0', true],
    ['11.18.1', '11.19.0', '11.20.0', false],
    // Named by month: their numbers of 11.0 are not stated, but for the first.
    ['11.0.614.0', '11.41.0', 'Oct.2019', true],
    ['11.7.0', '11.41.0', 'Oct.2019', false],
    ['10.0.1115.0', '11.41.0', 'Sep.2018', true],
    ['11.0.108.0', '11.41.0', 'Sep.2018', false],
  ])('ANA-01 from %s to %s: that of %s is passed: %s', (from, to, introducedIn, passed) => {
    expect(passes(change({ introducedIn }), from, to)).toBe(passed);
  });

  it('ANA-01 concerns an environment when every facet matches in one value', () => {
    const situation = (facts: Facts) =>
      situationOf(upgraded('11.18.1', { facts }), '11.41.0', requestFor([]), 'newest');
    const entry = change({ appliesTo: ['reactive-web', 'mobile', 'on-premises'] });
    expect(changeApplies(entry, situation({ mobile: true }))).toEqual({ kind: 'applies' });
    expect(changeApplies(entry, situation({ mobile: false }))).toEqual({ kind: 'unknown', facts: ['reactive-web'] });
    expect(changeApplies(entry, situation({ mobile: false, 'reactive-web': false }))).toEqual({
      kind: 'does not apply',
    });
    expect(changeApplies(entry, situation({ mobile: true, 'on-premises': false }))).toEqual({ kind: 'does not apply' });
  });

  it('ANA-01 is listed with the environments it concerns, the modules that look affected, effort and owner', () => {
    const modules = [
      { name: 'Claims', kind: 'reactive-web' },
      { name: 'Quotes', kind: 'traditional-web' },
    ];
    const found = analysis(
      requestFor([upgraded('11.18.1', { modules }), upgraded('11.25.0', {}, 'Production', 'production')], {
        owners: { '11.20.0-change': 'Claims team' },
      }),
      only({ changes: [change({ appliesTo: ['reactive-web'] })] }),
    );
    expect(found.breakingChanges).toMatchObject([
      { applies: ['Development'], unknown: [], modules: ['Claims'], owner: 'Claims team', entry: { effort: 'high' } },
    ]);
    expect(analysis(requestFor([upgraded('11.18.1')]), only({ changes: [change({})] })).breakingChanges).toMatchObject([
      { modules: null, owner: null },
    ]);
  });

  it('ANA-01 of a platform from 9.1 to 11 includes those of 10 and of 11', () => {
    const found = analysisOf([upgraded('9.1')], {}).breakingChanges.map(({ entry }) => entry.introducedIn);
    expect(found.some((version) => version.startsWith('10.'))).toBe(true);
    expect(found.some((version) => version.startsWith('11.'))).toBe(true);
    const from11 = analysisOf([upgraded('11.18.1')], {}).breakingChanges.map(({ entry }) => entry.introducedIn);
    expect(from11.some((version) => version.startsWith('10.'))).toBe(false);
  });
});

describe('a known issue', () => {
  it('ANA-01 refuses when all its conditions are known to hold', () => {
    const known = only({ issues: [issue({ affects: { to: '>=11.40.0' }, conditions: ['farm', 'oracle'] })] });
    const found = analysis(requestFor([upgraded('11.18.1')], { facts: { oracle: true } }), known);
    expect(found.refusals).toEqual([
      {
        rule: 'ANA-01',
        environment: 'Development',
        code: 'KNOWN_ISSUE',
        reason: 'RPM-1: It stops.',
        next: 'Choose another target.',
      },
    ]);
    expect(found.unknownFacts).toEqual([]);
  });

  it('ANA-01 tells what is not known of its conditions, and refuses nothing', () => {
    const known = only({ issues: [issue({ affects: { to: '>=11.40.0' }, conditions: ['farm', 'oracle'] })] });
    const found = analysis(requestFor([upgraded('11.18.1')]), known);
    expect(found.refusals).toEqual([]);
    expect(found.unknownFacts).toEqual([
      {
        fact: 'oracle',
        text: 'whether the platform database is Oracle',
        weight: 'refusal',
        subjects: ['Development'],
        entries: ['RPM-1'],
      },
    ]);
  });

  it('ANA-01 does not concern whom one condition leaves out, even while another is not known', () => {
    const known = only({ issues: [issue({ conditions: ['farm', 'oracle'] })] });
    const alone = {
      environment: environment('Testing', 'testing', { zones: [{ name: 'Main', frontEnds: ['one'] }] }),
      from: '11.18.1',
    };
    expect(analysis(requestFor([alone]), known)).toMatchObject({ knownIssues: [], unknownFacts: [], refusals: [] });
  });

  it.each([
    [{ from: '<11.10.0', to: '>=11.12.0' }, '11.8.0', true],
    [{ from: '<11.10.0', to: '>=11.12.0' }, '11.18.1', false],
    [{ versions: ['11.41.0', 'Oct.2019'] }, '11.18.1', true],
    [{ versions: ['Oct.2019'] }, '11.18.1', false],
    [{ from: '<11.0.0' }, '10.0.1115.0', true],
  ])('ANA-01 that affects %j is met from %s to 11.41.0: %s', (affects, from, met) => {
    expect(isMet(issue({ affects }), from, '11.41.0')).toBe(met);
  });

  it('ANA-01 of LifeTime is compared with releases of LifeTime', () => {
    const known = only({ issues: [issue({ product: 'lifetime', affects: { to: '<=11.20.0' } })] });
    const on = (release: string, leaveLifeTimeOut = false) =>
      analysis(requestFor([upgraded('11.18.1')], { lifeTime: { release, newest: false }, leaveLifeTimeOut }), known);
    expect(on('11.20.0').knownIssues).toEqual([]);
    expect(on('11.20.0', true).knownIssues).toMatchObject([{ applies: ['LifeTime'] }]);
    expect(on('11.21.0', true).knownIssues).toEqual([]);
  });

  it('ANA-01 refuses 11.33.0 where usage data is opted out, and tells where that is not known', () => {
    const to = (facts: Facts) => stated(facts, '11.18.1', { to: '11.33.0' });
    expect(to({ 'telemetry-opt-out': true }).refusals).toMatchObject([
      { code: 'KNOWN_ISSUE', reason: expect.stringMatching(/^RPM-5716: /) },
    ]);
    expect(to({ 'telemetry-opt-out': false }).refusals).toEqual([]);
    expect(to({}).unknownFacts.find(({ fact }) => fact === 'telemetry-opt-out')).toMatchObject({ weight: 'refusal' });
  });
});
