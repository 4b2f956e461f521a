/** The analysis: releases in between, components, refusals, and what must be handled. */
import { describe, expect, it } from 'vitest';
import { situationOf } from '../../domain/analysis/subjects.js';
import { issueApplies } from '../../domain/knowledge/applicability.js';
import { issue, requestFor, stated, upgraded } from './analyses.js';
import { analysisOf } from './infrastructures.js';

const ids = (concerns: readonly { readonly entry: { readonly id: string } }[]) => concerns.map(({ entry }) => entry.id);

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
