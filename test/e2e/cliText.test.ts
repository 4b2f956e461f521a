/** Answers for people: columns, progress, what waits and what to type. */
import picocolors from 'picocolors';
import { describe, expect, it } from 'vitest';
import { activityItems, waitingForPeople } from '../../client/cli/activityText.js';
import { moduleToAccept } from '../../client/cli/commands/gates.js';
import { scheduleText } from '../../client/cli/commands/schedule.js';
import { explanation, nextSteps } from '../../client/cli/commands/why.js';
import { nodeVersion } from '../../client/cli/doctor/machine.js';
import { platformFindings } from '../../client/cli/doctor/platform.js';
import { frontEndText } from '../../client/cli/frontEndText.js';
import type { Place } from '../../client/cli/infrastructure.js';
import { plainProgress } from '../../client/cli/progress.js';
import type { Run } from '../../client/cli/runs.js';
import type { Activity } from '../../client/cli/view.js';
import type { ModuleDetail } from '../../client/serviceCenter.js';
import { columns, counted, duration, typed } from '../../client/words.js';
import type { ModuleState } from '../../domain/modules/module.js';
import type { FrontEndFacts } from '../../port/inventory.js';
import type { RunStatus } from '../../workflows/messages.js';

describe('words', () => {
  it('columns are as wide as what is seen, whatever colours are in it', () => {
    const { red } = picocolors.createColors(true);
    const [first, second] = columns([
      [red('ab'), 'c'],
      ['defg', 'h'],
    ]).split('\n');
    expect(first).toBe(`${red('ab')}    c`);
    expect(second).toBe('defg  h');
  });

  it.each([
    [400, '0 s'],
    [89_000, '89 s'],
    [90_000, '2 min'],
    [3_600_000, '60 min'],
    [5_400_000, '1 h 30 min'],
  ])('%i milliseconds are said as %s', (milliseconds, said) => {
    expect(duration(milliseconds)).toBe(said);
  });

  it.each([
    ['@acme/claims', '@acme/claims'],
    ['Pre Production', "'Pre Production'"],
    ["it's", "'it'\\''s'"],
    ['$(reboot)', "'$(reboot)'"],
  ])('%s is typed as %s', (word, safe) => {
    expect(typed(word)).toBe(safe);
  });

  it('one is one and others are more', () => {
    expect([0, 1, 2].map((count) => counted(count, 'module'))).toEqual(['0 modules', '1 module', '2 modules']);
  });
});

describe('progress without a terminal', () => {
  const lines: string[] = [];
  const progress = plainProgress(
    (line) => lines.push(line),
    () => new Date('2026-03-01T10:11:12Z'),
  );
  const shown = (...items: Parameters<typeof progress.show>[0]) => {
    lines.length = 0;
    progress.show(items);
    return [...lines];
  };

  it('says what changed, once, and again when it comes back', () => {
    const step = { key: 'run', text: 'step plan' };
    const gate = { key: 'gate', text: 'waits\n  approve' };
    expect(shown(step, gate)).toEqual(['10:11:12Z step plan', '10:11:12Z waits', '10:11:12Z   approve']);
    expect(shown(step, gate)).toEqual([]);
    expect(shown({ ...step, text: 'step server' })).toEqual(['10:11:12Z step server']);
    expect(shown({ ...step, text: 'step server' }, gate)).toEqual(['10:11:12Z waits', '10:11:12Z   approve']);
  });

  it('says the end of what it has shown, once', () => {
    const run = { key: 'run', text: 'step tests', gone: 'the upgrade has ended' };
    shown(run);
    expect(shown()).toEqual(['10:11:12Z the upgrade has ended']);
    expect(shown()).toEqual([]);
  });
});

const standing: RunStatus = { target: '11.41.0', step: 'server', gate: null, paused: null, refusals: [] };

function upgrade(status: Partial<RunStatus> | null): Run {
  return {
    workflowId: 'upgrade/acme/environments/Development',
    runId: '1',
    procedure: 'upgrade',
    state: 'running',
    started: '2026-03-01T10:00:00.000Z',
    release: '11.41.0',
    step: status?.step ?? 'server',
    status: status && { ...standing, ...status },
    retrying: [],
    link: null,
  };
}

function textOf(...runs: readonly Run[]): string {
  return textWith(runs, []);
}

function textWith(runs: readonly Run[], asked: Activity['asked']): string {
  const activity = { environment: 'Development', runs, preparation: null, deployment: null, asked };
  return activityItems(activity)
    .map(({ text }) => text)
    .join('\n');
}

describe('what goes on', () => {
  it('a run that works says where it is', () => {
    expect(textOf(upgrade({}))).toBe('Development: upgrade to 11.41.0, step server');
    expect(waitingForPeople([upgrade({})])).toBeUndefined();
  });

  it('a run whose workers are gone says so', () => {
    expect(textOf(upgrade(null))).toContain('no worker answers: uplift doctor');
  });

  it('a gate shows what it asks and the commands that answer it', () => {
    const gate = {
      name: 'applications',
      approvalsMissing: 1,
      asks: ['24 modules prepared successfully, 1 modules failed and 2 modules skipped'],
      approve: { gate: 'applications', plan: 'p', token: 't', approver: '', accept: ['@acme/feedback'] },
    };
    const run = upgrade({ step: 'applications', gate });
    expect(waitingForPeople([run])).toBe(run);
    expect(textOf(run).split('\n')).toEqual([
      'Development: upgrade to 11.41.0, step applications',
      'Development: waits for an approval of the gate applications',
      '  24 modules prepared successfully, 1 modules failed and 2 modules skipped',
      '  uplift retry Development',
      '  uplift approve Development --gate applications --as NAME --accept @acme/feedback --reason WHY',
      '  uplift reject Development --gate applications --as NAME --reason WHY',
    ]);
  });

  it('what a gate asks to be accepted is typed as it stands there; a module without its scope', () => {
    const all = 'all 11 failed modules (0f3a)';
    const modules = ['@acme/feedback', '@acme/orders'];
    const gate = { name: 'applications', approvalsMissing: 1, asks: [], approve: { accept: [all] } };
    expect(moduleToAccept('Development', modules, gate, all)).toBe(all);
    expect(moduleToAccept('Development', modules, gate, 'feedback')).toBe('@acme/feedback');
    expect(() => moduleToAccept('Development', modules, gate, 'feedbak')).toThrow('has no module feedbak');
  });

  it('a gate of failed modules says which were published since it asked', () => {
    const gate = {
      name: 'applications',
      approvalsMissing: 1,
      asks: ['a: TS2339', 'b: TS2339'],
      approve: { gate: 'applications', accept: ['a', 'b'] },
    };
    const run = upgrade({ step: 'applications', gate });
    const asked = (one: ModuleState, other: ModuleState) => [
      { name: 'a', state: one },
      { name: 'b', state: other },
    ];
    expect(textWith([run], asked('failed', 'failed'))).not.toContain('published since');
    expect(textWith([run], asked('prepared', 'failed'))).toContain('published since: a (prepared); 1 of those above');
    expect(textWith([run], asked('prepared', 'failed'))).toContain('--accept b --reason');
    expect(textWith([run], asked('prepared', 'pending'))).toContain(
      'published since: a (prepared), b (pending); none of those above failed now',
    );
  });

  it('a paused run says who paused it, why, and how it goes on', () => {
    const run = upgrade({ paused: { by: 'ana', reason: 'slow front ends' } });
    expect(waitingForPeople([run])).toBe(run);
    expect(textOf(run)).toContain('paused by ana: slow front ends');
    expect(textOf(run)).toContain('uplift resume Development --run upgrade --as NAME --reason WHY');
  });

  it('an upgrade waits with its preparation when that is paused, and not with another', () => {
    const paused = { by: 'ana', reason: 'slow front ends' };
    const preparation: Run = { ...upgrade({ paused }), procedure: 'prepare' };
    expect(waitingForPeople([upgrade({ step: 'preparation' }), preparation])).toBe(preparation);
    expect(waitingForPeople([upgrade({ step: 'window' }), preparation])).toBeUndefined();
  });

  it('a step that fails and is tried again says why', () => {
    const retrying = [{ activity: 'takeSnapshot', attempt: 3, failure: 'ENOSPC: no space left on device' }];
    expect(textOf({ ...upgrade({ step: 'snapshot' }), retrying })).toContain(
      'Development: takeSnapshot fails and is tried again (attempt 3): ENOSPC: no space left on device',
    );
  });

  it('a message that was refused is shown without the JSON to send: the command stands above', () => {
    const refusals = ['approve: bob is not among its approvers: ana can send {"gate":"plan","plan":"p"'];
    expect(textOf(upgrade({ refusals }))).toContain('refused approve: bob is not among its approvers: ana');
    expect(textOf(upgrade({ refusals }))).not.toContain('{');
  });

  it('a message that was refused is shown with the reason', () => {
    expect(textOf(upgrade({ refusals: ['approve: the plan is another'] }))).toContain(
      'refused approve: the plan is another',
    );
  });

  it('PREP-10 a preparation shows percent, counts and the time that is left', () => {
    const preparation = {
      preparation: 3,
      environment: 'Development',
      release: '11.41.0',
      scope: 'unfinished' as const,
      status: 'running' as const,
      requestedBy: 'ana',
      startedAt: '2026-03-01T10:00:00.000Z',
      endedAt: null,
      groups: 2,
      prepared: 12,
      preparedInIt: 12,
      failed: 1,
      skipped: 2,
      notApplicable: 0,
      left: 15,
      percent: 50,
      timeLeft: 150_000,
      failures: [],
    };
    const activity = { environment: 'Development', runs: [], preparation, deployment: null, asked: [] };
    const [item] = activityItems(activity);
    expect(item?.key).not.toBe(activityItems({ ...activity, environment: 'Production' })[0]?.key);
    expect(item?.text).toBe(
      'Development: preparation 50 %: 12 prepared, 1 failed, 2 skipped, 15 to do, about 3 min left',
    );
  });
});

const prepared: ModuleDetail = {
  name: '@acme/claims',
  application: 'Claims',
  kind: 'web',
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

describe('a front end out of traffic', () => {
  const serving = { name: 'fe-1', zone: 'Main', url: '', release: '11.18.1', traffic: 'serving' } as const;
  const facts = { ...serving, wanted: { release: '11.18.1', traffic: 'serving' } } as FrontEndFacts;
  const takenOut = { ...facts, traffic: 'drained', wanted: { release: '11.41.0', traffic: 'drained' } } as const;
  const down = { ...facts, traffic: 'drained' } as const;
  const hold = { workflow: 'upgrade/acme', operation: 'upgrade', release: '11.41.0', token: 1, since: '' } as const;

  it.each([
    ['serves', facts, 'fe-1 11.18.1'],
    ['is upgraded', takenOut, 'fe-1 11.18.1 (taken out of traffic, on its way to 11.41.0)'],
    ['is down', down, 'fe-1 11.18.1 (out of traffic: it is down, or the balancer is)'],
    ['was never started', { ...down, release: null }, /^fe-1 not started \(out of traffic, on its way to 11\.18\.1/],
  ])('says so when it %s', (_, now, text) => {
    expect(frontEndText(now)).toMatch(text);
  });

  it.each([
    [
      'taken out by an upgrade',
      takenOut,
      hold,
      /by upgrade\/acme$/,
      /^uplift status Development; .*has ended: uplift upgr/,
    ],
    [
      'left out by one that is gone',
      takenOut,
      null,
      /taken out/,
      /^uplift upgrade --environment Development .*rollback/,
    ],
    ['down', down, null, /is down/, /^read logs\/front-end-fe-1\.log and logs\/balancer-Development\.log/],
  ])('is a problem for doctor, which gives advice that fits: %s', async (_, frontEnd, held, detail, next) => {
    const read = async () => ({ serverRelease: '11.18.1', frontEnds: [facts, frontEnd], hold: held });
    const place = { environment: 'Development', applicationsUrl: 'http://127.0.0.1:1', serviceCenter: { facts: read } };
    const findings = await platformFindings([place as unknown as Place]);
    const [found] = findings.filter(({ check }) => check === 'front ends of Development');
    expect(found).toMatchObject({
      ok: false,
      detail: expect.stringMatching(detail),
      next: expect.stringMatching(next),
    });
    expect(found?.next).not.toContain('uplift up ');
  });
});

it('a schedule shows its next nights only when it is not paused', () => {
  const schedule = {
    id: 'nightly/acme/Development',
    at: '02:00',
    timeZone: 'Europe/Lisbon',
    paused: true,
    note: 'made paused',
    nextRuns: ['2026-03-02T02:00:00.000Z'],
    recentRuns: [],
  };
  expect(scheduleText('Development', schedule)).not.toContain('2026-03-02');
  expect(scheduleText('Development', { ...schedule, paused: false })).toContain('next   2026-03-02T02:00:00.000Z');
});

it.each([
  ['20.18.9', false],
  ['20.19.0', true],
  ['22.1.0', true],
])('doctor: Node %s is new enough: %s', (version, ok) => {
  expect(nodeVersion(version).ok).toBe(ok);
});
