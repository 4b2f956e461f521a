/** What a plan decides: order, steps, strategy, halves, and why it is refused. */
import { describe, expect, it } from 'vitest';
import { analysisOf, infrastructure, lifecycle, plannedFor, planRequest, toUpgrade } from './infrastructures.js';
import { decisionsOf, plan, refusalsOf, withProduction, zeroDowntime } from './lifecyclePlans.js';

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
