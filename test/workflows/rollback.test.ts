/** Taking Production back: held up by nothing, asked about when users lose something, and not done twice. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { ids } from '../../contract/ids.js';
import type { RollbackReport } from '../../contract/reports.js';
import { pauseEverything, resumeEverything } from '../../store/pause.js';
import { infrastructure } from '../e2e/factories.js';
import { until } from '../e2e/until.js';
import { older } from '../platform/tinyFactory.js';
import { accepting, failureOf, goLive, production, productionWorld, signing } from './behindTheDoor.js';

const world = productionWorld();

const rollbackId = ids.rollback(infrastructure, 'Production');
const rollback = () =>
  world().start('rollback', rollbackId, { environment: 'Production', requestedBy: 'ana', reason: 'payments fail' });

it('LIVE-05 is held up by no pause: neither of everything, nor of a preparation that waits to be opened', async () => {
  const { people, upgradeTo, worker, write, door } = world();
  await upgradeTo('applications');
  write(5); // by people who test behind the door
  await pauseEverything(worker.store, 'rita', 'the storage is being replaced');
  await people.send(goLive, 'retry', {});
  await until('a preparation that waits to be opened', async () => {
    const { raw } = await world()
      .temporal.client.workflow.getHandle(ids.prepare(infrastructure, 'Production'))
      .describe();
    return raw.pendingActivities?.some(({ activityType }) => activityType?.name === 'openPreparation');
  });

  const report = (await (await rollback()).result()) as RollbackReport;

  await resumeEverything(worker.store);
  expect(report).toMatchObject({ approvals: [], restored: { release: older, lost: { rows: 0, behindTheDoor: 5 } } });
  expect(existsSync(path.join(world().tiny.context.dataFolder, report.restored.kept ?? 'none'))).toBe(true);
  expect(await door()).toBe('open');
});

it('NOTHING_TO_TAKE_BACK when nothing has changed it since', async () => {
  expect(await failureOf(await rollback())).toMatchObject({
    type: 'NOTHING_TO_TAKE_BACK',
    message: expect.stringMatching(/^Production was taken back to tiny#2 .*, and no upgrade has changed it since/),
  });
});

it('a copied input starts nothing: after a rollback the approved plan is one of a new upgrade, and is asked for again', async () => {
  const { upgrade, people, worker } = world();
  const { plan } = await worker.store
    .selectFrom('upgrades')
    .select('plan')
    .where('environment', '=', 'Production')
    .executeTakeFirstOrThrow();
  await upgrade({ plan });
  expect((await people.findAtGate(production, 'plan')).gate?.asks[0]).toMatch(/^tiny#3: /);
});

it('LIVE-05 LIVE-04 after the opening it asks first, with what users lose, and touches nothing when it is rejected', async () => {
  const { people, write, door } = world();
  await people.approve(production, 'plan', 'ana');
  await people.approve(production, 'start', 'ana');
  await people.approve(goLive, 'applications', 'ana', accepting);
  write(2);
  await people.approve(goLive, 'tests', 'sofia', signing);
  await people.approve(goLive, 'go live', 'otto');
  await world().temporal.client.workflow.getHandle(production).result();
  write(3);

  const run = await rollback();
  const { gate } = await people.findAtGate(rollbackId, 'rollback');
  expect(gate?.asks[0]).toMatch(/loses 3 rows that were written from .*A copy of them is kept/);
  await people.send(rollbackId, 'reject', { ...gate?.approve, approver: 'otto', reason: 'it can be repaired' });
  expect(await failureOf(run)).toMatchObject({
    type: 'GATE_REJECTED',
    message: 'The rollback was rejected by otto: it can be repaired. Nothing was changed; uplift rollback asks again',
  });
  expect(await door()).toBe('open');

  const again = await rollback();
  await people.approve(rollbackId, 'rollback', 'ana');
  const report = (await again.result()) as RollbackReport;
  expect(await rollbackSubjects()).toHaveLength(2);
  expect(report).toMatchObject({ approvals: ['ana'], restored: { lost: { rows: 3, behindTheDoor: 2 } } });
  expect(existsSync(path.join(world().tiny.context.dataFolder, report.restored.kept ?? 'none'))).toBe(true);
});

it('LIVE-05 the signal `rollback` takes Production back from behind its closed door, and asks nothing, for nobody was let in', async () => {
  const { people, write, door, upgradeTo } = world();
  const run = await upgradeTo('applications', { requestedBy: 'paula' });
  write(4); // by people who test behind the door
  const handle = world().temporal.client.workflow.getHandle(rollbackId);
  const former = await handle.describe();
  await people.send(goLive, 'rollback', { requestedBy: 'otto', reason: 'the board answers slowly' });

  await until('another rollback', async () => (await handle.describe()).runId !== former.runId);
  expect(await handle.result()).toMatchObject({
    requestedBy: 'otto',
    reason: 'the board answers slowly',
    approvals: [],
    restored: { release: older, lost: { rows: 0, behindTheDoor: 4 } },
  });
  await expect(run.result()).rejects.toThrow();
  expect(await door()).toBe('open');
});

/** What the answers at the gate of a rollback were about: each rollback asks anew. */
async function rollbackSubjects(): Promise<readonly (string | null)[]> {
  const rows = await world()
    .worker.store.selectFrom('messages')
    .select('subject')
    .distinct()
    .where('environment', '=', 'Production')
    .where('payload', 'like', '%"gate":"rollback"%')
    .execute();
  return rows.map(({ subject }) => subject);
}
