import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Circumstances } from '../../domain/releases/applicationsPath.js';
import { releases } from '../../domain/releases/releases.js';
import { type UpgradePath, upgradePath } from '../../domain/releases/upgradePath.js';

function path(from: string, to: string, circumstances: Circumstances = {}): UpgradePath {
  return upgradePath({ from, to, ...circumstances }, releases);
}

/** The path when it is not refused, for tests that are about what follows. */
function followed(from: string, to: string, circumstances: Circumstances = {}) {
  const found = path(from, to, circumstances);
  if (found.kind === 'refused') throw new Error(found.reason);
  return found;
}

function brief(from: string, to: string, circumstances: Circumstances = {}): string {
  const { applications, preparation, deployAll, verifyDeployment, rules } = followed(from, to, circumstances);
  const deployment =
    deployAll === 'available' ? (verifyDeployment ? 'Deploy All, verified' : 'Deploy All') : 'no Deploy All';
  return `${rules.join(' ')}: ${applications}, ${preparation.kind}, ${deployment}`;
}

const oracle = { database: 'Oracle' } as const;
const sqlServer = { database: 'SQL Server' } as const;
const eap = { eap: true } as const;
const cloud = { hosting: 'Cloud' } as const;
const progressive = { progressiveEnabled: true } as const;

describe('VER-01 from 10 or older to 11', () => {
  it.each([
    ['10.0.1115.0', '11.10.0', {}],
    ['10.0.1115.0', '11.11.3', eap],
    ['10.0.1115.0', '11.17.0', progressive],
    ['10.0.1115.0', '11.43.0', {}],
    ['9.1', '11.43.0', {}],
  ])('VER-01 publishes all from %s to %s, without preparation and Deploy All', (from, to, circumstances) => {
    expect(brief(from, to, circumstances)).toBe('VER-01: publish all, none, no Deploy All');
    expect(path(from, to)).toMatchObject({ kind: 'upgrade', lifeTime: 'required first', acknowledgements: [] });
  });

  it.each([
    ['10.0.1115.0', '11.43.0', [11], null],
    ['9.1', '11.43.0', [10, 11], 10],
    ['8.0', '11.43.0', [9, 10, 11], 10],
  ])('VER-01 from %s to %s reads the breaking changes of %j, through %j', (from, to, breakingChangesOf, through) => {
    expect(path(from, to)).toMatchObject({ breakingChangesOf, through });
  });

  it('VER-01 says that platforms older than 9.0.1 go there before', () => {
    expect(
      followed('9.0.0', '11.43.0')
        .warnings.map(({ text }) => text)
        .join(),
    ).toContain('9.0.1');
    expect(followed('9.0.1', '11.43.0').warnings).toEqual([]);
  });
});

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

describe('VER-08 releases that are no target', () => {
  it.each([
    ['11.17.1', '11.18.0'],
    ['10.0.1115.0', '11.18.0'],
    ['11.18.0', '11.18.0'],
    ['11.19.0', '11.18.0'],
    ['11.17.1', '11.18.0.36000'],
    ['10.0.1005.2', '10.0.1019.0'],
    ['11.0.615', '11.7.1'],
  ])('VER-08 refuses to go from %s to the withdrawn %s', (from, to) => {
    expect(path(from, to)).toMatchObject({ kind: 'refused', code: 'VERSION_WITHDRAWN' });
  });

  it('VER-08 says when and why it was withdrawn, and what to choose instead', () => {
    expect(path('11.17.1', '11.18.0')).toMatchObject({
      reason: expect.stringMatching(/11\.18\.0 on 2022-12-20: .*tenants and catalogs/),
      next: 'choose 11.18.1 or a later release',
    });
  });

  it('VER-08 refuses a release that is for personal environments only', () => {
    expect(path('10.0.617.0', '10.0.702.0')).toMatchObject({ kind: 'refused', code: 'PATH_UNSUPPORTED' });
  });

  it('VER-08 lets 11.18.1 pass, without Deploy All', () => {
    expect(brief('11.17.1', '11.18.1')).toBe('VER-06: gradual, progressive, no Deploy All');
    expect(followed('11.17.1', '11.18.1').warnings).toEqual([]);
  });

  it('VER-08 warns of a release it does not know or that is preliminary', () => {
    expect(followed('11.41.0', '11.99.0').warnings).toMatchObject([
      { rule: 'VER-08', text: expect.stringContaining('11.99.0') },
    ]);
    const preliminary = { version: '11.44.0', date: null, kind: 'preliminary', withdrawnOn: null, notes: [] } as const;
    expect(upgradePath({ from: '11.41.0', to: '11.44.0' }, [preliminary])).toMatchObject({
      kind: 'upgrade',
      warnings: [{ rule: 'VER-08', text: expect.stringContaining('preliminary') }],
    });
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

describe('VER-10 downgrades and equal releases', () => {
  it.each([
    ['11.41.0', '11.40.1'],
    ['11.12.0', '11.9.2'],
    ['11.0.108.0', '10.0.1115.0'],
    ['12.0', '11.43.0'],
    ['11.41.0.60001', '11.41.0.52345'],
  ])('VER-10 refuses to go from %s down to %s', (from, to) => {
    expect(path(from, to)).toMatchObject({
      kind: 'refused',
      code: 'VERSION_DOWNGRADE',
      next: expect.stringContaining('rollback'),
    });
  });

  it.each([
    ['11.43.0', '11.43.0'],
    ['11.43', '11.43.0'],
    ['11.43.0.2', '11.43.0.2'],
    ['11.43.0.2', '11.43.0'],
    ['11.43.0', '11.43.0.2'],
  ])('VER-10 has nothing to install from %s to %s, and goes on with preparation and applications', (from, to) => {
    expect(path(from, to)).toMatchObject({
      kind: 'nothing to install',
      applications: 'gradual',
      preparation: { kind: 'progressive', retry: 'unfinished' },
      deployAll: 'available',
      rules: ['VER-10', 'VER-06', 'VER-09'],
    });
  });

  it('VER-10 installs a newer build, by the rules of its release', () => {
    const { kind, ...newBuild } = path('11.41.0.52345', '11.41.0.60001');
    expect(kind).toBe('upgrade');
    expect(newBuild).toMatchObject({ applications: 'gradual', lifeTime: 'advised first', breakingChangesOf: [11] });
    expect(newBuild).toMatchObject({ rules: ['VER-06', 'VER-09'], warnings: [] });
  });

  it.each([
    ['11.41.0.52345', '11.41.0'],
    ['11.41.0', '11.41.0.52345'],
  ])('VER-10 warns that nothing is installed from %s to %s, since one names no build', (from, to) => {
    const found = path(from, to);
    const remarks = found.kind === 'refused' ? [] : found.warnings;
    expect(remarks).toMatchObject([
      { rule: 'VER-10', text: expect.stringContaining(`${from} and ${to} count as one`) },
    ]);
  });

  it('VER-10 keeps to the rules of the release it stays on', () => {
    expect(brief('11.11.3', '11.11.3')).toBe('VER-10 VER-02: publish all, none, no Deploy All');
    expect(brief('11.12.0', '11.12.0', oracle)).toBe('VER-10 VER-04: publish all, none, no Deploy All');
    expect(brief('10.0.1115.0', '10.0.1115.0')).toBe('VER-10 VER-11: publish all, none, no Deploy All');
  });
});

describe('VER-11 to 10', () => {
  it.each(['9.1', '9.0.1', '10.0.200.0'])('VER-11 moves LifeTime and environments together from %s', (from) => {
    expect(brief(from, '10.0.1115.0')).toBe('VER-11: publish all, none, no Deploy All');
    expect(path(from, '10.0.1115.0')).toMatchObject({ lifeTime: 'together', through: null, breakingChangesOf: [10] });
  });

  it.each([
    ['8.0', '9.1'],
    ['11.43.0', '12.0.0'],
    ['10.0.1115.0', '12.0.0'],
  ])('VER-11 knows no path from %s to %s', (from, to) => {
    expect(path(from, to)).toMatchObject({ kind: 'refused', code: 'PATH_UNSUPPORTED' });
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

describe('any path', () => {
  const version = fc.oneof(
    fc.constantFrom(...releases.map((release) => release.version)),
    fc
      .tuple(fc.integer({ min: 8, max: 12 }), fc.nat({ max: 50 }), fc.nat({ max: 5 }))
      .map((numbers) => numbers.join('.')),
    fc.string(),
  );
  const circumstances = fc.record(
    {
      database: fc.constantFrom('SQL Server' as const, 'Oracle' as const),
      edition: fc.constantFrom('Free', 'Enterprise'),
      hosting: fc.constantFrom('Cloud' as const, 'self-managed' as const),
      eap: fc.boolean(),
      progressiveEnabled: fc.boolean(),
      withoutPreparation: fc.boolean(),
      acknowledged: fc.constantFrom([], ['VER-07' as const]),
    },
    { requiredKeys: [] },
  );

  it('is decided for whatever is asked, and is consistent in itself', () => {
    fc.assert(
      fc.property(version, version, circumstances, (from, to, facts) => {
        const found = path(from, to, facts);
        if (found.kind === 'refused') {
          expect(found.reason).not.toBe('');
          expect(found.next).not.toBe('');
          return;
        }
        expect(found.rules.length).toBeGreaterThan(0);
        if (found.applications === 'gradual') expect(found.preparation.kind).not.toBe('none');
        if (found.deployAll === 'available') expect(found.preparation.kind).toBe('progressive');
        if (found.verifyDeployment) expect(found.deployAll).toBe('available');
        if (found.acknowledgements.length > 0) expect(found.applications).toBe('publish all');
      }),
    );
  });

  it('refuses a version that is none, by name', () => {
    expect(path('11', '11.41.0')).toMatchObject({ code: 'VERSION_INVALID', reason: expect.stringContaining('"11"') });
    expect(path('11.40.0', 'latest')).toMatchObject({
      code: 'VERSION_INVALID',
      reason: expect.stringContaining('"latest"'),
    });
  });
});
