/** How applications come along within 11: publish all, preparation, Deploy All. */
import { describe, expect, it } from 'vitest';
import { brief, cloud, eap, followed, oracle, progressive, sqlServer } from './paths.js';

describe('VER-02 and VER-03, up to 11.11.3', () => {
  it.each([
    ['11.7.2', '11.8.0', {}, 'VER-02: publish all, none, no Deploy All'],
    ['11.7.2', '11.11.3', {}, 'VER-02: publish all, none, no Deploy All'],
    ['11.11.1', '11.11.3', progressive, 'VER-02: publish all, none, no Deploy All'],
    ['11.11.3', '11.11.9', {}, 'VER-02: publish all, none, no Deploy All'],
    ['11.7.2', '11.8.4', eap, 'VER-02: publish all, none, no Deploy All'],
    ['11.7.2', '11.9.0', eap, 'VER-03: gradual, whole environment, no Deploy All'],
    ['11.7.2', '11.9', eap, 'VER-03: gradual, whole environment, no Deploy All'],
    ['11.7.2', '11.11.3', { ...eap, edition: 'Enterprise' }, 'VER-03: gradual, whole environment, no Deploy All'],
    ['11.7.2', '11.11.3.28000', eap, 'VER-03: gradual, whole environment, no Deploy All'],
    ['11.7.2', '11.11.3', { ...eap, edition: 'Free' }, 'VER-02: publish all, none, no Deploy All'],
  ])('VER-02 VER-03 from %s to %s with %j', (from, to, circumstances, expected) => {
    expect(brief(from, to, circumstances)).toBe(expected);
  });

  it('VER-03 tells the Free edition why it publishes all', () => {
    expect(followed('11.7.2', '11.11.3', { ...eap, edition: 'Free' }).warnings).toEqual([
      { rule: 'VER-03', text: expect.stringContaining('Free edition') },
    ]);
  });

  it('VER-03 starts by itself in the Cloud, else after Service Center and System Components; a retry starts over', () => {
    expect(followed('11.7.2', '11.11.3', { ...eap, ...cloud }).preparation).toMatchObject({ starts: 'by itself' });
    expect(followed('11.7.2', '11.11.3', eap).preparation).toEqual({
      kind: 'whole environment',
      retry: 'restart',
      starts: 'after Service Center and System Components',
      reportPage: '/ServiceCenter/PrepareModules.aspx',
    });
  });
});

describe('VER-04 from 11.12.0 up to 11.15.0', () => {
  const wholeEnvironment = 'VER-04: gradual, whole environment, no Deploy All';
  const publishAll = 'VER-04: publish all, none, no Deploy All';
  it.each([
    ['11.12.0', sqlServer, wholeEnvironment],
    ['11.12.0', oracle, publishAll],
    ['11.13.1', sqlServer, wholeEnvironment],
    ['11.13.1', oracle, publishAll],
    ['11.13.1.30000', oracle, publishAll],
    ['11.13.2', oracle, wholeEnvironment],
    ['11.14.1', oracle, wholeEnvironment],
    ['11.14.1', progressive, wholeEnvironment],
    ['11.14.9', {}, wholeEnvironment],
  ])('VER-04 to %s with %j', (to, circumstances, expected) => {
    expect(brief('11.11.3', to, circumstances)).toBe(expected);
  });

  it('VER-04 restarts on a retry', () => {
    expect(followed('11.11.3', '11.14.1').preparation).toMatchObject({ kind: 'whole environment', retry: 'restart' });
  });

  it('VER-04 warns up to 11.13.1 when the database is not known', () => {
    expect(followed('11.11.3', '11.13.1').warnings).toMatchObject([{ rule: 'VER-04' }]);
    expect(followed('11.11.3', '11.13.1', sqlServer).warnings).toEqual([]);
    expect(followed('11.11.3', '11.13.2').warnings).toEqual([]);
  });
});

describe('VER-05 and VER-06, progressive preparation', () => {
  it.each([
    ['11.15.0', {}, 'VER-05: gradual, whole environment, no Deploy All'],
    ['11.15.0', progressive, 'VER-05: gradual, progressive, no Deploy All'],
    ['11.15.0', cloud, 'VER-05: gradual, whole environment, no Deploy All'],
    ['11.16.1', { ...cloud, ...progressive }, 'VER-05: gradual, progressive, no Deploy All'],
    ['11.16.1', oracle, 'VER-05: gradual, whole environment, no Deploy All'],
    ['11.16.5', {}, 'VER-05: gradual, whole environment, no Deploy All'],
    ['11.17.0', {}, 'VER-06: gradual, progressive, no Deploy All'],
    ['11.17.0', { progressiveEnabled: false }, 'VER-06: gradual, progressive, no Deploy All'],
    ['11.17.1', oracle, 'VER-06: gradual, progressive, no Deploy All'],
  ])('VER-05 VER-06 to %s with %j', (to, circumstances, expected) => {
    expect(brief('11.12.0', to, circumstances)).toBe(expected);
  });

  it('VER-05 asks in the Cloud when it is not known whether it is switched on', () => {
    expect(followed('11.12.0', '11.15.0', cloud).warnings).toMatchObject([{ rule: 'VER-05' }]);
    expect(followed('11.12.0', '11.15.0', { ...cloud, progressiveEnabled: false }).warnings).toEqual([]);
    expect(followed('11.12.0', '11.15.0').warnings).toEqual([]);
  });

  it('VER-06 changes the report page at 11.17.0 and retries only what is unfinished', () => {
    expect(followed('11.12.0', '11.16.1', progressive).preparation).toMatchObject({
      retry: 'unfinished',
      reportPage: '/ServiceCenter/PrepareModules.aspx',
    });
    expect(followed('11.12.0', '11.17.0').preparation).toMatchObject({
      retry: 'unfinished',
      reportPage: 'Factory > Upgrades',
    });
  });
});

describe('VER-07 from 11.0 to 11.10.0, past 11.12.0', () => {
  it.each([
    ['11.0.108.0', '11.12.0', sqlServer, 'VER-07 VER-04: publish all, whole environment, no Deploy All'],
    ['11.9.2', '11.16.1', {}, 'VER-07 VER-05: publish all, whole environment, no Deploy All'],
    ['11.10.0', '11.17.0', {}, 'VER-07 VER-06: publish all, progressive, no Deploy All'],
    ['11.10.0.18000', '11.43.0', {}, 'VER-07 VER-06 VER-09: publish all, progressive, Deploy All'],
    ['11.10.1', '11.43.0', {}, 'VER-06 VER-09: gradual, progressive, Deploy All'],
    ['11.10.0', '11.11.3', {}, 'VER-02: publish all, none, no Deploy All'],
    ['11.10.0', '11.11.3', eap, 'VER-03: gradual, whole environment, no Deploy All'],
  ])('VER-07 from %s to %s with %j', (from, to, circumstances, expected) => {
    expect(brief(from, to, circumstances)).toBe(expected);
  });

  it('VER-07 goes gradually only when somebody acknowledges it; the warning stays', () => {
    const asked = followed('11.10.0', '11.43.0');
    expect(asked).toMatchObject({ applications: 'publish all', acknowledgements: [{ rule: 'VER-07' }] });
    expect(asked.warnings).toMatchObject([{ rule: 'VER-07', text: expect.stringContaining('high CPU') }]);
    const acknowledged = followed('11.10.0', '11.43.0', { acknowledged: ['VER-07'] });
    expect(acknowledged).toMatchObject({ applications: 'gradual', acknowledgements: [], warnings: asked.warnings });
  });

  it('VER-07 asks for nothing where publish all is needed anyway', () => {
    expect(followed('11.10.0', '11.12.0', oracle)).toMatchObject({ applications: 'publish all', acknowledgements: [] });
    const left = followed('11.10.0', '11.43.0', { withoutPreparation: true, acknowledged: ['VER-07'] });
    expect(left).toMatchObject({ applications: 'publish all', acknowledgements: [] });
  });
});

describe('VER-09 Deploy All', () => {
  it.each([
    ['11.18.1', 'VER-06: gradual, progressive, no Deploy All'],
    ['11.19.0', 'VER-06 VER-09: gradual, progressive, Deploy All, verified'],
    ['11.26.0', 'VER-06 VER-09: gradual, progressive, Deploy All, verified'],
    ['11.26.9', 'VER-06 VER-09: gradual, progressive, Deploy All, verified'],
    ['11.27.0', 'VER-06 VER-09: gradual, progressive, Deploy All'],
    ['11.43.0', 'VER-06 VER-09: gradual, progressive, Deploy All'],
  ])('VER-09 to %s', (to, expected) => {
    expect(brief('11.12.0', to)).toBe(expected);
  });
});

describe('VER-12 preparation left out', () => {
  const withoutPreparation = { withoutPreparation: true } as const;
  it.each([
    ['11.11.3', '11.12.0', sqlServer, 'VER-12: publish all, none, no Deploy All'],
    ['11.12.0', '11.43.0', {}, 'VER-12: publish all, none, no Deploy All'],
    ['11.10.0', '11.43.0', {}, 'VER-07 VER-12: publish all, none, no Deploy All'],
    ['11.7.2', '11.11.3', {}, 'VER-02: publish all, none, no Deploy All'],
  ])('VER-12 from %s to %s with %j publishes all at once', (from, to, circumstances, expected) => {
    expect(brief(from, to, { ...circumstances, ...withoutPreparation })).toBe(expected);
  });
});
