/** Why a module stands as it does, and what helps. */

import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { modulesTable } from '../../client/cli/commands/modules.js';
import { explanation, nextSteps } from '../../client/cli/commands/why.js';
import type { Place } from '../../client/cli/infrastructure.js';
import { statusText } from '../../client/cli/statusText.js';
import type { EnvironmentView } from '../../client/cli/view.js';
import type { ModuleDetail } from '../../client/serviceCenter.js';
import type { EnvironmentFacts } from '../../port/inventory.js';

const prepared: ModuleDetail = {
  name: '@acme/claims',
  known: { kind: 'observed' },
  application: 'Claims',
  ownerTeam: null,
  kind: 'web',
  version: '1.0.0',
  state: 'prepared',
  release: '11.41.0',
  deployedRelease: '11.41.0',
  upToDate: true,
  publishable: true,
  lock: null,
  cause: null,
  diagnostics: [],
  producers: ['@acme/claims-core'],
  consumers: [],
};

function why(module: Partial<ModuleDetail>, rootDiagnostics: ModuleDetail['diagnostics'] = []) {
  return {
    environment: 'Development',
    module: { ...prepared, ...module },
    rootDiagnostics,
    repaired: false,
    unprepared: [],
  };
}

const diagnostic = { file: 'src/index.ts', line: 3, column: 7, code: 'TS2339', message: 'Property x does not exist.' };

describe('why', () => {
  it('a module that is well needs nothing', () => {
    expect(nextSteps(why({}))).toEqual([]);
    expect(explanation(why({}))).toContain('is prepared in Development\n  can be published now\n  runs on 11.41.0');
  });

  it('a failed module shows every message with its place, and how it is corrected', () => {
    const text = explanation(
      why({ state: 'failed', diagnostics: [diagnostic, { ...diagnostic, line: 0, column: 0 }] }),
    );
    expect(text).toContain('src/index.ts:3:7 TS2339 Property x does not exist.');
    expect(text).toContain('\n  TS2339 Property x does not exist.');
    expect(text).toContain('uplift publish Development @acme/claims --source DIR');
  });

  it.each([
    ['COMPILER_TIMEOUT', 'make what takes the compiler so long in @acme/claims simpler, or the machine faster, then'],
    ['COMPILER_FAULT', 'give the machine of the worker more memory; no error in @acme/claims is known'],
  ])('a module that failed with %s is not said to be wrong', (code, advice) => {
    const failed = { file: '', line: 0, column: 0, code, message: 'was ended' };
    const text = explanation(why({ state: 'failed', diagnostics: [failed] }));
    expect(text).toContain(`${code} was ended`);
    expect(text).toContain(`next: ${advice}`);
    expect(text).not.toContain('next: correct');
  });

  it('PREP-07 a skipped module names the failed one at the root, the way to it, and what is wrong there', () => {
    const cause = { module: '@acme/money', path: ['@acme/claims', '@acme/claims-core', '@acme/money'] };
    const text = explanation(why({ state: 'skipped', cause }, [diagnostic]));
    expect(text).toContain('@acme/claims → @acme/claims-core → @acme/money');
    expect(text).toContain('src/index.ts:3:7 TS2339');
    expect(text).toContain('next: correct @acme/money, then uplift publish Development @acme/money --source DIR');
  });

  it('PREP-07 a module whose root was published since is prepared by a retry: nothing is to be corrected', () => {
    const cause = { module: '@acme/money', path: ['@acme/claims', '@acme/money'] };
    const explained = { ...why({ state: 'skipped', cause }), repaired: true };
    expect(nextSteps(explained)).toEqual([
      'uplift retry Development prepares it, in the upgrade that waits or by itself',
    ]);
    expect(explanation(explained)).toContain('@acme/money was published since');
    expect(nextSteps(why({ state: 'pending' }))[0]).toMatch(/^uplift retry Development /);
  });

  it('PREP-05 a locked module names who holds it, since when and with what; nothing helps but waiting', () => {
    const lock = {
      operation: 'Modules upgrade',
      holder: 'Compiler Service',
      since: '2026-03-01T10:00:00.000Z',
    } as const;
    const text = explanation(why({ state: 'preparing', lock, publishable: false }));
    expect(text).toContain('locked by Compiler Service since 2026-03-01T10:00:00.000Z: Modules upgrade');
    expect(nextSteps(why({ state: 'failed', lock }))).toEqual([
      'wait until the Modules upgrade of Compiler Service has ended',
    ]);
  });

  it('PREP-06 a module that may not be published names the producers that are not prepared', () => {
    const explained = { ...why({ state: 'pending', publishable: false }), unprepared: ['@acme/claims-core'] };
    expect(explanation(explained)).toContain('cannot be published now: not prepared are @acme/claims-core');
    expect(explanation(explained)).toContain("This Module hasn't been upgraded to the current environment version.");
  });

  it('what is prepared and not deployed is deployed next', () => {
    expect(nextSteps(why({ deployedRelease: '11.18.1', upToDate: false }))).toEqual([
      'uplift deploy Development, or uplift publish Development @acme/claims --source DIR',
    ]);
  });
});
describe('what nobody knows', () => {
  const listed = { known: { kind: 'listed', at: '2026-03-01T10:00:00.000Z' } } as const;
  const unknown: Partial<ModuleDetail> = {
    ...listed,
    ...{ application: null, kind: null, version: null, state: null },
    ...{ release: null, deployedRelease: null, upToDate: null, publishable: null },
  };

  it('a module of a list says what is unknown of it, and that a newer list tells', () => {
    expect(explanation(why({ ...unknown, ownerTeam: 'Claims team' }))).toBe(
      [
        '@acme/claims (application unknown, kind unknown) is in an unknown state in Development',
        '  its team is Claims team',
        '  whether it can be published is unknown',
        '  which release it runs on is unknown',
        'next: uplift import --modules FILE, with a list that says how it stands now',
      ].join('\n'),
    );
  });

  it('a module of a list has no dash in the table of modules: that it was never prepared or deployed nobody said', () => {
    const rows = [
      { ...prepared, ...unknown },
      { ...prepared, deployedRelease: null },
    ];
    const table = modulesTable(rows, picocolors.createColors(false)).split('\n');
    expect(table.slice(1, 3).map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['@acme/claims', ...Array(5).fill('unknown')],
      ['@acme/claims', 'Claims', 'prepared', '11.41.0', '-', 'yes'],
    ]);
  });

  it('a failed module of a list is not sent to a Service Center that is not there', () => {
    expect(nextSteps(why({ ...unknown, state: 'failed' })).join()).not.toContain('publish');
  });

  const described: EnvironmentFacts = {
    infrastructure: 'acme',
    name: 'Production',
    stage: 'production',
    known: { kind: 'described' },
    serverRelease: '11.18.1',
    serviceCenterRelease: null,
    systemComponentsRelease: null,
    frontEnds: [{ name: 'lis-1', zone: 'Main', url: null, release: null, traffic: null, wanted: null }],
    applicationsUrl: null,
    serviceCenterUrl: null,
    hold: null,
    door: null,
  };
  const colours = picocolors.createColors(false);
  const shown = (facts: Partial<EnvironmentFacts>, modules: EnvironmentView['modules']) => {
    const activity = { environment: 'Production', runs: [], preparation: null, deployment: null };
    const view = { ...activity, facts: { ...described, ...facts }, modules };
    const lines = statusText({ infrastructure: 'acme' } as Place, view, colours)
      .split('\n')
      .slice(1);
    return Object.fromEntries(lines.map((line) => line.trim().split(/ {2,}/)));
  };

  it('an environment that is only described is unknown where nobody said anything, and its modules are never none', () => {
    expect(shown({}, null)).toEqual({
      applications: 'unknown',
      'Service Center': 'unknown',
      releases: 'server 11.18.1, Service Center unknown, System Components unknown (as uplift.yaml says)',
      'front ends': 'lis-1 unknown',
      modules: 'not listed: uplift import --modules FILE',
      run: 'none',
    });
  });

  it('a release that somebody said names who and when; modules without a state are counted as unknown', () => {
    const known = { kind: 'evidence', by: 'ana', at: '2026-03-01T10:00:00.000Z' } as const;
    const all = { serverRelease: '11.41.0', serviceCenterRelease: '11.41.0', systemComponentsRelease: '11.41.0' };
    const none = { prepared: 0, failed: 0, skipped: 0, pending: 0, preparing: 0, 'not applicable': 0 };
    expect(shown({ ...all, known }, { ...none, prepared: 1, unknown: 2 })).toMatchObject({
      releases: expect.stringMatching(/^11\.41\.0 \(as ana said, .*10:00/),
      modules: '3 modules: 1 prepared, 2 unknown',
    });
  });
});
