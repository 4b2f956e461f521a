import { describe, expect, it } from 'vitest';
import { undrivenRefusals } from '../../domain/analysis/undriven.js';
import type { Environment } from '../../domain/infrastructure/infrastructure.js';
import { analysisOf, environment, toUpgrade } from './infrastructures.js';

const development = environment('Development', 'development');
const production = environment('Production', 'production');

function refusals(
  environments: readonly Environment[],
  {
    from = '11.18.1',
    ...request
  }: { from?: string; to?: string; lifeTime?: { release: string; newest: boolean } | null },
) {
  const all = toUpgrade(environments).map((one) => ({ ...one, from }));
  return undrivenRefusals(all, analysisOf(all, request)).map(({ rule, environment: name, code, reason, next }) => ({
    about: [rule, name, code],
    text: `${reason}. ${next}`,
  }));
}

describe('what Uplift does not drive is refused, by name', () => {
  it('what it drives is not', () => {
    expect(refusals([development, production], {})).toEqual([]);
    expect(refusals([development], { from: '10.0.1115.0' })).toEqual([]);
  });

  it("CLOUD-01 CLOUD-04 an environment in the vendor's Cloud, also where its server runs the target", () => {
    const cloud = environment('Production', 'production', { hosting: 'cloud' });
    for (const from of ['11.18.1', '11.41.0']) {
      expect(refusals([development, cloud], { from })).toEqual([
        {
          about: ['CLOUD-01', 'Production', 'PATH_UNSUPPORTED'],
          text: expect.stringMatching(/the vendor upgrades its server.*support request.*--environment/),
        },
      ]);
    }
  });

  it.each([
    ['on 10', { release: '10.0.1115.0', newest: false }, /it is on 10\.0\.1115\.0, and Uplift does not upgrade it/],
    ['not described', null, /does not say which release it is on/],
  ])('COMP-02 coming from 10 with LifeTime %s', (_, lifeTime, text) => {
    expect(refusals([development], { from: '10.0.1115.0', lifeTime })).toEqual([
      { about: ['COMP-02', null, 'LIFETIME_BEHIND'], text: expect.stringMatching(text) },
    ]);
    expect(refusals([development], { from: '11.8.0', lifeTime })).toEqual([]);
  });

  it.each([
    ['9.1.600.0', '10.0.1115.0'],
    ['9.1.600.0', '11.41.0'],
  ])('VER-11 LifeTime and every environment together, from %s to %s', (from, to) => {
    expect(refusals([development, production], { from, to }).map(({ about }) => about)).toEqual([
      ['VER-11', 'Development', 'PATH_UNSUPPORTED'],
      ['VER-11', 'Production', 'PATH_UNSUPPORTED'],
    ]);
  });

  it.each([
    ['11.14.1', 'VER-04', /locked, which Uplift does not drive\. choose 11\.17\.0/],
    ['11.13.1', 'VER-04', /cannot know whether the platform database is Oracle/],
    ['11.16.1', 'VER-05', /cannot know whether progressive preparation is switched on/],
  ])('VER-04 VER-05 a preparation that locks the whole environment: %s', (to, rule, text) => {
    expect(refusals([development], { from: '11.11.0', to })).toEqual([
      { about: [rule, 'Development', 'PATH_UNSUPPORTED'], text: expect.stringMatching(text) },
    ]);
  });

  it('LIVE-03 a go live without downtime, but not where the server runs the target already', () => {
    const without = environment('Production', 'production', {
      strategy: { kind: 'zero downtime', businessReason: 'claims at night' },
    });
    expect(refusals([without], {}).map(({ about }) => about)).toEqual([['LIVE-03', 'Production', 'PATH_UNSUPPORTED']]);
    expect(refusals([without], { from: '11.41.0' })).toEqual([]);
  });
});
