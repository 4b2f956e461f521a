/** What a plan expects: durations, windows, downtime, what going back costs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextFit, type Window } from '../../domain/calendar/window.js';
import type { Environment } from '../../domain/infrastructure/infrastructure.js';
import { infrastructurePlan } from '../../domain/plan/infrastructurePlan.js';
import type { MeasuredStep } from '../../domain/plan/stepDuration.js';
import {
  analysisOf,
  anyEnvironments,
  environment,
  factory,
  infrastructure,
  lifecycle,
  now,
  planRequest,
  saturdayNight,
  toUpgrade,
} from './infrastructures.js';
import { forecastOf, hour, minute, plan, withProduction, zeroDowntime } from './lifecyclePlans.js';

const measured = (
  step: MeasuredStep['step'],
  milliseconds: number,
  changes: Partial<MeasuredStep> = {},
): MeasuredStep => ({
  environment: 'Development',
  step,
  milliseconds,
  modules: 30,
  frontEnds: 2,
  ...changes,
});

describe('the forecast', () => {
  it('PLAN-01 counts with defaults until something was measured', () => {
    const { steps, work } = forecastOf('Development');
    expect(steps.map(({ step, milliseconds, basis }) => [step, milliseconds / minute, basis.kind])).toEqual([
      ['snapshot', 15, 'default'],
      ['server', 40, 'default'],
      ['preparation', 7, 'default'],
      ['deployment', 4.5, 'default'],
      ['tests', 15, 'default'],
    ]);
    expect(work).toBe(81.5 * minute);
  });

  it('PLAN-01 counts with what was measured here, else elsewhere, scaled by the size', () => {
    const some = [
      measured('preparation', 30_000),
      measured('preparation', 60_000),
      measured('server', 90_000, { frontEnds: 3 }),
      measured('tests', 5_000, { environment: 'Testing' }),
      measured('deployment', 1, { modules: 0 }),
    ];
    const environments = toUpgrade(lifecycle).map((one) =>
      one.environment.name === 'Testing' ? { ...one, modules: factory(60) } : one,
    );
    const of = (name: string) =>
      forecastOf(name, lifecycle, { measured: some, environments }).steps.map(({ step, milliseconds, basis }) => [
        step,
        milliseconds,
        basis.kind === 'measured' ? basis.environment : basis.kind,
      ]);
    expect(of('Development')).toEqual([
      ['snapshot', 900_000, 'default'],
      ['server', 60_000, 'Development'],
      ['preparation', 60_000, 'Development'],
      ['deployment', 270_000, 'default'],
      ['tests', 5_000, 'Testing'],
    ]);
    expect(of('Testing').find(([step]) => step === 'preparation')).toEqual(['preparation', 120_000, 'Development']);
  });

  it('PLAN-01 puts every environment into a window of its own, after the one before', () => {
    const { environments } = plan().forecast;
    const schedules = environments.map(({ name, schedule }) =>
      schedule.kind === 'fits' ? [name, schedule.start, schedule.end, schedule.closes] : name,
    );
    expect(schedules).toEqual([
      ['Development', '2026-07-01T08:00:00.000Z', '2026-07-01T09:21:30.000Z', null],
      ['Testing', '2026-07-01T09:21:30.000Z', '2026-07-01T10:43:00.000Z', null],
      ['Pre-Production', '2026-07-01T10:43:00.000Z', '2026-07-01T12:06:30.000Z', null],
      ['Production', '2026-07-04T21:00:00.000Z', '2026-07-04T22:23:30.000Z', '2026-07-05T03:00:00.000Z'],
    ]);
  });

  it('PLAN-01 says when no window is long enough, and who waits for that', () => {
    const short: Window = { ...saturdayNight, minutes: 60 };
    const described = [
      lifecycle[0] as Environment,
      environment('Testing', 'testing', { windows: [short] }),
      environment('Production', 'production'),
    ];
    const { environments, warnings } = plan(described).forecast;
    expect(environments.map(({ schedule }) => schedule)).toMatchObject([
      { kind: 'fits' },
      { kind: 'no window is long enough', longest: hour },
      { kind: 'waits', environment: 'Testing' },
    ]);
    expect(environments[1]?.steps.every(({ start, end }) => start === null && end === null)).toBe(true);
    expect(warnings).toContainEqual({
      rule: 'PLAN-01',
      environment: 'Testing',
      text: 'No window of Testing is long enough: 82 minutes are expected, the longest open time has 60 minutes.',
    });
  });

  it("PLAN-03 says until when the others have to start for Production's window", () => {
    const night: Window = { ...saturdayNight, weekday: 'thursday', opens: '20:00' };
    const described = [
      environment('Development', 'development', { windows: [night] }),
      environment('Testing', 'testing'),
      withProduction({})[3] as Environment,
    ];
    const { environments } = plan(described).forecast;
    const latest = environments.map(({ schedule }) => (schedule.kind === 'fits' ? schedule.latestStart : null));
    // Testing may end as Production's window opens; Development has to be done before that, inside its own.
    expect(latest).toEqual(['2026-07-02T23:38:30.000Z', '2026-07-04T19:38:30.000Z', null]);
  });

  it('PLAN-03 takes the first window from the day Production is wanted on', () => {
    const production = forecastOf('Production', lifecycle, { productionNotBefore: Date.parse('2026-07-20T00:00Z') });
    expect(production.schedule).toMatchObject({ start: '2026-07-25T21:00:00.000Z' });
    const { forecast } = plan(withProduction({ windows: [] }));
    expect(forecast.warnings).toContainEqual({
      rule: 'PLAN-03',
      environment: 'Production',
      text: 'Production has no windows: it may be upgraded at any time.',
    });
  });

  it('CLOUD-02 leaves a day between environments in the Cloud', () => {
    const cloud = (name: string, stage: 'development' | 'testing') => environment(name, stage, { hosting: 'cloud' });
    const { environments, notes } = plan([cloud('Development', 'development'), cloud('Testing', 'testing')]).forecast;
    const [first, second] = environments.map(({ schedule }) => (schedule.kind === 'fits' ? schedule : undefined));
    expect(Date.parse(second?.start ?? '') - Date.parse(first?.end ?? '')).toBe(24 * hour);
    expect(notes.filter(({ rule }) => rule === 'CLOUD-01')).toHaveLength(2);
  });

  it('never starts a step outside its window, nor an environment before the one in front of it is tested', () => {
    fc.assert(
      fc.property(anyEnvironments, fc.nat({ max: 40 * 24 * hour }), (described, later) => {
        const request = planRequest(infrastructure(described), { now: now + later, tested: ['E0'] });
        const outcome = infrastructurePlan(request);
        if (outcome.kind === 'refused') return;
        const { decisions, forecast } = outcome.plan;
        let ready = now + later;
        for (const [index, { schedule, steps, work }] of forecast.environments.entries()) {
          if (schedule.kind !== 'fits') continue;
          const { windows, freezes } = decisions.environments[index] ?? { windows: [], freezes: [] };
          expect(Date.parse(schedule.start)).toBeGreaterThanOrEqual(ready);
          for (const step of steps) {
            const [start, end] = [Date.parse(step.start ?? ''), Date.parse(step.end ?? '')];
            expect(nextFit(windows, freezes, start, end - start)).toBe(start);
          }
          expect(steps.at(-1)?.end).toBe(schedule.end);
          expect(nextFit(windows, freezes, Date.parse(schedule.start), work)).toBe(Date.parse(schedule.start));
          ready = Date.parse(schedule.end);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("PLAN-03 holds Production's window when every environment before it starts at its latest", () => {
    fc.assert(
      fc.property(anyEnvironments, (described) => {
        const outcome = infrastructurePlan(planRequest(infrastructure(described), { tested: ['E0'] }));
        if (outcome.kind === 'refused') return;
        const { decisions, forecast } = outcome.plan;
        const production = decisions.environments.findIndex(({ stage }) => stage === 'production');
        const goal = forecast.environments[production]?.schedule;
        if (goal?.kind !== 'fits') return;
        for (const [index, { schedule, work }] of forecast.environments.slice(0, production).entries()) {
          if (schedule.kind !== 'fits' || schedule.latestStart === null)
            throw new Error('nothing is said of when it starts');
          const { windows = [], freezes = [], hosting } = decisions.environments[index] ?? {};
          const rest = hosting === 'cloud' ? 24 * hour : 0;
          const latest = Date.parse(schedule.latestStart);
          const following = forecast.environments[index + 1]?.schedule;
          const next = following?.kind === 'fits' ? Date.parse(following.latestStart ?? following.start) : 0;
          expect(nextFit(windows, freezes, latest, work)).toBe(latest);
          expect(latest).toBeGreaterThanOrEqual(Date.parse(schedule.start));
          expect(latest + work + rest).toBeLessThanOrEqual(next);
          const later = nextFit(windows, freezes, latest + 1, work);
          expect(later === undefined || later + work + rest > next).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('LIVE-01 expects downtime behind the closed door, none where the other front ends serve', () => {
    expect(forecastOf('Production').downtime).toBe(forecastOf('Production').work);
    expect(forecastOf('Development').downtime).toBe(0);
    expect(forecastOf('Production', withProduction({ strategy: zeroDowntime })).downtime).toBe(0);
    const alone = environment('Testing', 'testing', { zones: [{ name: 'Main', frontEnds: ['one'] }] });
    expect(forecastOf('Testing', [alone]).downtime).toBe(30 * minute);
  });

  it('LIVE-04 says what a rollback costs and marks the point of no return', () => {
    const production = forecastOf('Production').rollback;
    expect(production).toMatchObject({ pointOfNoReturn: 'opening', at: '2026-07-04T22:22:30.000Z' });
    expect(production.loses).toBe('Nothing until users are let in; then what they have written since.');
    const without = forecastOf('Production', withProduction({ strategy: zeroDowntime })).rollback;
    expect(without).toMatchObject({ pointOfNoReturn: 'first half', at: '2026-07-04T21:15:00.000Z' });
    expect(without.loses).toContain('since the snapshot');
    const { warnings } = plan(withProduction({ strategy: zeroDowntime })).forecast;
    expect(warnings.some(({ rule, environment: name }) => rule === 'LIVE-04' && name === 'Production')).toBe(true);
  });

  it('PREP-04 DEP-03 says which modules are locked when', () => {
    expect(forecastOf('Development').locks).toEqual([
      {
        during: 'preparation',
        modules: 'the modules of the groups in progress, each group for as long as it is compiled',
      },
      { during: 'deployment', modules: 'the modules that are being deployed, each while it is' },
    ]);
    const environments = toUpgrade(lifecycle).map((one) => ({ ...one, from: '11.11.0' }));
    const analysis = analysisOf(environments, { to: '11.14.1' });
    expect(forecastOf('Development', lifecycle, { environments, analysis, tested: ['Testing'] }).locks).toEqual([
      { during: 'preparation', modules: 'all modules of the environment, until the preparation has ended' },
    ]);
  });
});
it('PLAN-01 counts with what was measured as it was where the modules are not listed, and never says none', () => {
  const environments = toUpgrade(lifecycle).map((one) => ({ ...one, modules: undefined }));
  const forecast = forecastOf('Testing', lifecycle, { measured: [measured('preparation', 30_000)], environments });
  expect(forecast.modules).toBeNull();
  expect(forecast.steps.find(({ step }) => step === 'preparation')?.milliseconds).toBe(30_000);
  expect(forecast.steps.find(({ step }) => step === 'deployment')?.milliseconds).toBe(2 * minute);
});
