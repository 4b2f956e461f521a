/** The report of an upgrade, in the terminal and as a page: what was planned beside what happened, who opened what, who said what. */
import { describe, expect, it } from 'vitest';
import type { Account, AccountOfEnvironment } from '../../client/pages/report/account.js';
import { reportHtml } from '../../client/pages/report/reportHtml.js';
import { reportText } from '../../client/pages/report/reportText.js';
import type { PastUpgrade } from '../../store/history.js';
import type { EnvironmentReport } from '../../workflows/upgradeEnvironment.js';

const minute = 60_000;

function upgrade(changes: Partial<PastUpgrade> = {}): PastUpgrade {
  return {
    upgrade: 'acme#7',
    infrastructure: 'acme',
    environment: null,
    plan: 'f38c023985a7b98dbbd27863437978a1',
    to: '11.41.0',
    requestedBy: 'rita',
    startedAt: '2026-03-01T10:00:00.000Z',
    endedAt: '2026-03-01T12:30:00.000Z',
    outcome: 'upgraded',
    ...changes,
  };
}

function report(changes: Partial<EnvironmentReport> = {}): EnvironmentReport {
  return {
    preparation: { prepared: 9, failed: 1, skipped: 2 },
    deployment: { deployed: 1 },
    acceptedModules: [],
    checks: { checked: 3, failures: 1, newErrors: 0, signed: [] },
    approvals: [],
    ...changes,
  } as EnvironmentReport;
}

function production(changes: Partial<AccountOfEnvironment> = {}): AccountOfEnvironment {
  return {
    name: 'Production',
    from: '11.18.1',
    to: '11.41.0',
    strategy: 'downtime',
    outcome: 'upgraded',
    planned: { start: '2026-03-01T10:00:00.000Z', end: '2026-03-01T11:00:00.000Z' },
    happened: { start: '2026-03-01T10:05:00.000Z', end: '2026-03-01T12:30:00.000Z' },
    times: [
      { name: 'all of it', planned: 60 * minute, happened: 145 * minute },
      { name: 'users kept out', planned: null, happened: 0 },
    ],
    report: report(),
    ...changes,
  };
}

function account(changes: Partial<Account> = {}): Account {
  return { upgrade: upgrade(), runs: [], gates: [], messages: [], rollbacks: [], environments: [], ...changes };
}

const gates: Account['gates'] = [
  { gate: 'plan', environment: null, approvers: ['ana', 'rui'], accepted: [], openedAt: '2026-03-01T10:01:00.000Z' },
  {
    gate: 'applications',
    environment: 'Production',
    approvers: ['ana'],
    accepted: ['broken', 'below'],
    openedAt: '2026-03-01T11:01:00.000Z',
  },
];

const messages: Account['messages'] = [
  {
    ...{ at: '2026-03-01T10:01:00.000Z', environment: null, name: 'approve', by: 'ana', reason: null, refusal: null },
    payload: { gate: 'plan' },
  },
  {
    ...{ at: '2026-03-01T10:02:00.000Z', environment: 'Production', name: 'pause', by: null, reason: 'a drill' },
    ...{ payload: { gate: 7 }, refusal: null },
  },
  {
    ...{ at: '2026-03-01T10:03:00.000Z', environment: 'Production', name: 'stop', by: 'otto', reason: 'enough' },
    ...{ payload: {}, refusal: 'The token is of another run: read it, then send {"token":""}' },
  },
];

describe('in the terminal', () => {
  it('says what it was about, who asked, and how long it took with all waiting', () => {
    expect(reportText(account())).toBe(
      [
        'acme#7  acme to 11.41.0: upgraded',
        '  asked for by  rita',
        '  plan          f38c023985a7 (uplift plan f38c023985a7)',
        '  time          2026-03-01 10:00 UTC to 2026-03-01 12:30 UTC, 2 h 30 min with all waiting',
      ].join('\n'),
    );
    const open = upgrade({ environment: 'Testing', requestedBy: null, endedAt: null, outcome: 'open' });
    expect(
      reportText(account({ upgrade: open }))
        .split('\n')
        .map((line) => line.trim()),
    ).toEqual([
      'acme#7  Testing to 11.41.0: open',
      'asked for by  nobody known',
      'plan          f38c023985a7 (uplift plan f38c023985a7)',
      'time          from 2026-03-01 10:00 UTC on, not ended',
    ]);
  });

  it('PLAN-01 puts what was planned of an environment beside what happened', () => {
    expect(part(reportText(account({ environments: [production()] })), 'PRODUCTION')).toEqual([
      'PRODUCTION: upgraded, 11.18.1 → 11.41.0, downtime',
      'planned   2026-03-01 10:00 UTC to 2026-03-01 11:00 UTC',
      'happened  2026-03-01 10:05 UTC to 2026-03-01 12:30 UTC',
      'modules: 9 prepared, 1 failed, 2 skipped',
      '1 module deployed',
      '2 of 3 hot points answered well, 0 new errors',
      'planned  happened',
      'all of it       60 min   2 h 25 min',
      'users kept out  –        none',
    ]);
  });

  it('says of an environment that has not ended only what is known', () => {
    const left = production({ outcome: 'not ended', planned: null, happened: null, report: null, times: [] });
    expect(part(reportText(account({ environments: [left] })), 'PRODUCTION')).toEqual([
      'PRODUCTION: not ended, 11.18.1 → 11.41.0, downtime',
      'planned   not known',
      'happened  not ended',
      'planned  happened',
    ]);
  });

  it('says what was accepted, signed and approved, and that teams publish themselves', () => {
    const full = report({
      deployment: null,
      acceptedModules: ['broken', 'below'],
      checks: { checked: 1, failures: 0, newErrors: 1, signed: ['Pedro pays', 'Rita reads'] } as never,
      approvals: ['start: ana', 'go live: otto'],
    });
    expect(
      part(reportText(account({ environments: [production({ report: full, times: [] })] })), 'PRODUCTION'),
    ).toEqual(
      expect.arrayContaining([
        'nothing deployed: teams publish themselves',
        'accepted as they are: broken, below',
        '1 of 1 hot points answered well, 1 new error',
        'signed: Pedro pays; Rita reads',
        'approved: start: ana, go live: otto',
      ]),
    );
  });

  it('lists gates, messages and runs; a refused message without the JSON to send', () => {
    const text = reportText(account({ gates, messages, runs: [{ workflow: 'upgrade/acme', run: '0a1b' }] }));
    expect(part(text, 'GATES OPENED')).toEqual([
      'GATES OPENED',
      '2026-03-01 10:01 UTC  all         plan          ana, rui',
      '2026-03-01 11:01 UTC  Production  applications  ana       broken, below',
    ]);
    expect(part(text, 'MESSAGES')).toEqual([
      'MESSAGES',
      '2026-03-01 10:01 UTC  all         approve plan  ana',
      '2026-03-01 10:02 UTC  Production  pause         nobody named  a drill',
      '2026-03-01 10:03 UTC  Production  stop          otto          refused: The token is of another run',
    ]);
    expect(part(text, 'RUNS')).toEqual(['RUNS', 'upgrade/acme  0a1b']);
  });

  it('LIVE-05 says what was taken back, by whom and why, as far as that is known', () => {
    const at = '2026-03-02T08:00:00.000Z';
    const rollbacks = [
      { environment: 'Production', at, report: { requestedBy: 'otto', reason: 'payments fail' } },
      { environment: 'Testing', at, report: {} },
    ];
    expect(part(reportText(account({ rollbacks })), 'TAKEN BACK')).toEqual([
      'TAKEN BACK',
      'Production was taken back 2026-03-02 08:00 UTC, asked for by otto: payments fail',
      'Testing was taken back 2026-03-02 08:00 UTC',
    ]);
  });
});

describe('as a page', () => {
  const full = account({
    gates,
    messages,
    environments: [production()],
    runs: [{ workflow: 'upgrade/acme', run: '0a1b' }],
    rollbacks: [{ environment: 'Production', at: '2026-03-02T08:00:00.000Z', report: {} }],
  });

  it('says what the terminal says', () => {
    const words = (text: string) => text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
    const page = words(reportHtml(full).replace(/<style>[\s\S]*?<\/style>/, ''));
    const said = [
      'acme#7: acme to 11.41.0: upgraded',
      'acme to 11.41.0: upgraded. Asked for by rita. 2026-03-01 10:00 UTC to 2026-03-01 12:30 UTC, 2 h 30 min with all waiting',
      'Production: upgraded 11.18.1 to 11.41.0, downtime. Planned 2026-03-01 10:00 UTC to 2026-03-01 11:00 UTC; happened 2026-03-01 10:05 UTC to 2026-03-01 12:30 UTC.',
      'modules: 9 prepared, 1 failed, 2 skipped 1 module deployed 2 of 3 hot points answered well, 0 new errors',
      'Times of Production, planned and as they were What Planned Happened all of it 60 min 2 h 25 min users kept out – none',
      'Production was taken back 2026-03-02 08:00 UTC',
      'Gates that were opened, and by whom When Where Gate Approved by Accepted as it is 2026-03-01 10:01 UTC all plan ana, rui',
      'When Where Message By Reason 2026-03-01 10:01 UTC all approve plan ana',
      'refused: The token is of another run',
      'Runs that worked for it, as Temporal knows them Workflow Run upgrade/acme 0a1b',
      'Plan f38c023985a7b98dbbd27863437978a1',
    ];
    for (const text of said) expect(page).toContain(text);
  });

  it('leaves out what there is nothing of, and says what is not known', () => {
    const left = production({ planned: null, happened: null, report: null, times: [] });
    const page = reportHtml(account({ upgrade: upgrade({ requestedBy: null }), environments: [left] }));
    expect(page).toContain('Asked for by nobody known.');
    expect(page).toContain('Planned not known; happened not.');
    for (const heading of ['Taken back', 'Gates', 'Messages', 'Runs']) expect(page).not.toContain(`>${heading}</h2>`);
    expect(page).not.toContain('<ul>');
  });

  it('PLAN-06 can be read offline, and takes no name for markup', () => {
    const page = reportHtml(account({ environments: [production({ name: '<b>"P"' })] }));
    expect(page).not.toMatch(/<script|\son\w+=|https?:|@import|<b>"P"/i);
    expect(page).toContain('&lt;b&gt;&quot;P&quot;: upgraded</h3>');
  });
});

/** The lines of one part, without blanks before them. */
function part(text: string, title: string): readonly string[] {
  const found = text.split('\n\n').find((one) => one.startsWith(title)) ?? '';
  return found.split('\n').map((line) => line.trim());
}
