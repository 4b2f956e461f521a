/** Upgrades that people hold until their window has closed, and gates that wait too long: on a server whose clock skips time. */
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ids } from '../../contract/ids.js';
import type { EnvironmentReport } from '../../workflows/upgradeEnvironment.js';
import { infrastructure } from '../e2e/factories.js';
import { until } from '../e2e/until.js';
import { embeddedServer } from '../platform/embeddedServer.js';
import { breaking, newer, older } from '../platform/tinyFactory.js';
import { type Happening, happeningsOf } from './happenings.js';
import { daysAfter, momentAt, nextChange, shownAt, timeZone } from './lisbonClock.js';
import { type SkippingWorld, startUnfollowedWorld } from './skippingWorld.js';

/** A Sunday. */
const sunday = nextChange(Date.now());
const at = (day: number, time: string): number => momentAt(daysAfter(sunday, day), time);
const nights = { weekdays: ['saturday'], opens: '22:00', hours: 6 } as const;

const development = ids.upgradeEnvironment(infrastructure, 'Development');
const production = ids.upgradeEnvironment(infrastructure, 'Production');
const goLive = ids.goLive(infrastructure, 'Production');
const accepting = { accept: ['broken'], reason: 'its team repairs it later' };

let world: SkippingWorld;
let temporal: SkippingWorld['temporal'];
let people: SkippingWorld['people'];

beforeAll(async () => {
  world = await startUnfollowedWorld(
    { timeZone, windows: [nights], gates: { plan: { expiresAfterHours: 48 } } },
    { Development: {}, Testing: {}, 'Pre-Production': {}, Production: { gates: { start: { quorum: 1 } } } },
    { broken: { source: breaking } },
  );
  ({ temporal, people } = world);
});

afterAll(async () => {
  await world?.close();
});

it('a plan that nobody approves in time ends the upgrade, with nothing touched', async () => {
  await temporal.skipTo(at(-12, '09:00'));
  const upgrade = await start(development, 'Development');
  await people.findAtGate(development, 'plan');
  await temporal.skipTo(at(-9, '09:00'));
  const failure = await upgrade.result().catch((error: Error) => error.cause);
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ type: 'GATE_REJECTED', message: expect.stringContaining('the gate has expired') });
  expect(await world.tiny.context.database.selectFrom('holds').selectAll().execute()).toEqual([]);
});

describe('an upgrade that is held beyond its window', () => {
  it('deploys in the next one, where users go on working', async () => {
    const upgrade = await start(development, 'Development');
    await people.approve(development, 'plan', 'ana');
    await temporal.skipTo(at(-8, '22:30'));
    await people.findAtGate(development, 'applications');
    await temporal.skipTo(at(0, '12:00'));
    await people.approve(development, 'applications', 'ana', accepting);
    await until('the wait for the next window', async () => (await people.see(development)).step === 'window');

    await temporal.skipTo(at(6, '23:00'));
    const report = (await upgrade.result()) as EnvironmentReport;
    expect(report).toMatchObject({
      outcome: 'upgraded, with modules left',
      approvals: ['plan: ana', 'applications: ana'],
    });
    const happenings = await happeningsOf(temporal.client, development);
    expect(firstOf(happenings, 'installFrontEnd')).toBe(`${daysAfter(sunday, -8)} 22:00`);
    expect(firstOf(happenings, 'openDeployment')).toBe(`${daysAfter(sunday, 6)} 22:00`);
    // What people and windows took is not what the steps took.
    const hour = 3_600_000;
    expect(Object.values(report.durations).every((milliseconds) => milliseconds < hour)).toBe(true);
    expect(report.duration).toBeGreaterThan(13 * 24 * hour);
  });

  it('LIVE-01 asks people behind the closed door, for waiting keeps users out', async () => {
    const upgrade = await start(production, 'Production');
    await people.approve(production, 'plan', 'ana');
    await people.approve(production, 'start', 'ana');
    await people.findAtGate(goLive, 'applications');
    await temporal.skipTo(at(7, '12:00'));
    await people.approve(goLive, 'applications', 'ana', accepting);

    const { gate } = await people.findAtGate(goLive, 'window');
    expect(gate?.asks[0]).toMatch(
      new RegExp(
        `no time left for the step deployment, and users are kept out. The next opens ${daysAfter(sunday, 13)}`,
      ),
    );
    await people.approve(goLive, 'window', 'otto');
    await people.approve(goLive, 'go live', 'otto');
    expect(await upgrade.result()).toMatchObject({
      approvals: ['plan: ana', 'start: ana', 'applications: ana', 'window: otto', 'go live: otto'],
    });
    const happenings = await happeningsOf(temporal.client, production);
    expect(firstOf(happenings, 'openDeployment')).toMatch(new RegExp(`^${daysAfter(sunday, 7)} 12:0`));
  });
});

it('LIVE-01 VER-10 an upgrade that ended behind the closed door goes on behind it, and lets users in', async () => {
  const environment = 'Pre-Production';
  const workflowId = ids.upgradeEnvironment(infrastructure, environment);
  const door = ids.goLive(infrastructure, environment);
  const first = await start(workflowId, environment);
  await people.approve(workflowId, 'plan', 'ana');
  await temporal.skipTo(at(13, '22:30'));
  const { gate } = await people.findAtGate(door, 'applications');
  const { plan: hash, token } = gate?.approve ?? {};
  const answer = { gate: 'applications', plan: hash, token, approver: 'ana', reason: 'the network is down' };
  await people.send(door, 'reject', answer);
  await expect(first.result()).rejects.toThrow();

  const again = await start(workflowId, environment);
  const plan = await people.findAtGate(workflowId, 'plan');
  expect(plan.gate?.asks).toContainEqual(
    expect.stringContaining(`${older} to ${newer}: closing, snapshot, server, preparation, deployment, tests, opening`),
  );
  await people.approve(workflowId, 'plan', 'ana');
  await people.approve(door, 'applications', 'ana', accepting);
  expect(await again.result()).toMatchObject({ from: older, to: newer, outcome: 'upgraded, with modules left' });
  const { database } = world.tiny.context;
  const doors = await database.selectFrom('environments').select(['name', 'wanted_door']).execute();
  expect(doors.filter(({ wanted_door }) => wanted_door !== 'open')).toEqual([]);
});

it('LIVE-05 an upgrade that has changed nothing yet is not taken back to the snapshot of an earlier one', async () => {
  const environment = 'Production';
  const server = embeddedServer(world.tiny.context);
  const hold = { environment, operation: 'upgrade', workflow: 'another upgrade', release: newer } as const;
  const { token } = await server.hold(hold);
  const request = { environment, requestedBy: 'ana', reason: 'too late' };
  const rollback = await world.start('rollback', ids.rollback(infrastructure, environment), request);
  const failure = await rollback
    .result()
    .catch((error: Error) => (error.cause instanceof Error ? error.cause.cause : error));
  expect(failure).toMatchObject({
    type: 'SNAPSHOT_MISSING',
    message: expect.stringMatching(/^Nothing is to be taken back: another upgrade holds Production/),
  });
  await server.release({ environment, token });
});

function start(workflowId: string, environment: string): Promise<WorkflowHandle> {
  return world.start('upgradeEnvironment', workflowId, { environment, to: newer, requestedBy: 'rita' });
}

/** When an activity was scheduled first, on the clock of the windows. */
function firstOf(happenings: readonly Happening[], activity: string): string {
  const found = happenings.find(({ kind, name }) => kind === 'activity' && name === activity);
  return shownAt(found?.at ?? 0);
}
