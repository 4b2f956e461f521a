/** A plan in the terminal. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planText } from '../../client/pages/plan/planText.js';
import { infrastructurePlan } from '../../domain/plan/infrastructurePlan.js';
import { anyEnvironments, lifecycle } from '../domain/infrastructures.js';
import { hash, oneFrontEnd, oracleRequest, request, text } from './planPages.js';

describe('a plan in the terminal', () => {
  it('says what happens to each environment, in the order of the plan', () => {
    const lines = text().split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'acme to 11.41.0, plan f38c023985a7',
      'Development → Testing → Pre-Production → Production',
      'LifeTime runs 11.33.0, its newest release.',
      'Made Wed 2026-07-01 08:00 UTC, asked for by ana.',
    ]);
    expect(lines).toContain('  Production      11.18.1 → 11.41.0  downtime  deploy all    84 min  84 min');
    expect(lines).toContain('  when        Sat 2026-07-04 22:00 to 23:23 (Europe/Lisbon)');
    expect(lines).toContain('  windows     Saturday 22:00 to Sunday 04:00 (Europe/Lisbon)');
    expect(lines.at(-1)).toBe(`  ${hash}`);
  });

  it('LIVE-04 says what a rollback loses, and where the point of no return is', () => {
    const said = text().replace(/\s+/g, ' ');
    expect(said).toContain(
      'Loses: Nothing until users are let in; then what they have written since. Point of no return: opening, expected Sat 2026-07-04 23:22. Takes about 32 min.',
    );
  });

  it('ANA-01 lists what has to be handled before anybody may approve', () => {
    expect(text(oracleRequest(false))).toContain('1 entry has to be acknowledged before it can be approved.');
    const handled = text(oracleRequest(true));
    expect(handled).not.toContain('has to be acknowledged');
    expect(handled.replace(/\s+/g, ' ')).toContain('Acknowledged by rui: we run 19c');
  });

  it('says once what holds for every environment', () => {
    expect(text()).toContain('  every environment  tests: 1 person; when a check failed');
    expect(text()).toContain('  Production         go live: 1 person, not the requester; always');
  });

  it('ANA-01 lists what Uplift cannot know and what changes, each with where and what follows', () => {
    const lines = text().split('\n');
    const said = (title: string) => lines.slice(lines.indexOf(title) + 1, lines.indexOf('', lines.indexOf(title)));
    const unknown = said('WHAT UPLIFT CANNOT KNOW: THE PLAN ASSUMES THAT NONE OF IT IS SO').join('\n');
    expect(unknown).toContain('  hosting-bundle-missing (every environment)\n    whether ');
    expect(unknown.replace(/\s+/g, ' ')).toContain('if so, the upgrade would be refused');
    expect(unknown.replace(/\s+/g, ' ')).toContain('somebody would have to acknowledge it');
    const changes = said('BREAKING CHANGES AND SIDE EFFECTS');
    expect(changes.join('\n')).toContain(
      '11.33.0-oracle-18c-dropped, high effort (perhaps every environment (oracle, external-oracle))',
    );
    const { breakingChanges } = request().analysis;
    for (const { entry } of breakingChanges)
      expect(changes.some((line) => line.startsWith(`  ${entry.id},`))).toBe(true);
    expect(breakingChanges.length).toBeGreaterThan(20);
  });

  it('LIVE-03 says that nobody can work while the only front end of an environment is replaced in place', () => {
    const said = text(request(oneFrontEnd)).replace(/\s+/g, ' ');
    expect(said).toContain('users cannot work 30 min, while a zone’s only front end is replaced');
    expect(said).toContain('users kept out 84 min');
    expect(text()).toContain('  users       keep working');
  });

  it('is at most 100 columns wide with the longest names', () => {
    const long = lifecycle.map((one) => ({ ...one, name: `${one.name} ${'x'.repeat(59 - one.name.length)}` }));
    const lines = text(request(long)).split('\n');
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(100);
    expect(lines).toContain('  Production xxxxxxxxxxxx…  11.18.1 → 11.41.0  downtime  deploy all    84 min  84 min');
  });

  it('is at most 100 columns wide, without blanks at the ends of lines', () => {
    fc.assert(
      fc.property(anyEnvironments, (described) => {
        const of = request(described, { tested: ['E0'] });
        const outcome = infrastructurePlan(of);
        if (outcome.kind === 'refused') return;
        for (const line of planText({ hash, plan: outcome.plan, analysis: of.analysis }).split('\n')) {
          expect(line.length, line).toBeLessThanOrEqual(100);
          expect(line).toBe(line.trimEnd());
        }
      }),
      { numRuns: 30 },
    );
  });
});
