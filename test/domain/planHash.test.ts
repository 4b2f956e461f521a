/** What the hash of a plan is made of: approvals are bound to it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../domain/infrastructure/infrastructure.js';
import { canonicalJson } from '../../domain/plan/canonicalJson.js';
import type { PlanRequest } from '../../domain/plan/plan.js';
import {
  analysisOf,
  factory,
  infrastructure,
  lifecycle,
  now,
  plannedFor,
  planRequest,
  saturdayNight,
  toUpgrade,
} from './infrastructures.js';
import { gates, hour, plan, withProduction, zeroDowntime } from './lifecyclePlans.js';

/** What the hash is made of. */
function hashed(environments?: readonly Environment[], changes?: Partial<PlanRequest>): string {
  return canonicalJson(plan(environments, changes).decisions);
}

describe('the hash of a plan', () => {
  const usual = hashed();

  it('does not change with timings, the forecast, its requester, or modules and their versions', () => {
    const timings = fc.array(
      fc.record({
        environment: fc.constantFrom('Development', 'Testing', 'Elsewhere'),
        step: fc.constantFrom(
          'snapshot' as const,
          'server' as const,
          'preparation' as const,
          'deployment' as const,
          'tests' as const,
        ),
        milliseconds: fc.nat({ max: 3 * hour }),
        modules: fc.nat({ max: 2000 }),
        frontEnds: fc.integer({ min: 1, max: 9 }),
      }),
      { maxLength: 8 },
    );
    const other = fc.record({
      measured: timings,
      later: fc.nat({ max: 400 * 24 * hour }),
      modules: fc.integer({ min: 0, max: 800 }),
      requester: fc.option(fc.constantFrom('ana', 'rui'), { nil: undefined }),
    });
    fc.assert(
      fc.property(other, ({ measured: some, later, modules, requester }) => {
        const environments = toUpgrade(lifecycle).map((one) => ({ ...one, modules: factory(modules) }));
        const changed = { environments, measured: some, now: now + later, productionNotBefore: now + later, requester };
        expect(hashed(lifecycle, changed)).toBe(usual);
      }),
      { numRuns: 40 },
    );
  });

  it.each<[string, readonly Environment[], Partial<PlanRequest>]>([
    ['the order', lifecycle, { order: ['Testing', 'Development', 'Pre-Production', 'Production'] }],
    ['a window', withProduction({ windows: [{ ...saturdayNight, minutes: 420 }] }), {}],
    ['another window', withProduction({ windows: [saturdayNight, { ...saturdayNight, weekday: 'sunday' }] }), {}],
    [
      'a freeze',
      withProduction({
        freezes: [{ from: '2026-12-15T00:00', to: '2027-01-06T00:00', timeZone: 'Europe/Lisbon', reason: 'renewals' }],
      }),
      {},
    ],
    ['the strategy', withProduction({ strategy: zeroDowntime }), {}],
    ['the quorum of a gate', withProduction(gates({ 'go live': { quorum: 2 } })), {}],
    ['the approvers of a gate', withProduction(gates({ start: { approvers: ['rui'] } })), {}],
    ['the way of the applications', withProduction({ applications: 'gradual' }), {}],
    ['a test to sign', withProduction({ checks: { hotPoints: [], tests: ['Pedro pays'] } }), {}],
    ['a front end', withProduction({ zones: [{ name: 'Main', frontEnds: ['a', 'b', 'c'] }] }), {}],
    ['the environments that take part', lifecycle.slice(0, 3), {}],
    ['the hosting', withProduction({ hosting: 'cloud' }), {}],
  ])('changes with %s', (_, environments, changes) => {
    expect(hashed(environments, changes)).not.toBe(usual);
  });

  it('changes with the halves and the controller', () => {
    const zones = [{ name: 'Main', frontEnds: ['a', 'b', 'c'] }];
    const halves = (controller: string | null) => hashed(withProduction({ zones, controller, strategy: zeroDowntime }));
    expect(new Set([halves(null), halves('a'), halves('c')]).size).toBe(3);
  });

  it('changes with the target, where an environment comes from, and what happens to LifeTime', () => {
    const environments = toUpgrade(lifecycle);
    const other = environments.map((one) => ({ ...one, from: '11.19.0' }));
    const behind = infrastructure(lifecycle, { lifeTime: { release: '11.20.0', newest: false } });
    const texts = [
      usual,
      hashed(lifecycle, { analysis: analysisOf(environments, { to: '11.42.0' }) }),
      hashed(lifecycle, { environments: other }),
      canonicalJson(plannedFor(planRequest(behind)).decisions),
    ];
    expect(new Set(texts).size).toBe(texts.length);
  });
});
