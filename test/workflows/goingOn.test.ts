/** Starting the same plan again goes on with it: under its number, with what people said before, behind the door that was closed. */
import { rmSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { layout } from '../../platform/embedded/layout.js';
import { infrastructure } from '../e2e/factories.js';
import { newer } from '../platform/tinyFactory.js';
import { failureOf, goLive, production, productionWorld, signing } from './behindTheDoor.js';
import { taskQueue } from './worker.js';

const world = productionWorld({ gates: { tests: { quorum: 2 } } });

it('goLive is started by the upgrade of its environment alone', async () => {
  const request = { environment: 'Production', to: newer, plan: 'a hash', upgrade: 'tiny#1' };
  const byHand = await world().start('goLive', goLive, request);
  expect(await failureOf(byHand)).toMatchObject({
    type: 'INPUT_INVALID',
    message: expect.stringContaining(production),
  });
  expect(await world().door()).toBe('open');
});

it('an upgrade that was stopped goes on: no approval, preparation or test twice, and one person counts once', async () => {
  const { people, upgrade, upgradeTo, stop, attempts } = world();
  const first = await upgradeTo('tests');
  await people.approve(goLive, 'tests', 'sofia', signing);
  const compiled = await attempts();
  await stop(first);
  expect(await world().door()).toBe('closed');

  await upgrade();
  const { gate } = await people.findAtGate(goLive, 'tests');
  expect(gate).toMatchObject({ approvalsMissing: 1, asks: expect.arrayContaining(['Approved so far: sofia']) });
  const again = { ...gate?.approve, approver: 'SOFIA ', ...signing };
  await world()
    .temporal.client.workflow.getHandle(goLive)
    .executeUpdate('approve', { args: [again] })
    .then(
      () => expect.unreachable(),
      (error: Error) => expect(`${error.cause}`).toContain('SOFIA has approved already'),
    );
  await people.approve(goLive, 'tests', 'rui', signing);
  await people.findAtGate(goLive, 'go live');
  expect(await attempts()).toBe(compiled);
});

it('LIVE-01 a rejection leaves the door closed, and says so; starting again begins a new upgrade, which asks again', async () => {
  const { people, temporal } = world();
  const { gate } = await people.findAtGate(goLive, 'go live');
  expect(gate?.asks.join()).toContain('Reject ends the upgrade and leaves users out');
  await people.send(goLive, 'reject', { ...gate?.approve, approver: 'otto', reason: 'payments fail' });
  const run = temporal.client.workflow.getHandle(production);
  expect(await failureOf(run)).toMatchObject({
    type: 'GATE_REJECTED',
    message: expect.stringContaining('Users stay out'),
  });
  expect(await world().door()).toBe('closed');

  // As the Temporal UI starts it: the input of an earlier run, with a word changed.
  await temporal.client.workflow.start('upgradeEnvironment', {
    workflowId: production,
    taskQueue,
    args: [{ infrastructure, environment: 'Production', to: newer, requestedBy: 'Rita' }],
  });
  await people.findAtGate(production, 'plan');
  expect((await people.see(production)).gate?.asks[0]).toMatch(/^tiny#3: /);
});

it('a start form that copies an earlier request names nobody: one more approval is asked for, and why', async () => {
  const { people } = world();
  await people.approve(production, 'plan', 'ana');
  const { gate } = await people.findAtGate(production, 'start');
  expect(gate).toMatchObject({
    approvalsMissing: 2,
    asks: expect.arrayContaining([expect.stringContaining('nobody says who asked')]),
  });
  await people.approve(production, 'start', 'ana');
  expect((await people.findAtGate(production, 'start')).gate?.approvalsMissing).toBe(1);
});

it('LIVE-01 a snapshot that fails in a second go live opens no door, for the run before had closed it', async () => {
  const { people, temporal, tiny } = world();
  const snapshots = layout.snapshots(tiny.context.dataFolder, 'Production');
  rmSync(snapshots, { recursive: true });
  writeFileSync(snapshots, 'no folder');
  await people.approve(production, 'start', 'rui');

  const failure = await failureOf(temporal.client.workflow.getHandle(production));
  expect(failure).toMatchObject({ type: 'SNAPSHOT_FAILED' });
  expect(failure.message).not.toContain('users are served');
  expect(await world().door()).toBe('closed');
});
