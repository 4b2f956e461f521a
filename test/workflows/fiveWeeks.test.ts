/**
 * Five weeks of an upgrade, in seconds: the real workflows and activities on a server whose clock skips the time in which nothing
 * happens. Windows, a freeze, the night in which clocks are put back, and people who answer after days.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ids } from '../../contract/ids.js';
import type { InfrastructureReport } from '../../workflows/upgradeInfrastructure.js';
import { infrastructure } from '../e2e/factories.js';
import { newer, older } from '../platform/tinyFactory.js';
import { recordedOf } from './evidence.js';
import { type EnvironmentName, environments } from './fourEnvironments.js';
import { type Happening, happeningsOf, isTouch, phaseOf } from './happenings.js';
import { daysAfter, isFrozen, isInside, momentAt, nextChange, shownAt, timeZone } from './lisbonClock.js';
import { type SkippingWorld, startSkippingWorld } from './skippingWorld.js';
import { detailsOf, eventTypes } from './temporal.js';

/** Clocks are put back on day 0, a Sunday; the upgrade begins on day -13. */
const change = nextChange(Date.now());
const date = (day: number): string => daysAfter(change, day);
const at = (day: number, time: string): number => momentAt(date(day), time);

const windows = {
  Development: { weekdays: ['thursday'], opens: '20:00', hours: 3 },
  Testing: { weekdays: ['tuesday'], opens: '20:00', hours: 4 },
  'Pre-Production': { weekdays: ['saturday'], opens: '22:00', hours: 6 },
  Production: { weekdays: ['sunday'], opens: '01:30', hours: 4 },
} as const;
const freeze = { from: date(1), to: date(14), reason: 'the books are closed' };
const freezeAfterwards = { from: date(23), to: date(27), reason: 'the auditors are here' };

const whole = ids.upgradeInfrastructure(infrastructure);
const upgradeOf = (environment: EnvironmentName): string => ids.upgradeEnvironment(infrastructure, environment);
const goLiveOf = (environment: EnvironmentName): string => ids.goLive(infrastructure, environment);

let world: SkippingWorld;
let temporal: SkippingWorld['temporal'];
let people: SkippingWorld['people'];

beforeAll(async () => {
  world = await startSkippingWorld(
    { timeZone, freezes: [freeze] },
    {
      Development: { windows: [windows.Development] },
      Testing: { windows: [windows.Testing] },
      'Pre-Production': { windows: [windows['Pre-Production']], gates: { 'go live': { quorum: 1 } } },
      Production: {
        windows: [windows.Production],
        freezes: [freezeAfterwards],
        gates: { start: { quorum: 2 }, 'go live': { quorum: 2 } },
      },
    },
  );
  ({ temporal, people } = world);
});

afterAll(async () => {
  await world?.close();
});

let report: InfrastructureReport;

describe('an upgrade of five weeks', () => {
  let happenings: readonly Happening[];
  let refusals: readonly string[];

  beforeAll(async () => {
    await temporal.skipTo(at(-13, '09:00'));
    const upgrade = await world.start('upgradeInfrastructure', whole, { to: newer, requestedBy: 'rita' });
    await people.findAtGate(whole, 'plan');
    await temporal.skipTo(at(-11, '11:00'));
    await people.approve(whole, 'plan', 'ana');
    // Until then Development, Testing and Pre-Production have had their windows; the last one's users wait behind the door.
    await temporal.skipTo(at(0, '10:00'));
    await people.approve(goLiveOf('Pre-Production'), 'go live', 'otto');
    await temporal.skipTo(at(3, '15:00'));
    await people.approve(upgradeOf('Production'), 'start', 'ana');
    refusals = [
      await people.refusalOf(upgradeOf('Production'), 'start', ' Ana'),
      await people.refusalOf(upgradeOf('Production'), 'start', 'Rita'),
    ];
    await temporal.skipTo(at(8, '09:30'));
    await people.approve(upgradeOf('Production'), 'start', 'otto');
    await temporal.skipTo(at(21, '07:00'));
    await people.approve(goLiveOf('Production'), 'go live', 'ana');
    await temporal.skipTo(at(22, '08:00'));
    await people.approve(goLiveOf('Production'), 'go live', 'paul');
    report = await upgrade.result();
    happenings = await happeningsOf(temporal.client, whole);
  });

  it('PHASE-01 goes through its four phases in order, each with a recorded result', async () => {
    const phases = happenings.flatMap((happening) => phaseOf(happening) ?? []);
    expect(phases.filter((phase, index) => phase !== phases[index - 1])).toEqual([
      'Analysis and preparation',
      'Planning',
      ...environments.flatMap(() => ['Execution', 'Testing']),
    ]);

    expect(await world.worker.store.selectFrom('plans').select('hash').execute()).toEqual([{ hash: report.plan }]);
    const recorded = await recordedOf(world.worker.store, report.upgrade ?? '');
    expect(recorded.map(({ what }) => what)).toEqual([
      'plan approved by ana',
      'Development upgraded',
      'Testing upgraded',
      'go live approved by otto',
      'Pre-Production upgraded',
      'start approved by ana',
      'start approved by otto',
      'go live approved by ana',
      'go live approved by paul',
      'Production upgraded',
      'all upgraded',
    ]);
    for (const environment of environments) {
      expect(recorded.find(({ what }) => what === `${environment} upgraded`)?.report).toMatchObject({
        environment,
        preparation: { status: 'finished', prepared: 2, failed: 0 },
        deployment: { fullyUpgraded: true },
        checks: { checked: 2, failures: 0 },
      });
    }
  });

  it('PLAN-04 TEST-01 begins with an environment once the one before it is tested, and with Production last', () => {
    const begun = environments.map((name) => momentsOf(name, 'began')[0]);
    const tested = environments.map((name) => momentsOf(name, 'activity done', 'checkApplications').at(-1));
    const inOrder = environments.flatMap((_, index) => [begun[index], tested[index]]);
    expect(inOrder).toEqual(inOrder.toSorted((one = 0, other = 0) => one - other));
    expect(inOrder).not.toContain(undefined);
  });

  it('touches each environment first when its window opens, and none in the freeze', () => {
    const touches = environments.map((name) => of(name).filter(isTouch));
    const first = touches.map(([touch]) => touch?.at ?? 0);
    expect(first.map(shownAt)).toEqual([
      `${date(-10)} 20:00`,
      `${date(-5)} 20:00`,
      `${date(-1)} 22:00`,
      `${date(21)} 01:30`,
    ]);
    expect(environments.filter((name, index) => !isInside(first[index] ?? 0, windows[name]))).toEqual([]);
    expect(touches.flat().filter((touch) => isFrozen(touch.at, freeze))).toEqual([]);
  });

  it('LIVE-01 counts nobody twice for Production, and not who asked for it', () => {
    expect(refusals).toEqual([
      expect.stringMatching(/^Ana has approved already: somebody else has to send/),
      expect.stringMatching(/^Rita asked for this upgrade and cannot approve it/),
    ]);
  });

  it('takes five weeks, to the hour: one of its days has 25', () => {
    const [began = 0, ended = 0] = happenings.flatMap(({ run, kind, at: moment }) =>
      run === whole && (kind === 'began' || kind === 'ended') ? moment : [],
    );
    expect([began, ended].map(shownAt)).toEqual([`${date(-13)} 09:00`, `${date(22)} 08:00`]);
    expect(Math.round((ended - began) / 3_600_000)).toBe(5 * 7 * 24);
  });

  it('reports four environments on the new release, with who approved what', async () => {
    expect(report).toMatchObject({ to: newer, planApprovers: ['ana'] });
    expect(report.environments.map(({ environment, outcome, approvals }) => [environment, outcome, approvals])).toEqual(
      [
        ['Development', 'upgraded', []],
        ['Testing', 'upgraded', []],
        ['Pre-Production', 'upgraded', ['go live: otto']],
        ['Production', 'upgraded', ['start: ana', 'start: otto', 'go live: ana', 'go live: paul']],
      ],
    );
    expect(await releases()).toEqual([newer, newer, newer, newer]);
  });

  it('LIVE-03 reports that nobody could work while the only front end of an environment was replaced in place', () => {
    const testing = report.environments.find(({ environment }) => environment === 'Testing');
    expect(testing?.downtime).toBeGreaterThan(0);
    expect(testing?.downtime).toBeLessThanOrEqual(testing?.durations['server'] ?? 0);
  });

  /** Of the environment's upgrade and of what that started. */
  function of(environment: EnvironmentName): readonly Happening[] {
    const modules = [ids.prepare(infrastructure, environment), ids.deploy(infrastructure, environment)];
    const runs = [upgradeOf(environment), goLiveOf(environment), ...modules];
    return happenings.filter(({ run }) => runs.includes(run));
  }

  function momentsOf(environment: EnvironmentName, kind: Happening['kind'], name = ''): readonly number[] {
    return of(environment).flatMap((happening) =>
      happening.kind === kind && happening.name === name ? happening.at : [],
    );
  }
});

it('VER-10 an upgrade to where every environment is already asks nobody and ends at once, by whichever plan', async () => {
  const [{ hash } = { hash: '' }] = await world.worker.store.selectFrom('plans').select('hash').execute();
  for (const request of [{ plan: hash }, { to: newer }]) {
    const again = await world.start('upgradeInfrastructure', whole, request);
    expect(await again.result()).toMatchObject({
      upgrade: null,
      planApprovers: [],
      environments: [],
      already: environments,
    });
    expect(await detailsOf(again)).toContain('nothing to do: Development, Testing, Pre-Production, Production run');
  }
  const environment = 'Production';
  const alone = await world.start('upgradeEnvironment', upgradeOf(environment), { environment, to: newer });
  expect(await alone.result()).toMatchObject({ outcome: 'nothing to do', upgrade: `${infrastructure}#1`, environment });
  expect(await eventTypes(alone)).not.toContain('TIMER_STARTED');
});

it('LIVE-05 a rollback that is asked for in a freeze, with every window closed, waits for nothing', async () => {
  const asked = at(23, '10:00');
  await temporal.skipTo(asked);
  expect([isFrozen(asked, freezeAfterwards), isInside(asked, windows.Production)]).toEqual([true, false]);

  const environment = 'Production';
  const request = { environment, requestedBy: 'ana', reason: 'the sums are wrong' };
  const rollback = await world.start('rollback', ids.rollback(infrastructure, environment), request);
  const result = temporal.client.withDeadline(Date.now() + 30_000, () => rollback.result());
  expect(await result).toMatchObject({ environment, hotPoints: { checked: 2, failures: 0 } });

  expect(await eventTypes(rollback)).not.toContain('TIMER_STARTED');
  expect(shownAt(await temporal.now())).toMatch(`${date(23)} 10:0`);
  expect(await releases()).toEqual([newer, newer, newer, older]);
});

it('PLAN-04 VER-10 what was taken back is all that is left, and the approver reads that', async () => {
  const upgrade = await world.start('upgradeInfrastructure', whole, { to: newer, requestedBy: 'rita' });
  const { gate } = await people.findAtGate(whole, 'plan');
  expect(gate?.asks[0]).toMatch(new RegExp(`^${infrastructure}#\\d+: Production to ${newer}$`));
  expect(gate?.asks.filter((ask) => ask.includes('nothing is done there')).map((ask) => ask.split(' ')[0])).toEqual(
    environments.slice(0, 3),
  );
  await upgrade.terminate();
});

it('a pause of two weeks holds an upgrade: windows that open meanwhile are let pass', async () => {
  const environment = 'Production';
  const workflowId = upgradeOf(environment);
  const touches = async () => (await happeningsOf(temporal.client, workflowId)).filter(isTouch);
  const upgrade = await world.start('upgradeEnvironment', workflowId, { environment, to: newer, requestedBy: 'rita' });
  await people.approve(workflowId, 'plan', 'ana');
  for (const approver of ['ana', 'otto']) await people.approve(workflowId, 'start', approver);
  await temporal.skipTo(at(24, '10:00'));
  await people.send(workflowId, 'pause', { requestedBy: 'ana', reason: 'the team is away' });

  // Its window opens on day 28, after the freeze, and on day 35.
  await temporal.skipTo(at(38, '10:00'));
  expect(await people.see(workflowId)).toMatchObject({ step: 'window', paused: { by: 'ana' } });
  expect(await touches()).toEqual([]);

  await people.send(workflowId, 'resume', { requestedBy: 'ana' });
  await temporal.skipTo(at(42, '09:00'));
  for (const approver of ['ana', 'otto']) await people.approve(goLiveOf(environment), 'go live', approver);
  expect(await upgrade.result()).toMatchObject({ outcome: 'upgraded', to: newer });
  const [first] = await touches();
  expect(shownAt(first?.at ?? 0)).toBe(`${date(42)} 01:30`);
});

it('VER-10 modules that are left on the target come to it by the same plan, and users are not kept out again', async () => {
  const environment = 'Production';
  const { database } = world.tiny.context;
  await database
    .updateTable('modules')
    .set({ state: 'pending', token: null })
    .where('environment', '=', environment)
    .where('name', '=', 'home')
    .execute();
  const upgrade = await world.start('upgradeInfrastructure', whole, { plan: report.plan, requestedBy: 'rita' });
  const { gate } = await people.findAtGate(whole, 'plan');
  expect(gate?.asks).toContain(
    `${environment} runs ${newer} already: 1 of its modules are left, and users are not kept out`,
  );
  await people.approve(whole, 'plan', 'ana');
  for (const approver of ['ana', 'otto']) await people.approve(upgradeOf(environment), 'start', approver);
  await temporal.skipTo(at(50, '12:00'));
  const again: InfrastructureReport = await upgrade.result();
  expect(again.environments).toMatchObject([{ environment, outcome: 'upgraded', from: newer, downtime: 0 }]);
  expect(again.already).toEqual(environments.slice(0, 3));
});

/** Of each environment's server. */
async function releases(): Promise<readonly string[]> {
  const { database } = world.tiny.context;
  const rows = await database.selectFrom('environments').select('server_release').orderBy('position').execute();
  return rows.map(({ server_release }) => server_release);
}
