import { describe, expect, it } from 'vitest';
import { analysis } from '../../domain/analysis/analysis.js';
import type { AnalysisRequest, EnvironmentToUpgrade } from '../../domain/analysis/analysisRequest.js';
import { situationOf } from '../../domain/analysis/subjects.js';
import { UpliftError } from '../../domain/errors.js';
import type { Stage } from '../../domain/infrastructure/infrastructure.js';
import { changeApplies, issueApplies } from '../../domain/knowledge/applicability.js';
import { type BreakingChange, passes } from '../../domain/knowledge/breakingChange.js';
import { holds, isFact, unknownText } from '../../domain/knowledge/facts.js';
import { knowledge } from '../../domain/knowledge/knowledge.js';
import { isMet, type KnownIssue } from '../../domain/knowledge/knownIssue.js';
import type { Facts } from '../../domain/knowledge/situation.js';
import { isVersion } from '../../domain/releases/version.js';
import { inVersionRange } from '../../domain/releases/versionRange.js';
import { analysisOf, environment, factory } from './infrastructures.js';

function upgraded(
  from: string,
  changes: Partial<EnvironmentToUpgrade> = {},
  name = 'Development',
  stage: Stage = 'development',
) {
  return { environment: environment(name, stage), from, modules: factory(30), ...changes };
}

function stated(facts: Facts, from = '11.18.1', request: Partial<AnalysisRequest> = {}) {
  return analysisOf([upgraded(from)], { facts, ...request });
}

function issue(changes: Partial<KnownIssue>): KnownIssue {
  return {
    id: 'RPM-1',
    product: 'platform',
    affects: {},
    conditions: [],
    fixedIn: null,
    lowerBound: 'stated',
    summary: 'It stops.',
    consequence: 'refuse',
    guidance: 'Choose another target.',
    source: 'docs',
    ...changes,
  };
}

function change(changes: Partial<BreakingChange>): BreakingChange {
  return {
    id: '11.20.0-change',
    introducedIn: '11.20.0',
    component: 'platform',
    kind: 'breaking-change',
    area: 'REST',
    appliesTo: ['all'],
    summary: 'It changed.',
    howToFind: 'Look.',
    action: 'Change it.',
    effort: 'high',
    source: 'docs',
    ...changes,
  };
}

/** Knows nothing but these entries. */
function only(entries: { issues?: readonly KnownIssue[]; changes?: readonly BreakingChange[] }) {
  return { ...knowledge, knownIssues: entries.issues ?? [], breakingChanges: entries.changes ?? [] };
}

function requestFor(
  environments: readonly EnvironmentToUpgrade[],
  changes: Partial<AnalysisRequest> = {},
): AnalysisRequest {
  return {
    infrastructure: 'acme',
    environments,
    to: '11.41.0',
    lifeTime: { release: '11.33.0', newest: true },
    ...changes,
  };
}

const ids = (concerns: readonly { readonly entry: { readonly id: string } }[]) => concerns.map(({ entry }) => entry.id);

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

describe('the analysis', () => {
  it('ANA-01 lists the releases in between, with what is new', () => {
    const found = analysisOf([upgraded('11.18.1'), upgraded('11.27.0', {}, 'Testing', 'testing')], {});
    const versions = found.releases.map(({ version }) => version);
    expect(versions[0]).toBe('11.19.0');
    expect(versions.at(-1)).toBe('11.41.0');
    expect(found.releases.some(({ notes }) => notes.length > 0)).toBe(true);
  });

  it('ANA-01 proposes the newest release for everybody, of those that can be installed', () => {
    expect(analysisOf([upgraded('11.18.1')], { to: undefined })).toMatchObject({ to: '11.44.0', proposed: true });
    const offered = ['11.18.1', '11.41.0'];
    expect(analysisOf([upgraded('11.18.1')], { to: undefined, offered })).toMatchObject({
      to: '11.41.0',
      proposed: true,
    });
    expect(analysisOf([upgraded('11.18.1')], { offered })).toMatchObject({
      to: '11.41.0',
      proposed: false,
      refusals: [],
    });
    expect(analysisOf([upgraded('11.18.1')], { to: '11.42.0', offered }).refusals).toMatchObject([
      { code: 'RELEASE_UNKNOWN', reason: 'The release 11.42.0 cannot be installed here; there are 11.18.1, 11.41.0' },
    ]);
    expect(() => analysisOf([upgraded('11.18.1')], { to: undefined, offered: ['12.0.0'] })).toThrow(
      /No release can be proposed/,
    );
  });

  it('VER-08 VER-10 refuse a release named without a build, where a build has to be installed', () => {
    const offered = ['11.41.0.52345', '11.41.0.60001'];
    expect(analysisOf([upgraded('11.18.1')], { to: '11.41.0', offered }).refusals).toMatchObject([
      { code: 'RELEASE_UNKNOWN', reason: expect.stringContaining('there are 11.41.0.52345, 11.41.0.60001') },
    ]);
    expect(analysisOf([upgraded('11.41.0.52345')], { to: '11.41.0', offered }).refusals).toEqual([]);
    expect(analysisOf([upgraded('11.18.1')], { to: undefined, offered }).to).toBe('11.41.0.60001');
  });

  it('VER-08 VER-10 say per environment why it cannot start', () => {
    const two = [upgraded('11.18.1'), upgraded('11.42.0', {}, 'Testing', 'testing')];
    expect(analysisOf(two, {}).refusals).toMatchObject([
      { rule: 'VER-10', environment: 'Testing', code: 'VERSION_DOWNGRADE' },
    ]);
    expect(analysisOf(two, { to: '11.18.0' }).refusals.map(({ environment: name, code }) => [name, code])).toEqual([
      ['Development', 'VERSION_WITHDRAWN'],
      ['Testing', 'VERSION_WITHDRAWN'],
    ]);
    expect(analysisOf(two, { to: 'newest' }).refusals).toMatchObject([
      { code: 'VERSION_INVALID' },
      { code: 'VERSION_INVALID' },
    ]);
  });

  it('VER-10 looks at no knowledge for an environment that runs the target already', () => {
    const found = analysisOf([upgraded('11.41.0')], { lifeTime: null });
    expect(found).toMatchObject({ releases: [], breakingChanges: [], knownIssues: [], refusals: [] });
  });

  it('VER-07 plans publish all; an acknowledgement would avoid it, which nothing can give', () => {
    const found = analysisOf([upgraded('11.8.0')], {});
    expect(found.environments[0]?.path).toMatchObject({ applications: 'publish all' });
    expect(found.warnings.map(({ text }) => text).join(' ')).toContain('that no key of uplift.yaml can give');
    const waived = analysisOf([upgraded('11.8.0')], {
      acknowledgements: [{ entry: 'VER-07', by: 'ana', reason: 'two servers more for a month' }],
    });
    expect(waived.environments[0]?.path).toMatchObject({ applications: 'gradual' });
    expect(waived.toHandle).toMatchObject([
      {
        entry: 'VER-07',
        environments: ['Development'],
        acknowledgement: { by: 'ana', reason: 'two servers more for a month' },
      },
    ]);
  });

  it('COMP-01 shows platform, LifeTime and tools each with its own newest release', () => {
    const { components } = analysisOf([upgraded('11.18.1')], { lifeTime: { release: '11.20.0', newest: false } });
    const of = (name: string) => components.find(({ component }) => component === name);
    expect(of('Platform Server')).toMatchObject({
      environment: 'Development',
      installed: '11.18.1',
      newest: '11.44.0',
    });
    expect(of('LifeTime')).toMatchObject({ environment: null, installed: '11.20.0', newest: '11.33.0' });
    expect(of('LifeTime')?.newer).toBeGreaterThan(10);
    expect(of('Service Studio')).toMatchObject({ installed: null, newest: '11.55.91', newer: null });
    expect(of('Integration Studio')).toMatchObject({ newest: '11.14.26' });
  });

  it('COMP-01 counts as newer what is for everybody, not what was withdrawn', () => {
    const newer = (from: string) => analysisOf([upgraded(from)], {}).components[0]?.newer ?? 0;
    // In between are 11.18.0, which was withdrawn, and 11.18.1.
    expect(newer('11.17.1') - newer('11.18.1')).toBe(1);
  });

  it('COMP-04 refuses a personal environment', () => {
    expect(analysisOf([upgraded('11.18.1', { facts: { 'personal-environment': true } })], {}).refusals).toMatchObject([
      { rule: 'COMP-04', environment: 'Development', code: 'PATH_UNSUPPORTED' },
    ]);
  });
});

describe('LifeTime', () => {
  const behind = { release: '11.20.0', newest: false };

  it('COMP-02 is upgraded first when it is not on its newest release', () => {
    expect(stated({}, '11.18.1', { lifeTime: behind })).toMatchObject({
      lifeTime: { kind: 'upgrade first', from: '11.20.0', to: '11.33.0' },
      refusals: [],
    });
    expect(stated({}).lifeTime).toEqual({ kind: 'newest', release: '11.33.0' });
  });

  it('COMP-02 is warned of when that is left out, and when it is not described', () => {
    const leftOut = stated({}, '11.18.1', { lifeTime: behind, leaveLifeTimeOut: true });
    expect(leftOut.lifeTime).toEqual({ kind: 'left out', release: '11.20.0', newest: '11.33.0' });
    expect(leftOut.refusals).toEqual([]);
    expect(leftOut.warnings).toMatchObject([
      { rule: 'COMP-02', text: expect.stringMatching(/stays on 11\.20\.0 although 11\.33\.0 is out/) },
    ]);
    expect(stated({}, '11.18.1', { lifeTime: null }).warnings).toMatchObject([
      { rule: 'COMP-02', text: expect.stringMatching(/not described/) },
    ]);
  });

  it('COMP-02 coming from 10 refuses to leave it out', () => {
    const from10 = stated({}, '10.0.1115.0', {
      lifeTime: { release: '10.0.1115.0', newest: false },
      leaveLifeTimeOut: true,
    });
    expect(from10.refusals).toMatchObject([{ rule: 'COMP-02', code: 'LIFETIME_BEHIND' }]);
    const first = stated({}, '10.0.1115.0', { lifeTime: { release: '10.0.1115.0', newest: false } });
    expect(first.refusals).toEqual([]);
  });

  it('COMP-03 in an environment that it shares is refused', () => {
    expect(stated({ 'lifetime-shared-environment': true }).refusals).toMatchObject([
      {
        rule: 'COMP-03',
        code: 'LIFETIME_BEHIND',
        next: 'reinstall LifeTime in a dedicated environment, then plan again',
      },
    ]);
  });
});

describe('entries that must be handled', () => {
  const change18c = '11.33.0-oracle-18c-dropped';
  /** No known issue refuses it with Oracle. */
  const before = { to: '11.40.0' };

  it('ANA-01 are the changes of high effort that are known to apply', () => {
    expect(stated({ oracle: true }, '11.18.1', before).toHandle.map(({ entry }) => entry)).toEqual([change18c]);
    expect(stated({}).toHandle).toEqual([]);
    expect(stated({}, '11.18.1', before).unknownFacts.find(({ fact }) => fact === 'oracle')).toMatchObject({
      weight: 'acknowledgement',
    });
    expect(ids(stated({ oracle: true }, '11.18.1', before).breakingChanges)).toContain(change18c);
  });

  it('ANA-01 are open until somebody acknowledges them with a reason', () => {
    const acknowledged = (by: string, reason: string) =>
      stated({ oracle: true }, '11.18.1', { acknowledgements: [{ entry: change18c, by, reason }] }).toHandle[0]
        ?.acknowledgement;
    expect(stated({ oracle: true }).toHandle[0]?.acknowledgement).toBeNull();
    expect(acknowledged('rui', ' ')).toBeNull();
    expect(acknowledged('', 'we run 19c')).toBeNull();
    expect(acknowledged('rui', 'we run 19c')).toEqual({ by: 'rui', reason: 'we run 19c' });
  });

  it('ANA-01 say so when an acknowledgement meets nothing', () => {
    const idle = stated({}, '11.18.1', { acknowledgements: [{ entry: change18c, by: 'rui', reason: 'we run 19c' }] });
    expect(idle.warnings).toMatchObject([
      { rule: 'ANA-01', text: expect.stringMatching(/^rui acknowledged 11\.33\.0-oracle-18c-dropped/) },
    ]);
  });

  it('ANA-01 an issue of any condition concerns whom all of them hold for', () => {
    const situation = situationOf(upgraded('11.18.1'), '11.41.0', requestFor([]), 'newest');
    expect(issueApplies(issue({ conditions: [] }), situation)).toEqual({ kind: 'applies' });
    expect(issueApplies(issue({ conditions: ['oracle', 'soap'] }), situation)).toEqual({
      kind: 'unknown',
      facts: ['oracle', 'soap'],
    });
  });
});
