/** Who has to approve what in a plan. */
import { describe, expect, it } from 'vitest';
import type { Environment } from '../../domain/infrastructure/infrastructure.js';
import { canonicalJson } from '../../domain/plan/canonicalJson.js';
import { entriesLeft } from '../../domain/plan/plan.js';
import {
  analysisOf,
  environment,
  infrastructure,
  lifecycle,
  plannedFor,
  planRequest,
  toUpgrade,
} from './infrastructures.js';
import { gates, plan, refusalsOf, withProduction } from './lifecyclePlans.js';

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
