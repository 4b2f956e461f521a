import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextFit, type Window, weekdays } from '../../domain/calendar/window.js';
import { windowTexts } from '../../domain/calendar/windowText.js';
import type { Environment, GateName, GatePolicy, Infrastructure } from '../../domain/infrastructure/infrastructure.js';
import { canonicalJson } from '../../domain/plan/canonicalJson.js';
import { infrastructurePlan } from '../../domain/plan/infrastructurePlan.js';
import { entriesLeft, type PlanRequest } from '../../domain/plan/plan.js';
import type { MeasuredStep } from '../../domain/plan/stepDuration.js';
import {
  analysisOf,
  anyEnvironments,
  environment,
  factory,
  infrastructure,
  lifecycle,
  now,
  plannedFor,
  planRequest,
  saturdayNight,
  toUpgrade,
} from './infrastructures.js';

const minute = 60_000;
const hour = 60 * minute;
const zeroDowntime = { kind: 'zero downtime', businessReason: 'claims are filed at night' } as const;

function plan(environments: readonly Environment[] = lifecycle, changes: Partial<PlanRequest> = {}) {
  return plannedFor(planRequest(infrastructure(environments), changes));
}

/** What the hash is made of. */
function hashed(environments?: readonly Environment[], changes?: Partial<PlanRequest>): string {
  return canonicalJson(plan(environments, changes).decisions);
}

/** The lifecycle with the last of it changed. */
function withProduction(changes: Partial<Environment>): readonly Environment[] {
  return [...lifecycle.slice(0, 3), environment('Production', 'production', { windows: [saturdayNight], ...changes })];
}

function gates(
  changes: Partial<Record<GateName, Partial<GatePolicy>>>,
  of: Environment = environment('any', 'production'),
) {
  const changed = Object.entries(of.gates).map(([name, policy]) => [name, { ...policy, ...changes[name as GateName] }]);
  return { gates: Object.fromEntries(changed) as Environment['gates'] };
}

function forecastOf(name: string, environments?: readonly Environment[], changes?: Partial<PlanRequest>) {
  const found = plan(environments, changes).forecast.environments.find((one) => one.name === name);
  if (!found) throw new Error(`no forecast of ${name}`);
  return found;
}

function decisionsOf(name: string, environments?: readonly Environment[], changes?: Partial<PlanRequest>) {
  const found = plan(environments, changes).decisions.environments.find((one) => one.name === name);
  if (!found) throw new Error(`no decisions of ${name}`);
  return found;
}

const refusalsOf = (request: PlanRequest) => {
  const outcome = infrastructurePlan(request);
  return outcome.kind === 'refused' ? outcome.refusals : [];
};

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

describe('what a plan decides', () => {
  it('PLAN-04 follows the lifecycle, each environment with its steps', () => {
    const { decisions } = plan();
    expect(decisions.order).toEqual(['Development', 'Testing', 'Pre-Production', 'Production']);
    const inPlace = ['snapshot', 'server', 'preparation', 'deployment', 'tests'];
    const behindTheDoor = ['closing', 'snapshot', 'server', 'preparation', 'deployment', 'tests', 'opening'];
    expect(
      decisions.environments.map(({ name, from, to, strategy, steps }) => [name, from, to, strategy, steps]),
    ).toEqual([
      ['Development', '11.18.1', '11.41.0', 'in place', inPlace],
      ['Testing', '11.18.1', '11.41.0', 'in place', inPlace],
      ['Pre-Production', '11.18.1', '11.41.0', 'downtime', behindTheDoor],
      ['Production', '11.18.1', '11.41.0', 'downtime', behindTheDoor],
    ]);
  });

  it('PLAN-04 follows another order where something is tested before Production, and says why not otherwise', () => {
    const order = ['Pre-Production', 'Production', 'Testing', 'Development'];
    expect(plan(lifecycle, { order }).decisions.environments.map(({ name }) => name)).toEqual(order);
    const production = ['Production', 'Development', 'Testing', 'Pre-Production'];
    expect(refusalsOf(planRequest(infrastructure(), { order: production }))).toMatchObject([
      { rule: 'PLAN-04', code: 'ORDER_REFUSED' },
    ]);
  });

  it('PLAN-04 is not proved by environments whose teams publish after the tests', () => {
    const gradually = (...names: readonly string[]) =>
      lifecycle.map(
        (one) => ({ ...one, applications: names.includes(one.name) ? 'gradual' : one.applications }) as const,
      );
    const before = ['Development', 'Testing', 'Pre-Production'];
    expect(refusalsOf(planRequest(infrastructure(gradually(...before))))).toMatchObject([
      {
        rule: 'PLAN-04',
        code: 'ORDER_REFUSED',
        reason: expect.stringMatching(/the teams of Development, Testing, Pre-Production publish module by module/),
        next: expect.stringMatching(/upgrade it again, which tests it/),
      },
    ]);
    const proved = planRequest(infrastructure(gradually(...before)), { tested: ['Testing'] });
    expect(refusalsOf(proved)).toEqual([]);
    expect(refusalsOf(planRequest(infrastructure(gradually('Development', 'Testing', 'Production'))))).toEqual([]);
  });

  it('PLAN-04 plans Production alone once another environment was upgraded and tested', () => {
    const environments = toUpgrade(lifecycle).filter(({ environment: { name } }) => name === 'Production');
    const request = planRequest(infrastructure(), { environments });
    expect(refusalsOf(request)).toMatchObject([{ code: 'ORDER_REFUSED' }]);
    const { decisions } = plannedFor({ ...request, tested: ['Pre-Production'] });
    expect(decisions.order).toEqual(['Production']);
    expect(decisions.environments).toHaveLength(1);
  });

  it('VER-10 leaves the server out where it runs the target already', () => {
    const environments = toUpgrade(lifecycle).map((one) =>
      one.environment.name === 'Testing' ? { ...one, from: '11.41.0' } : one,
    );
    expect(decisionsOf('Testing', lifecycle, { environments }).steps).toEqual([
      'snapshot',
      'preparation',
      'deployment',
      'tests',
    ]);
    const { notes } = plan(lifecycle, { environments }).forecast;
    expect(notes).toContainEqual({
      rule: 'VER-10',
      environment: 'Testing',
      text: 'The server of Testing runs 11.41.0 already: only its applications are upgraded and tested.',
    });
  });

  it('VER-01 VER-07 publish all where the release asks for it, whatever is described', () => {
    const environments = toUpgrade(lifecycle).map((one) => ({ ...one, from: '11.8.0' }));
    const { decisions, forecast } = plan(lifecycle, { environments });
    expect(decisions.environments.map(({ applications }) => applications)).toEqual(Array(4).fill('publish all'));
    expect(forecast.warnings).toContainEqual(
      expect.objectContaining({
        rule: 'VER-07',
        environment: 'Testing',
        text: expect.stringContaining('although deploy all is described'),
      }),
    );
  });

  it('VER-09 goes gradually where the release has no Deploy All, and verifies where it may leave modules out', () => {
    const to = (target: string) => {
      const environments = toUpgrade(lifecycle).map((one) => ({ ...one, from: '11.16.0' }));
      const analysis = analysisOf(environments, { to: target });
      return plan(lifecycle, { environments, analysis, tested: ['Pre-Production'] });
    };
    const gradual = to('11.17.0');
    expect(gradual.decisions.environments[0]).toMatchObject({
      applications: 'gradual',
      steps: ['snapshot', 'server', 'preparation', 'tests'],
    });
    expect(
      gradual.forecast.warnings.some(({ rule, text }) => rule === 'VER-09' && text.includes('has no Deploy All')),
    ).toBe(true);
    expect(
      to('11.20.0').forecast.warnings.some(({ rule, text }) => rule === 'VER-09' && text.includes('is verified')),
    ).toBe(true);
    expect(to('11.41.0').forecast.warnings.filter(({ rule }) => rule === 'VER-09')).toEqual([]);
  });

  it('LIVE-03 fixes the halves of every zone, the controller in the first', () => {
    const zones = [
      { name: 'Lisbon', frontEnds: ['l1', 'l2', 'l3'] },
      { name: 'Porto', frontEnds: ['p1', 'p2'] },
    ];
    const production = decisionsOf('Production', withProduction({ zones, controller: 'l3', strategy: zeroDowntime }));
    expect(production.halves).toEqual([
      { zone: 'Lisbon', first: ['l3', 'l1'], second: ['l2'] },
      { zone: 'Porto', first: ['p1'], second: ['p2'] },
    ]);
    expect(production.steps).toEqual([
      ...['snapshot', 'first half', 'tests', 'traffic switch', 'second half'],
      ...['preparation', 'deployment', 'tests'],
    ]);
    expect(decisionsOf('Production').halves).toEqual([]);
  });

  it('LIVE-03 publishes all on the first half, before it is tested and users move to it', () => {
    const production = decisionsOf(
      'Production',
      withProduction({ strategy: zeroDowntime, applications: 'publish all' }),
    );
    expect(production.steps.slice(0, 6)).toEqual([
      'snapshot',
      'first half',
      'preparation',
      'deployment',
      'tests',
      'traffic switch',
    ]);
  });

  it('LIVE-02 refuses zero downtime with one front end in a zone, naming it', () => {
    const zones = [{ name: 'Porto', frontEnds: ['p1'] }];
    expect(refusalsOf(planRequest(infrastructure(withProduction({ zones, strategy: zeroDowntime }))))).toEqual([
      {
        rule: 'LIVE-02',
        environment: 'Production',
        code: 'STRATEGY_REFUSED',
        reason: 'Zero downtime needs at least two front ends in every zone, and the zone Porto of Production has fewer',
        next: 'add a front end to the zone, or choose the strategy downtime',
      },
    ]);
  });

  it('gives every reason at once', () => {
    const described = infrastructure(
      withProduction({ zones: [{ name: 'Porto', frontEnds: ['p1'] }], strategy: zeroDowntime }),
    );
    const environments = toUpgrade(described.environments).map((one) => ({ ...one, from: '11.42.0' }));
    const codes = refusalsOf(planRequest(described, { environments, order: ['Production'] })).map(({ code }) => code);
    expect(codes).toEqual([...Array(4).fill('VERSION_DOWNGRADE'), 'INPUT_INVALID', 'STRATEGY_REFUSED']);
  });
});

describe('the gates of a plan', () => {
  it('asks one for the plan, and somebody else than the requester for Production', () => {
    const { decisions, forecast } = plan();
    expect(decisions.gates).toEqual([{ name: 'plan', quorum: 1, excludeRequester: false }]);
    expect(decisions.environments.map(({ gates: own }) => own.map(({ name }) => name))).toEqual([
      ['applications', 'tests'],
      ['applications', 'tests'],
      ['applications', 'tests'],
      ['start', 'window', 'applications', 'tests', 'go live'],
    ]);
    expect(forecast.approvals.filter(({ asked }) => asked === 'always')).toEqual([
      { gate: 'plan', environment: null, people: 1, excludesRequester: false, approvers: [], asked: 'always' },
      { gate: 'start', environment: 'Production', people: 1, excludesRequester: true, approvers: [], asked: 'always' },
      {
        gate: 'go live',
        environment: 'Production',
        people: 1,
        excludesRequester: true,
        approvers: [],
        asked: 'always',
      },
    ]);
  });

  it('expires when the first of its environments says so; a start by itself', () => {
    const [development, ...others] = lifecycle;
    const first = { ...(development as Environment), ...gates({ plan: { expiresAfterHours: 72 } }, development) };
    const last = gates({ plan: { expiresAfterHours: 48 }, start: { expiresAfterHours: 8 } });
    const described = [first, ...others.slice(0, 2), environment('Production', 'production', last)];
    const { decisions } = plan(described);
    expect(decisions.gates).toMatchObject([{ name: 'plan', expiresAfterHours: 48 }]);
    expect(decisions.environments.at(-1)?.gates[0]).toMatchObject({ name: 'start', expiresAfterHours: 8 });
  });

  it('TEST-01 names the tests that people sign, and asks for them always', () => {
    const described = withProduction({ checks: { hotPoints: [], tests: ['Pedro registers a payment'] } });
    const { decisions, forecast } = plan(described);
    expect(decisions.environments.map(({ tests }) => tests)).toEqual([[], [], [], ['Pedro registers a payment']]);
    const asked = forecast.approvals.filter(({ gate }) => gate === 'tests').map(({ asked: when }) => when);
    expect(asked).toEqual(['when a check failed', 'when a check failed', 'when a check failed', 'always']);
  });

  it('asks one more where the requester does not count and is not known', () => {
    const people = (requester?: string) => {
      const { approvals } = plannedFor(planRequest(infrastructure(), { requester })).forecast;
      return approvals.find(({ gate }) => gate === 'go live')?.people;
    };
    expect([people('ana'), people()]).toEqual([1, 2]);
  });

  it('asks for the plan what the strictest environment asks, of people who may approve for all', () => {
    const [development, ...others] = lifecycle;
    const first = {
      ...(development as Environment),
      ...gates({ plan: { approvers: ['ana', 'rui', 'sofia'] } }, development),
    };
    const last = gates({ plan: { approvers: ['rui', 'sofia', 'pedro'], quorum: 2 } });
    const described = [first, ...others.slice(0, 2), environment('Production', 'production', last)];
    expect(plan(described).decisions.gates).toEqual([
      { name: 'plan', quorum: 2, excludeRequester: false, approvers: ['rui', 'sofia'] },
    ]);
    const nobody = [first, environment('Production', 'production', gates({ plan: { approvers: ['pedro'] } }))];
    expect(refusalsOf(planRequest(infrastructure(nobody)))).toMatchObject([
      {
        code: 'INPUT_INVALID',
        reason: 'The plan needs 1 approvals of people who may approve for Development, Production, and 0 may',
      },
    ]);
  });

  it('never asks less than the least, whatever is described', () => {
    const lax = gates(
      Object.fromEntries(
        (['plan', 'start', 'go live'] as const).map((name) => [name, { quorum: 0, excludeRequester: false }]),
      ),
    );
    const { decisions } = plan(withProduction(lax));
    expect(decisions.gates).toEqual([{ name: 'plan', quorum: 1, excludeRequester: false }]);
    expect(decisions.environments.at(-1)?.gates).toContainEqual({ name: 'go live', quorum: 1, excludeRequester: true });
  });

  it('ANA-01 blocks the approval while an entry that must be handled is not acknowledged', () => {
    const environments = toUpgrade(lifecycle);
    const entry = '11.33.0-oracle-18c-dropped';
    const facts = { oracle: true };
    const to = '11.40.0';
    const open = plan(lifecycle, { analysis: analysisOf(environments, { to, facts }) });
    expect(entriesLeft(open.decisions)).toEqual([entry]);
    const acknowledgements = [{ entry, by: 'rui', reason: 'we run 19c' }];
    const handled = plan(lifecycle, { analysis: analysisOf(environments, { to, facts, acknowledgements }) });
    expect(entriesLeft(handled.decisions)).toEqual([]);
    expect(canonicalJson(open.decisions)).not.toBe(canonicalJson(handled.decisions));
  });
});

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

  it('PLAN-06 TEST-01 CLOUD-06 ANA-01 warn of what is missing', () => {
    const bare = [
      environment('Development', 'development', { teams: [], hosting: 'cloud' }),
      environment('Testing', 'testing'),
    ];
    const described = infrastructure(bare, { hotPoints: [] });
    const environments = toUpgrade(bare).map((one) => ({ ...one, modules: undefined }));
    const { warnings } = plannedFor(planRequest(described, { environments })).forecast;
    const texts = (rule: string) => warnings.filter((warning) => warning.rule === rule).map(({ text }) => text);
    expect(texts('PLAN-06')).toEqual([
      'Development has no development and no test team: nobody is named who has to be there.',
    ]);
    expect(texts('TEST-01')).toHaveLength(2);
    expect(texts('CLOUD-06')).toHaveLength(1);
    expect(texts('PLAN-01')).toHaveLength(2);
    const [refusing, others] = texts('ANA-01');
    expect(refusing).toMatch(/^Uplift cannot know whether .*; whether .*: look yourselves before you approve\.$/);
    expect(others).toMatch(/^Uplift cannot know \d+ more facts/);
  });

  it.each([
    ['development', 'Testing has no test team: nobody is named who has to be there.'],
    ['test', 'Testing has no development team: nobody is named who has to be there.'],
  ] as const)('PLAN-06 warns where only a %s team is described', (role, text) => {
    const teams = [{ name: 'All', members: ['ines'], role }];
    const described = [environment('Development', 'development'), environment('Testing', 'testing', { teams })];
    const { warnings } = plan(described).forecast;
    expect(warnings.filter(({ rule }) => rule === 'PLAN-06')).toEqual([
      { rule: 'PLAN-06', environment: 'Testing', text },
    ]);
  });

  it('CLOUD-06 does not warn where all are hosted alike', () => {
    const hosted = (hosting: 'cloud' | 'self-managed') =>
      plan(lifecycle.map((one) => ({ ...one, hosting }))).forecast.warnings.filter(({ rule }) => rule === 'CLOUD-06');
    expect([hosted('cloud'), hosted('self-managed')]).toEqual([[], []]);
  });

  it('TOOLS-01 developers have to install the tools, testers do not', () => {
    expect(decisionsOf('Testing').developers).toEqual(['ines']);
  });

  it('COMP-03 COMP-04 VER-03 say what is assumed, for nothing can state it', () => {
    const assumed = (target: string, lifeTime: Infrastructure['lifeTime']) => {
      const environments = toUpgrade(lifecycle).map((one) => ({ ...one, from: '11.8.0' }));
      const request = planRequest(infrastructure(lifecycle, { lifeTime }), {
        environments,
        analysis: analysisOf(environments, { to: target, lifeTime }),
      });
      return plannedFor(request)
        .forecast.notes.filter(({ text }) => text.startsWith('Assumed'))
        .map(({ rule }) => rule);
    };
    expect(assumed('11.41.0', infrastructure().lifeTime)).toEqual(['COMP-04', 'COMP-03']);
    expect(assumed('11.11.3', null)).toEqual(['COMP-04', 'VER-03']);
    expect(assumed('11.12.0', null)).toEqual(['COMP-04']);
  });

  it('COMP-02 EXEC-01 TOOLS-01 MAINT-01 say what people should know', () => {
    const behind = infrastructure(lifecycle, { lifeTime: { release: '11.20.0', newest: false } });
    const { warnings, notes } = plannedFor(planRequest(behind)).forecast;
    expect(warnings).toContainEqual({
      rule: 'COMP-02',
      environment: null,
      text: 'LifeTime is on 11.20.0, and 11.33.0 is out: upgrade it yourselves before the environments, for Uplift does not, and the plan takes it as done.',
    });
    expect(notes.map(({ rule }) => rule)).toEqual(['EXEC-01', 'COMP-04', 'COMP-03', 'TOOLS-01', 'MAINT-01']);
  });
});

describe('windows in words', () => {
  const monday: Window = { weekday: 'monday', opens: '09:00', minutes: 90, timeZone: 'UTC' };
  const on = (...days: Window['weekday'][]) => days.map((weekday) => ({ ...monday, weekday }));

  it.each<[readonly Window[], readonly string[]]>([
    [[], ['at any time']],
    [[saturdayNight], ['Saturday 22:00 to Sunday 04:00 (Europe/Lisbon)']],
    [[monday], ['Monday 09:00 to 10:30 (UTC)']],
    [[{ ...monday, weekday: 'sunday', opens: '20:00', minutes: 240 }], ['Sunday 20:00 to Monday 00:00 (UTC)']],
    [[{ ...monday, weekday: 'friday', opens: '00:00', minutes: 3 * 1440 }], ['Friday 00:00 to Monday 00:00 (UTC)']],
    [on('friday', 'monday'), ['Monday and Friday 09:00, 90 minutes (UTC)']],
    [on('monday', 'tuesday', 'wednesday'), ['Monday to Wednesday 09:00, 90 minutes (UTC)']],
    [on('monday', 'tuesday', 'friday'), ['Monday, Tuesday and Friday 09:00, 90 minutes (UTC)']],
    [weekdays.map((weekday) => ({ ...saturdayNight, weekday })), ['every day 22:00, 6 hours (Europe/Lisbon)']],
    [
      [monday, saturdayNight, ...on('friday')],
      ['Monday and Friday 09:00, 90 minutes (UTC)', 'Saturday 22:00 to Sunday 04:00 (Europe/Lisbon)'],
    ],
  ])('%j', (windows, texts) => {
    expect(windowTexts(windows)).toEqual(texts);
  });
});
