/** The upgrade of a whole infrastructure as people drive it with the command line: held, stopped, tested by people, ended. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ids } from '../../contract/ids.js';
import type { InfrastructureReport } from '../../workflows/upgradeInfrastructure.js';
import { newer, older, temporaryFolder } from '../platform/tinyFactory.js';
import { happeningsOf } from '../workflows/happenings.js';
import { base, environment, infrastructure, screen, writeTinyFactory } from './factories.js';
import { startUplift, type Uplift } from './uplift.js';

const whole = ids.upgradeInfrastructure(infrastructure);
const signed = 'Sofia finds her claim on the board';

let uplift: Uplift;
const file = path.join(temporaryFolder(), 'plan.json');

/** In Development a page is expected that no module has, and somebody looks at what no program can. */
beforeAll(async () => {
  uplift = await startUplift(
    writeTinyFactory(
      older,
      { base: { source: base('a text') }, home: { uses: ['base'], source: screen('Home') } },
      {
        development: {
          checks: { hotPoints: ['/home/Nowhere'], tests: [signed] },
          teams: [{ name: 'Claims', role: 'development', members: ['ines', 'tiago'] }],
        },
        testing: {},
      },
    ),
  );
});

afterAll(async () => {
  await uplift.close();
});

it('applies the plan in a file and waits for its approval, which status shows with the command that answers', async () => {
  expect(await uplift.cli('plan', '--to', newer, '-o', file)).toMatchObject({ exit: 0 });
  const { hash } = JSON.parse(readFileSync(file, 'utf8'));
  const started = await uplift.cli('upgrade', file, '--no-wait', '--json');
  expect({ exit: started.exit, document: started.json() }).toMatchObject({
    exit: 6,
    document: { outcome: 'waiting', workflowId: whole, gate: { name: 'plan', approve: { plan: hash } } },
  });
  const status = await uplift.cli('status');
  expect(status.out).toContain(`${infrastructure}: waits for an approval of the gate plan`);
  expect(status.out).toContain('uplift approve --gate plan --as NAME');
  expect(await statusNow()).toMatchObject({
    upgrade: { procedure: 'infrastructure', status: { gate: { name: 'plan' } } },
  });
});

it('takes no answer to the plan of all environments from somebody who names one', async () => {
  for (const words of [['approve'], ['reject', '--reason', 'not now']] as const) {
    const [command, ...more] = words;
    const ran = await uplift.cli(command, 'Testing', '--as', 'ana', ...more, '--json');
    expect({ exit: ran.exit, document: ran.json() }).toMatchObject({
      exit: 3,
      document: {
        error: {
          code: 'MESSAGE_REFUSED',
          message: expect.stringMatching(
            /^The gate plan is that of .*all its environments \(Development, Testing\), not of Testing/,
          ),
          next: expect.stringContaining('uplift approve --as NAME'),
        },
      },
    });
  }
  expect(await statusNow()).toMatchObject({ upgrade: { status: { gate: { name: 'plan' } } } });
});

it('takes no plan that was edited, and none that goes elsewhere than it is asked to', async () => {
  const edited = path.join(temporaryFolder(), 'plan.json');
  writeFileSync(edited, readFileSync(file, 'utf8').replace('"quorum": 1', '"quorum": 0'));
  const ran = await uplift.cli('upgrade', edited);
  expect(ran).toMatchObject({ exit: 2, err: expect.stringContaining('was changed after uplift plan wrote it') });
  const elsewhere = await uplift.cli('upgrade', file, '--to', older);
  expect(elsewhere).toMatchObject({
    exit: 2,
    err: expect.stringContaining(`The plan goes to ${newer}, not to ${older}`),
  });
});

it('shows a plan that was made before, by the beginning of its hash', async () => {
  const { hash } = JSON.parse(readFileSync(file, 'utf8'));
  expect((await uplift.cli('plan', hash.slice(0, 12), '--json')).json()).toMatchObject({ hash });
  expect(await uplift.cli('plan', 'ffff00000000')).toMatchObject({
    exit: 7,
    err: expect.stringContaining('There is no plan ffff00000000'),
  });
});

it('says to whoever may not approve why not, without JSON, and what to type', async () => {
  const ran = await uplift.cli('approve', '--gate', 'plan', '--as', 'WHY');
  expect(ran).toMatchObject({ exit: 3, err: expect.stringContaining('next: uplift approve --gate plan --as NAME') });
  expect(ran.err).not.toContain('{');
});

it('says that nothing is paused to whoever resumes it', async () => {
  for (const words of [[], ['--all']]) {
    const ran = await uplift.cli('resume', ...words, '--as', 'ana', '--reason', 'go on', '--json');
    expect({ exit: ran.exit, document: ran.json() }).toMatchObject({
      exit: 3,
      document: { error: { code: 'NOTHING_WAITING', message: expect.stringMatching(/^Nothing of .* is paused$/) } },
    });
  }
});

it('is paused as a whole: an approved plan begins nothing until somebody resumes it', async () => {
  expect(await uplift.cli('pause', '--as', 'ana', '--reason', 'release day')).toMatchObject({ exit: 0 });
  expect(await uplift.cli('approve', '--gate', 'plan', '--as', 'ana')).toMatchObject({ exit: 0 });
  expect(await upgrade()).toMatchObject({
    exit: 6,
    document: { outcome: 'waiting', attached: true, gate: null, paused: { by: 'ana', reason: 'release day' } },
  });
  expect((await uplift.cli('status')).out).toContain('uplift resume --as NAME --reason WHY');
});

it('is stopped before its next step, and nothing was touched; whoever watches sees its report and no failure', async () => {
  const watching = uplift.cli('watch');
  expect(await uplift.cli('stop', '--as', 'ana', '--reason', 'the testers are away')).toMatchObject({ exit: 0 });
  await expect(uplift.client.workflow.getHandle(whole).result()).rejects.toMatchObject({
    cause: { type: 'STOPPED', message: expect.stringContaining('by ana: the testers are away') },
  });
  const { upgrade: none, environments } = await statusNow();
  expect(none).toBeNull();
  expect(environments.map(({ serverRelease, hold, runs }) => [serverRelease, hold, runs])).toEqual([
    [older, null, []],
    [older, null, []],
  ]);
  const watched = await watching;
  expect(watched).toMatchObject({
    exit: 0,
    err: expect.stringContaining(`${whole}: Stopped before its next step by ana: the testers are away`),
    out: expect.stringContaining(`${infrastructure}#1  ${infrastructure} to ${newer}: open`),
  });
  expect(watched.err).toMatch(/\d\d:\d\d:\d\dZ \S+: upgrade to \S+ has ended$/m);
});

it('status has the last upgrade, and the command with which it goes on', async () => {
  const now = await statusNow();
  expect(now).toMatchObject({ last: { upgrade: `${infrastructure}#1`, outcome: 'open' } });
  expect(now.next).toEqual([`uplift upgrade --to ${newer} (goes on with ${infrastructure}#1)`, 'uplift report 1']);
  const { out } = await uplift.cli('status');
  expect(out).toMatch(
    /last upgrade {2}\S+#1, all environments to \S+: open, since .* UTC\nnext {10}uplift upgrade --to/,
  );
});

it('TEST-01 keeps the next environment shut while a check fails or a test is not signed', async () => {
  await upgrade();
  await uplift.cli('approve', '--gate', 'plan', '--as', 'ana');
  expect(await upgrade()).toMatchObject({ exit: 6, document: { gate: { name: 'tests' } } });
  const { environments } = await statusNow();
  expect(environments.map(({ name, serverRelease, runs }) => [name, serverRelease, runs.length])).toEqual([
    ['Development', newer, 1],
    ['Testing', older, 0],
  ]);
  expect(await statusNow()).toMatchObject({
    next: [],
    upgrade: { status: { progress: { position: 1, of: 2 } } },
    environments: [{ runs: [{ status: { progress: { position: 5, of: 5, closes: null } } }] }, {}],
  });
  const [asked] = environments[0]?.runs.map(({ status }) => status?.gate?.asks ?? []) ?? [];
  expect(asked?.join('\n')).toMatch(/2 of 3 hot points answer well(.|\n)*\/home\/Nowhere: (.|\n)*To be signed: Sofia/);

  const unsigned = await uplift.cli('approve', 'Development', '--gate', 'tests', '--as', 'ana');
  expect(unsigned).toMatchObject({ exit: 3, err: expect.stringContaining(`does not accept ${signed}`) });
});

it('ends with a report of each environment once the test is signed', async () => {
  const words = ['--gate', 'tests', '--as', 'sofia', '--accept', signed, '--reason', 'seen; Nowhere comes next week'];
  expect(await uplift.cli('approve', 'Development', ...words)).toMatchObject({ exit: 0 });
  const report = await reportNow();
  expect(report.environments).toMatchObject([
    {
      environment: 'Development',
      outcome: 'upgraded',
      checks: { checked: 3, failures: 1, signed: [signed] },
      approvals: ['tests: sofia'],
      durations: { server: expect.any(Number), preparation: expect.any(Number), deployment: expect.any(Number) },
    },
    { environment: 'Testing', outcome: 'upgraded', checks: { checked: 2, failures: 0, signed: [] }, approvals: [] },
  ]);
  expect(Math.min(...Object.values(report.environments[0]?.durations ?? { none: 0 }))).toBeGreaterThan(0);
});

it('is found in the history afterwards, with what really happened beside what was planned', async () => {
  expect((await uplift.cli('history', '--json')).json()).toEqual([
    {
      upgrade: `${infrastructure}#1`,
      infrastructure,
      environment: null,
      plan: expect.any(String),
      to: newer,
      requestedBy: null,
      startedAt: expect.any(String),
      endedAt: expect.any(String),
      outcome: 'upgraded',
    },
  ]);
  const { json } = await uplift.cli('report', '1', '--json');
  const times = { planned: expect.any(Number), happened: expect.any(Number) };
  expect(json()).toMatchObject({
    environments: [
      {
        name: 'Development',
        outcome: 'upgraded',
        planned: { start: expect.any(String) },
        happened: { start: expect.any(String), end: expect.any(String) },
        times: expect.arrayContaining([
          { name: 'server', ...times },
          { name: 'all of it', ...times },
        ]),
        report: { checks: { signed: [signed] } },
      },
      { name: 'Testing', outcome: 'upgraded' },
    ],
    gates: [
      { gate: 'plan', environment: null, approvers: ['ana'] },
      { gate: 'tests', environment: 'Development', approvers: ['sofia'], accepted: [signed] },
    ],
    messages: expect.arrayContaining([
      expect.objectContaining({ name: 'approve', by: 'ana', refusal: expect.stringContaining('does not accept') }),
    ]),
    rollbacks: [],
  });
  const page = path.join(temporaryFolder(), 'page.html');
  const { out } = await uplift.cli('report', '-o', page);
  for (const text of [out, readFileSync(page, 'utf8')]) {
    for (const part of [`${infrastructure}#1`, 'Gates', 'sofia', 'does not accept', 'snapshot', 'happened']) {
      expect(text.toLowerCase()).toContain(part.toLowerCase());
    }
  }
  expect(await uplift.cli('report', '9')).toMatchObject({
    exit: 2,
    err: expect.stringContaining('There is no upgrade 9'),
  });
});

it('EXEC-01 goes from the server to the tools of its developers to the applications', async () => {
  const workflowId = ids.upgradeEnvironment(infrastructure, environment);
  const happenings = await happeningsOf(uplift.client, workflowId);
  const steps = happenings.flatMap(({ run, kind, name }) => (run === workflowId && kind === 'step' ? name : []));
  const order = ['snapshot', 'server', 'tools', 'preparation', 'deployment', 'tests', 'done'];
  expect(steps.filter((step) => order.includes(step))).toEqual(order);
  const { environments } = await reportNow();
  expect(environments.map(({ tools }) => tools)).toEqual([
    {
      concerned: 2,
      developers: ['ines', 'tiago'],
      newest: expect.arrayContaining([expect.objectContaining({ tool: expect.any(String) })]),
    },
    null,
  ]);
});

it('PLAN-01 is expected to take as long as it took, once that was measured', async () => {
  const { forecast } = ((await uplift.cli('plan', '--to', newer, '--json')).json() as Planned).plan;
  const bases = forecast.environments.map(({ name, steps }) => [
    name,
    steps.find(({ step }) => step === 'deployment')?.basis,
  ]);
  expect(bases).toEqual([
    ['Development', { kind: 'measured', environment: 'Development' }],
    ['Testing', { kind: 'measured', environment: 'Testing' }],
  ]);
});

it('VER-10 has nothing to do where every environment is already: it says so, asks nobody and ends well', async () => {
  const again = await uplift.cli('upgrade', file, '--no-wait');
  expect(again).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/Development runs .* already(.|\n)*Testing runs .* already/),
  });
  const one = await uplift.cli('upgrade', file, '--environment', 'Testing', '--no-wait', '--json');
  expect({ exit: one.exit, document: one.json() }).toMatchObject({
    exit: 0,
    document: {
      workflowId: ids.upgradeEnvironment(infrastructure, 'Testing'),
      report: { environment: 'Testing', outcome: 'nothing to do' },
    },
  });
});

interface Planned {
  readonly plan: {
    readonly forecast: {
      readonly environments: readonly {
        readonly name: string;
        readonly steps: readonly { readonly step: string; readonly basis: unknown }[];
      }[];
    };
  };
}

async function reportNow(): Promise<InfrastructureReport> {
  return (await uplift.client.workflow.getHandle(whole).result()) as InfrastructureReport;
}

async function upgrade() {
  const ran = await uplift.cli('upgrade', '--to', newer, '--requested-by', 'rita', '--no-wait', '--json');
  return { exit: ran.exit, document: ran.json() };
}

interface Status {
  readonly upgrade: unknown;
  readonly next: readonly string[];
  readonly environments: readonly {
    readonly name: string;
    readonly serverRelease: string;
    readonly hold: unknown;
    readonly runs: readonly {
      readonly status: { readonly gate: { readonly asks: readonly string[] } | null } | null;
    }[];
  }[];
}

async function statusNow(): Promise<Status> {
  return (await uplift.cli('status', '--json')).json() as Status;
}
