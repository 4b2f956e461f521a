import { describe, expect, it } from 'vitest';
import type { ApplicationsWay } from '../../domain/infrastructure/infrastructure.js';
import {
  countLeft,
  frontEndsLeft,
  type ModuleStanding,
  remaining,
  type Standing,
  withoutServer,
} from '../../domain/plan/remaining.js';

import { infrastructure, lifecycle, plannedFor, planRequest } from './infrastructures.js';

const from = '11.18.1';
const to = '11.41.0';

const done: ModuleStanding = { name: 'done', state: 'prepared', deployedRelease: to, upToDate: true, cause: null };
const prepared: ModuleStanding = { ...done, name: 'prepared', deployedRelease: '11.18.1', upToDate: false };
const pending: ModuleStanding = { ...prepared, name: 'pending', state: 'pending' };
const failed: ModuleStanding = { ...prepared, name: 'failed', state: 'failed' };
const below: ModuleStanding = {
  ...prepared,
  name: 'below',
  state: 'skipped',
  cause: { module: 'failed', path: ['below', 'failed'] },
};
const draft: ModuleStanding = { ...prepared, name: 'draft', state: 'not applicable', deployedRelease: null };

const unknown: ModuleStanding = { ...done, name: 'unknown', state: null, deployedRelease: null, upToDate: null };

const tested = { tested: true, acceptedModules: [] };
const untested = { tested: false, acceptedModules: [] };

function left(
  modules: readonly ModuleStanding[],
  ended: Parameters<typeof remaining>[2],
  { applications = 'deploy all', ...standing }: Partial<Standing> & { applications?: ApplicationsWay } = {},
) {
  return remaining({ to, applications }, { releases: [to, to, to], held: false, modules, ...standing }, ended);
}

const applications = (...modules: readonly string[]) => ({ kind: 'applications', modules });

describe('what is left of a plan in an environment', () => {
  it('VER-10 SELF-01 is all of it until server, Service Center and System Components are on the target', () => {
    for (const behind of [0, 1, 2]) {
      const releases = [to, to, to].with(behind, '11.18.1');
      expect(left([done], tested, { releases })).toEqual({ kind: 'everything' });
    }
  });

  it('VER-10 is all of it on another build, and nothing on a build of a release that is named without', () => {
    const built = (release: string) => ({ ...done, deployedRelease: release });
    const on = (release: string, target: string) =>
      remaining(
        { to: target, applications: 'deploy all' },
        { releases: [release, release, release], held: false, modules: [built(release)] },
        tested,
      );
    expect(on('11.41.0.52345', '11.41.0.60001')).toEqual({ kind: 'everything' });
    expect(on('11.41.0.52345', '11.41.0')).toEqual({ kind: 'nothing' });
    expect(on('11.41.0', '11.41.0.52345')).toEqual({ kind: 'nothing' });
  });

  it('VER-10 SELF-01 is all of it while nobody knows the release of one of them', () => {
    expect(left([done], tested, { releases: [to, null, to] })).toEqual({ kind: 'everything' });
  });

  it.each<[string, readonly ModuleStanding[] | null]>([
    ['are not listed', null],
    ['are listed, of one nothing else', [done, unknown]],
    ['are listed, of one whether it is the newest', [{ ...prepared, upToDate: null }]],
  ])('VER-10 is the applications, which of them nobody can tell, where its modules %s', (_, modules) => {
    const standing = { releases: [to, to, to], held: false, modules };
    const decisions = { to, applications: 'deploy all' } as const;
    expect(remaining(decisions, standing, undefined)).toEqual({ kind: 'applications', modules: null });
    // An upgrade that ended there is evidence of them.
    expect(remaining(decisions, standing, tested)).toEqual({ kind: 'nothing' });
  });

  it.each<[string, readonly ModuleStanding[] | null, number | null]>([
    ['counted', [done, draft, prepared, failed], 2],
    ['none of none', [], 0],
    ['unknown where they are not listed', null, null],
    ['unknown where nobody can tell of one', [done, failed, unknown], null],
  ])('PLAN-04 those that tests met on the former release are %s', (_, modules, count) => {
    expect(countLeft(modules, to)).toBe(count);
  });

  it('names a module that failed, whatever is unknown of it besides', () => {
    expect(left([{ ...unknown, state: 'failed' }], tested)).toEqual(applications('unknown'));
  });

  it('is all of it while an upgrade that ended on its way, or a rollback, holds it', () => {
    expect(left([done], tested, { held: true })).toEqual({ kind: 'everything' });
  });

  it.each<[string, readonly ModuleStanding[], Parameters<typeof remaining>[2], object]>([
    ['nothing, where all is deployed and tested', [done, draft], tested, { kind: 'nothing' }],
    ['the tests, where no upgrade ended', [done, draft], undefined, applications()],
    [
      'what is not on the target',
      [done, prepared, pending, failed, below],
      tested,
      applications('prepared', 'pending', 'failed', 'below'),
    ],
    [
      'nothing of what people accepted, nor of what is below',
      [done, failed, below],
      { tested: true, acceptedModules: ['failed'] },
      { kind: 'nothing' },
    ],
    [
      'what was not accepted',
      [failed, pending],
      { tested: true, acceptedModules: ['failed'] },
      applications('pending'),
    ],
  ])('VER-10 is %s', (_, modules, ended, expected) => {
    expect(left(modules, ended)).toEqual(expected);
    expect(left(modules, ended, { applications: 'publish all' })).toEqual(expected);
  });

  it.each<[string, readonly ModuleStanding[], Parameters<typeof remaining>[2], object]>([
    ['the preparation', [done, prepared, pending], untested, applications('pending')],
    ['nothing while the teams have to publish', [done, prepared], untested, { kind: 'nothing' }],
    ['the tests, once the teams have published', [done], untested, applications()],
    ['nothing, once that was tested', [done], tested, { kind: 'nothing' }],
    ['its tests, where no upgrade ended', [done, prepared], undefined, applications()],
  ])('APPS-01 PLAN-04 is, where teams publish module by module: %s', (_, modules, ended, expected) => {
    expect(left(modules, ended, { applications: 'gradual' })).toEqual(expected);
  });

  it('VER-10 closes no door and has no server step where the server runs the target', () => {
    const [production] = plannedFor(planRequest(infrastructure(lifecycle))).decisions.environments.slice(-1);
    expect(production?.strategy).toBe('downtime');
    expect(production && withoutServer(production)).toMatchObject({
      from: to,
      strategy: 'in place',
      steps: ['snapshot', 'preparation', 'deployment', 'tests'],
      gates: [{ name: 'start' }, { name: 'applications' }, { name: 'tests' }],
    });
  });
});

describe('of its front ends', () => {
  const on = (name: string, release: string | null, traffic: 'serving' | 'drained') => ({ name, release, traffic });

  it.each<[string, readonly ReturnType<typeof on>[], readonly string[]]>([
    ['all, in their order, before the first', [on('b', from, 'serving'), on('a', from, 'serving')], ['a', 'b']],
    ['none that serves on the target', [on('a', to, 'serving'), on('b', from, 'serving')], ['b']],
    ['none that serves on a build of it', [on('a', `${to}.43142`, 'serving'), on('b', from, 'serving')], ['b']],
    ['one that was left out of traffic', [on('a', to, 'drained'), on('b', to, 'serving')], ['a']],
    ['one that is down', [on('a', null, 'serving'), on('b', to, 'serving')], ['a']],
    ['one that is not known', [], ['a', 'b']],
  ])('LIVE-03 leaves %s', (_, facts, expected) => {
    expect(frontEndsLeft(['a', 'b'], to, facts)).toEqual(expected);
  });
});
