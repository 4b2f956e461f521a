/** Which releases can be reached, and how. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { releases } from '../../domain/releases/releases.js';
import { upgradePath } from '../../domain/releases/upgradePath.js';
import { brief, eap, followed, oracle, path, progressive } from './paths.js';

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
