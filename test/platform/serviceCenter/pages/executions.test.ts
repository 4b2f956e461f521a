/** Factory > Upgrades, and the page of one preparation or deployment. */
import { describe, expect, it } from 'vitest';
import type { ModuleState } from '../../../../domain/modules/module.js';
import { markupOf } from '../../../../http/html.js';
import type {
  AttemptOutcome,
  Execution,
  PreparationGroup,
} from '../../../../platform/embedded/serviceCenter/operations.js';
import { deploymentPage } from '../../../../platform/embedded/serviceCenter/pages/deployment.js';
import { preparationPage } from '../../../../platform/embedded/serviceCenter/pages/preparation.js';
import { upgradesPage } from '../../../../platform/embedded/serviceCenter/pages/upgrades.js';
import {
  at,
  badgesOf,
  deployment,
  environment,
  execution,
  factsOf,
  later,
  module,
  preparation,
  rowsOf,
  targetsOf,
  textOf,
} from './shown.js';

const deploy = '/ServiceCenter/upgrades/deploy';
const prepare = '/ServiceCenter/upgrades/prepare';

describe('Upgrades', () => {
  const waiting = module('a', { upToDate: false });
  const page = ({ modules = [waiting], executions = [execution('Preparation', 1)], release = '11.41.0' } = {}) =>
    upgradesPage({ environment: environment({ serverRelease: release }), modules, executions });
  const offered = (parts: Parameters<typeof page>[0]) =>
    targetsOf(page(parts).content).filter((target) => [deploy, prepare].includes(target));

  it('PREP-09 DEP-04 lists every execution with its own counts and its page', () => {
    const executions = [
      execution('Deployment', 2, {
        status: 'finished with errors',
        counts: { done: 1, failed: 2, skipped: 3, left: 4 },
      }),
      execution('Preparation', 1),
    ];
    const { title, section, content } = page({ executions });
    expect([title, section]).toEqual(['Upgrades', 'upgrades']);
    const times = ['2026-03-01 10:00:00 UTC', '2026-03-01 11:30:05 UTC'];
    expect(rowsOf(content)).toEqual([
      ['Upgrade step', 'Status', 'Release', 'Started', 'Ended', 'By', 'Succeeded', 'Failed', 'Skipped', 'Left'],
      ['Deployment', 'finished with errors', '11.41.0', ...times, 'ana', '1', '2', '3', '4'],
      ['Preparation', 'finished', '11.41.0', ...times, 'ana', '5', '0', '0', '0'],
    ]);
    expect(targetsOf(content)).toEqual(
      expect.arrayContaining(['/ServiceCenter/upgrades/deployments/2', '/ServiceCenter/upgrades/preparations/1']),
    );
    expect(markupOf(content).match(/class="number">\d/g)).toHaveLength(8);
    expect(textOf(page({ executions: [] }).content)).toContain('No module has been prepared or deployed here yet.');
  });

  it('says how many of the modules that were ever published are prepared, and how many run', () => {
    const modules = [
      waiting,
      module('b'),
      module('c', { state: 'failed', upToDate: false }),
      module('d', { state: 'not applicable', upToDate: false }),
    ];
    expect(factsOf(page({ modules }).content)).toEqual([
      ['Prepared modules', '2 of 3'],
      ['Deployed and up to date', '1 of 3'],
    ]);
    expect(textOf(page().content)).toMatch(/^Development on 11\.41\.0 /);
  });

  it.each<[string, readonly ModuleState[], string]>([
    ['nothing', ['prepared', 'not applicable'], 'Every module is prepared.'],
    ['one module', ['prepared', 'failed'], '1 module failed, was skipped or was not started.'],
    ['two modules', ['skipped', 'pending'], '2 modules failed, were skipped or were not started.'],
  ])('PREP-08 offers Prepare for what is unfinished: %s', (_, states, text) => {
    const modules = states.map((state, index) => module(`m${index}`, { state }));
    expect(textOf(page({ modules }).content)).toContain(text);
    expect(offered({ modules })).toEqual(text.startsWith('Every') ? [] : [prepare]);
  });

  it.each<[string, Parameters<typeof page>[0], readonly string[]]>([
    ['with a module that waits', {}, [deploy]],
    ['without a preparation before', { executions: [execution('Deployment', 1)] }, []],
    ['when everything runs', { modules: [module('a')] }, []],
    [
      'when what does not run is not prepared',
      { modules: [module('a', { state: 'pending', upToDate: false })] },
      [prepare],
    ],
    ['in a release without it', { release: '11.18.1' }, []],
  ])('DEP-01 Deploy is offered only where it does something: %s', (_, parts, targets) => {
    expect(offered(parts)).toEqual(targets);
  });

  it('DEP-01 says how many can be deployed', () => {
    expect(textOf(page().content)).toContain('1 module can be deployed.');
  });

  it('PREP-12 while one runs shows who has started it and how far it is, and offers nothing', () => {
    const executions = [
      execution('Preparation', 2, { status: 'running', percent: 40, ended: null }),
      execution('Preparation', 1),
    ];
    const { content, refresh } = page({ executions });
    expect(refresh).toBe(true);
    expect(textOf(content)).toContain('Preparation is running, started by ana: details 40 %');
    expect(targetsOf(content)).toContain('/ServiceCenter/upgrades/preparations/2');
    expect(offered({ executions, modules: [waiting, module('b', { state: 'failed' })] })).toEqual([]);
    expect(page().refresh).toBe(false);
  });
});

describe('a preparation', () => {
  it('PREP-09 PREP-11 tells what it did itself, and leads to the details to send', () => {
    const { title, section, refresh, content } = preparationPage(
      preparation({ preparedInIt: 3, failed: 1, skipped: 2, left: 4, notApplicable: 5 }),
    );
    expect([title, section, refresh]).toEqual(['Preparation 7', 'upgrades', false]);
    expect(factsOf(content)).toEqual([
      ['Status', 'finished'],
      ['Release', '11.41.0'],
      ['Started', '2026-03-01 10:00:00 UTC by ana'],
      ['Ended', '2026-03-01 11:30:05 UTC'],
      ['Modules', '3 prepared, 1 failed, 2 skipped, 4 left, 5 not applicable'],
      ['Time left', 'none'],
      ['Details to send', 'as JSON'],
    ]);
    expect(targetsOf(content)).toEqual(['/api/upgrades/preparations/7']);
    expect(textOf(content)).toContain('No group was started.');
    expect(markupOf(content)).not.toContain('<progress');
    expect(textOf(content)).not.toContain('Failed and skipped');
  });

  it.each([
    [null, 'not known yet'],
    [59_999, 'less than a minute'],
    [60_000, 'about 1 minute'],
    [160_000, 'about 3 minutes'],
  ])('PREP-13 that runs, with %j ms left: %s', (timeLeft, text) => {
    const { refresh, content } = preparationPage(
      preparation({ status: 'running', endedAt: null, timeLeft, percent: 40 }),
    );
    expect(refresh).toBe(true);
    expect(Object.fromEntries(factsOf(content))).toMatchObject({ Ended: 'not yet', 'Time left': text });
    expect(textOf(content)).toContain('40 %');
  });

  const error = { file: 'src/a.ts', line: 3, column: 1, code: 'TS1', message: 'no' };
  const unfinished = [
    { name: 'base', state: 'failed', diagnostics: [error], cause: null },
    { name: 'top', state: 'skipped', diagnostics: [], cause: { module: 'base', path: ['top', 'base'] } },
  ] as const;

  it('PREP-11 PREP-13 that ended with errors lists them, producers first, and what to do', () => {
    const advice = ['Prepare again.', 'Then publish.'];
    const { content } = preparationPage(preparation({ status: 'finished with errors', unfinished, advice }));
    expect(rowsOf(content)).toEqual([
      ['Module', 'State', 'Why'],
      ['base', 'failed', 'src/a.ts:3 TS1 no'],
      ['top', 'skipped', 'because of base ( top → base )'],
    ]);
    const text = textOf(content);
    expect(text).toContain('Failed and skipped modules, producers first');
    expect(text).toContain('2 modules');
    expect(text).toContain('What to do Prepare again. Then publish. go to Upgrades');
    expect(text).not.toContain('As this preparation left them');
    expect(targetsOf(content)).toContain('/ServiceCenter/upgrades');
  });

  it('PREP-09 that is not the newest says that it shows what it left, and advises nothing', () => {
    const { content } = preparationPage(preparation({ unfinished, latest: false }));
    expect(textOf(content)).toContain('As this preparation left them; Modules has how they are now.');
    expect(textOf(content)).not.toContain('What to do');
    expect(targetsOf(content)).toContain('/ServiceCenter/modules');
  });

  const group = (changes: Partial<PreparationGroup>): PreparationGroup => ({
    ...{ number: 2, status: 'finished', started: at, ended: later, modules: [{ name: 'a', outcome: 'prepared' }] },
    ...changes,
  });

  it.each<[PreparationGroup['status'], string]>([
    ['finished', 'ended: plain'],
    ['fault', 'broken off, through no fault of a module: plain'],
    ['abandoned', 'given up: plain'],
  ])('PREP-13 says how a group has ended: %s', (status, badge) => {
    const { content } = preparationPage(preparation({ preparationGroups: [group({ status })] }));
    expect(badgesOf(content)).toEqual(['finished: good', badge, 'prepared: good']);
    expect(textOf(content)).toContain('Group 2');
    expect(textOf(content)).toContain('2026-03-01 10:00:00 UTC to 2026-03-01 11:30:05 UTC');
    expect(textOf(content)).not.toContain('No group was started.');
  });

  it('PREP-13 shows of a group in progress which modules it has, and no verdict yet', () => {
    const running = group({ status: 'running', ended: null, modules: [{ name: 'a', outcome: 'running' }] });
    const { content } = preparationPage(preparation({ preparationGroups: [running] }));
    expect(badgesOf(content)).toEqual(['finished: good', 'in progress: info']);
    expect(textOf(content)).not.toContain(' to 2026');
    expect(targetsOf(content)).toContain('/ServiceCenter/modules/a');
  });

  it.each<[AttemptOutcome, string]>([
    ['prepared', 'prepared: good'],
    ['reused', 'prepared, compiled before: good'],
    ['failed', 'failed: bad'],
    ['skipped', 'skipped: warn'],
    ['stale', 'changed meanwhile: warn'],
    ['fault', 'broken off: warn'],
    ['abandoned', 'given up: plain'],
    ['running', 'running: info'],
  ])('says what became of a module in a group: %s', (outcome, badge) => {
    const groups = [group({ modules: [{ name: 'a', outcome }] })];
    const { content } = preparationPage(preparation({ preparationGroups: groups }));
    expect(badgesOf(content).at(-1)).toBe(badge);
  });
});

describe('a deployment', () => {
  it('DEP-04 DEP-06 tells its counts, and whether the environment is fully upgraded now', () => {
    const { title, section, refresh, content } = deploymentPage(deployment({ failed: 1, skipped: 3, left: 4 }));
    expect([title, section, refresh]).toEqual(['Deployment 4', 'upgrades', false]);
    expect(factsOf(content)).toEqual([
      ['Status', 'finished'],
      ['Release', '11.41.0'],
      ['Started', '2026-03-01 10:00:00 UTC by bo'],
      ['Ended', '2026-03-01 11:30:05 UTC'],
      ['Modules', '2 deployed, 1 failed, 3 skipped, 4 left'],
      ['Environment now', 'fully upgraded'],
    ]);
    expect(textOf(content)).toContain('This deployment has no module.');
    const unfinished = deploymentPage(deployment({ fullyUpgraded: false }));
    expect(factsOf(unfinished.content).at(-1)).toEqual(['Environment now', 'not fully upgraded']);
  });

  it('DEP-04 lists its modules: those in work first, then those that failed', () => {
    const item = (
      state: 'pending' | 'deploying' | 'deployed' | 'failed' | 'skipped',
      reason: string | null = null,
    ) => ({
      ...{ module: state, state, reason, started: null, ended: null },
    });
    const items = [
      item('skipped', 'never'),
      item('deployed'),
      item('pending'),
      item('failed', 'fe-1'),
      item('deploying'),
    ];
    const { content } = deploymentPage(deployment({ items }));
    expect(rowsOf(content)).toEqual([
      ['Module', 'State', 'Reason', 'Started', 'Ended'],
      ['deploying', 'deploying', '', '', ''],
      ['failed', 'failed', 'fe-1', '', ''],
      ['pending', 'pending', '', '', ''],
      ['deployed', 'deployed', '', '', ''],
      ['skipped', 'skipped', 'never', '', ''],
    ]);
    expect(badgesOf(content).slice(1)).toEqual([
      'deploying: info',
      'failed: bad',
      'pending: plain',
      'deployed: good',
      'skipped: warn',
    ]);
  });

  it('DEP-04 shows how far it is while it runs: of what it deploys, not of what it leaves out', () => {
    const running = { status: 'running', endedAt: null, deployed: 1, failed: 1, left: 2, skipped: 96 } as const;
    const { refresh, content } = deploymentPage(deployment(running));
    expect(refresh).toBe(true);
    expect(markupOf(content)).toContain('<progress max="100" value="50" aria-label="Deployment">');
    expect(markupOf(deploymentPage(deployment()).content)).not.toContain('<progress');
    expect(Object.fromEntries(factsOf(content))).toMatchObject({ Ended: 'not yet' });
  });

  it.each<[string, Parameters<typeof deployment>[0], boolean]>([
    ['of none', { deployed: 0 }, true],
    ['of none yet, while it runs', { deployed: 0, status: 'running' }, false],
    ['of one', { deployed: 1 }, false],
    ['of one that failed', { deployed: 0, failed: 1 }, false],
    ['of one that is left', { deployed: 0, left: 1 }, false],
  ])('says that there was nothing to deploy: %s', (_, changes, said) => {
    expect(textOf(deploymentPage(deployment(changes)).content).includes('There was nothing to deploy.')).toBe(said);
  });

  it.each<[Execution['status'] & ('finished' | 'finished with errors' | 'stopped'), boolean]>([
    ['finished', false],
    ['finished with errors', true],
    ['stopped', false],
  ])('DEP-05 advises after errors what to do: %s', (status, advised) => {
    const text = textOf(deploymentPage(deployment({ status })).content);
    const advice =
      'Select Deploy again in Upgrades : it takes only what failed or was prepared since. If it keeps failing, publish the modules.';
    expect(text.includes(advice)).toBe(advised);
  });

  it('DEP-06 names what has changed since; what is gone has no page', () => {
    const drift = [
      { module: 'a', change: 'published' },
      { module: 'b', change: 'deleted' },
    ] as const;
    const { content } = deploymentPage(deployment({ drift }));
    expect(rowsOf(content)).toEqual([
      ['Module', 'Change'],
      ['a', 'published'],
      ['b', 'deleted'],
    ]);
    expect(textOf(content)).toContain('Changed since Modules that are no longer as this deployment left them');
    expect(targetsOf(content)).toEqual(['/ServiceCenter/modules/a']);
    expect(badgesOf(content).slice(1)).toEqual(['published: warn', 'deleted: warn']);
    expect(textOf(deploymentPage(deployment()).content)).not.toContain('Changed since');
  });
});
