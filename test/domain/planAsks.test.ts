/** What approvers read at the gate of a plan. */
import { describe, expect, it } from 'vitest';
import { type Command, commandDefaults } from '../../domain/commands/command.js';
import type { Environment } from '../../domain/infrastructure/infrastructure.js';
import { providersWith } from '../../domain/infrastructure/provider.js';
import { planAsks } from '../../domain/plan/planAsks.js';
import { planChanges } from '../../domain/plan/planChanges.js';
import { environment, infrastructure, lifecycle, plannedFor, planRequest, saturdayNight } from './infrastructures.js';

function planned(environments: readonly Environment[] = lifecycle) {
  return plannedFor(planRequest(infrastructure(environments)));
}

function asksOf(environments: readonly Environment[], before: readonly Environment[] | null = null) {
  const { decisions, forecast } = planned(environments);
  const earlier = before && { upgrade: 'acme#1', decisions: planned(before).decisions };
  return planAsks({
    hash: '0123456789abcdef',
    page: 'http://127.0.0.1:8241/ServiceCenter/plans/0123456789ab',
    decisions,
    environments: decisions.environments,
    forecast,
    before: earlier,
  });
}

/** Production as the only environment. */
function production(changes: Partial<Environment> = {}) {
  return [...lifecycle.slice(0, 3), environment('Production', 'production', { windows: [saturdayNight], ...changes })];
}

describe('the question of the plan', () => {
  it('PLAN-01 says of each environment how long, whether it fits, who is kept out and what going back costs', () => {
    const [testing] = asksOf(lifecycle).filter((ask) => ask.startsWith('Testing '));
    expect(testing).toMatch(/^Testing from 11\.18\.1, in place: \d+ min from \d{4}-\d\d-\d\d \d\d:\d\d /);
    expect(testing).toMatch(/users are not kept out; a rollback takes \d+ min, loses what is written meanwhile/);
    const [last] = asksOf(lifecycle).filter((ask) => ask.startsWith('Production '));
    expect(last).toMatch(/users are kept out \d+ min; a rollback takes \d+ min, loses nothing before users are let in/);
    expect(last).toMatch(/in the window until \d{4}-\d\d-\d\d 04:00 \(Europe\/Lisbon\)/);
  });

  it('PLAN-01 says where it fits into no window', () => {
    const short = production({ windows: [{ ...saturdayNight, minutes: 10 }] });
    expect(asksOf(short).find((ask) => ask.startsWith('Production '))).toContain('fit into NO window');
  });

  it('ANA-01 says warnings, and what is assumed, before the environments', () => {
    const asks = asksOf(lifecycle);
    const at = (start: string) => asks.findIndex((ask) => ask.startsWith(start));
    expect(asks.filter((ask) => ask.startsWith('Warning: ')).length).toBeGreaterThan(0);
    expect(asks[at('Assumed: ')]).toContain('no environment is a personal one; LifeTime shares no environment');
    expect(at('Assumed: ')).toBeLessThan(at('Development '));
  });

  it('leads to all of it first, in a browser and by command', () => {
    expect(asksOf(lifecycle)[0]).toBe(
      'The whole plan: http://127.0.0.1:8241/ServiceCenter/plans/0123456789ab or uplift plan 0123456789ab',
    );
  });

  it('says what the last plan of the same environments decided otherwise', () => {
    expect(asksOf(lifecycle, lifecycle)).toContain('It decides what the plan of acme#1 decided');
    const other = production({ windows: [{ ...saturdayNight, opens: '23:00' }] });
    expect(asksOf(other, lifecycle)).toContain(
      'Other than in the plan of acme#1: Production windows Saturday 23:00 to Sunday 05:00 (Europe/Lisbon) (was Saturday 22:00 to Sunday 04:00 (Europe/Lisbon))',
    );
  });
});

describe('what a plan changes', () => {
  const keepOut: Command = { ...commandDefaults, run: ['keep-out', '--now'], on: 'balancer', timeoutMinutes: 5 };
  const changes = (now: readonly Environment[], before: readonly Environment[] = lifecycle) =>
    planChanges(planned(before).decisions, planned(now).decisions);

  it.each<[string, Partial<Environment>, RegExp]>([
    ['who may approve', { gates: stricter() }, /^Production gates .*start 5.*\(was .*start 1/],
    ['what is tested', { checks: { hotPoints: [], tests: ['claims'] } }, /^Production tests claims \(was none\)$/],
    ['which front ends', { zones: [{ name: 'Main', frontEnds: ['p-9'] }] }, /^Production front ends p-9 \(was /],
    [
      'who does what',
      {
        providers: providersWith(
          { door: { kind: 'command', command: keepOut } },
          { platform: 'none', address: undefined },
        ),
      },
      /^Production done by people: installer, traffic, snapshot, .*; keep-out --now on balancer: door \(was none\)$/,
    ],
    [
      'when nothing may happen',
      { freezes: [{ from: '2026-12-15', to: '2027-01-06', timeZone: 'Europe/Lisbon', reason: 'renewals' }] },
      /^Production freezes 2026-12-15 to 2027-01-06/,
    ],
  ])('tells %s', (_, change, told) => {
    expect(changes(production(change))).toEqual(expect.arrayContaining([expect.stringMatching(told)]));
  });

  it('tells which environments came and went', () => {
    expect(changes(lifecycle.slice(0, 2))).toContain('without Pre-Production, Production');
    expect(changes(lifecycle, lifecycle.slice(0, 2))).toContain('with Pre-Production, Production');
  });

  function stricter(): Environment['gates'] {
    const { gates } = environment('any', 'production');
    return { ...gates, start: { ...gates.start, quorum: 5 } };
  }
});
