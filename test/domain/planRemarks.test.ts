/** What a plan warns of and notes. */
import { describe, expect, it } from 'vitest';
import type { Infrastructure } from '../../domain/infrastructure/infrastructure.js';
import {
  analysisOf,
  environment,
  infrastructure,
  lifecycle,
  plannedFor,
  planRequest,
  toUpgrade,
} from './infrastructures.js';
import { decisionsOf, plan } from './lifecyclePlans.js';

describe('the forecast', () => {
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
