/** From the tests to the opening nothing changes in Production: what was tested and approved is what users get. */
import { expect, it } from 'vitest';
import { ids } from '../../contract/ids.js';
import { nowText } from '../../platform/embedded/database.js';
import { moduleOperations } from '../../platform/embedded/publishing/operations.js';
import { base, infrastructure } from '../e2e/factories.js';
import { until } from '../e2e/until.js';
import { newer } from '../platform/tinyFactory.js';
import { accepting, failureOf, goLive, production, productionWorld, signing } from './behindTheDoor.js';

const world = productionWorld();

const place = { environment: 'Production', module: 'base', user: 'ines' } as const;

it('TEST-01 a test that is signed is one of what is deployed: a change since is refused until it was tested again', async () => {
  const { people, upgradeTo, tiny } = world();
  await upgradeTo('tests');
  const { gate } = await people.findAtGate(goLive, 'tests');
  await moduleOperations(tiny.context).applyConfigurations({ ...place, id: 'c1', settings: { timeout: '5' } });

  const shown = async () => (await people.see(goLive)).gate?.asks.join();
  await until('the change, where people look', async () => (await shown())?.includes('has changed since the tests'));
  expect(await refusalOf('approve', { ...gate?.approve, approver: 'sofia', ...signing })).toContain(
    'What is deployed has changed since the tests: send retry',
  );
  await people.send(goLive, 'retry', {});
  await people.approve(goLive, 'tests', 'sofia', signing);
  await people.findAtGate(goLive, 'go live');
});

it('LIVE-01 while it waits to go live publishing, configurations, deletes, Prepare and Deploy are refused, naming who holds it', async () => {
  const { tiny, publish } = world();
  const operations = moduleOperations(tiny.context);
  const refused = {
    code: 'ENVIRONMENT_HELD',
    parts: { what: expect.stringContaining('waits to go live'), blockedBy: production },
  };
  await expect(publish('p1')).rejects.toMatchObject(refused);
  await expect(
    operations.applyConfigurations({ ...place, id: 'c2', settings: { timeout: '9' } }),
  ).rejects.toMatchObject(refused);
  await expect(operations.deleteModule({ ...place, module: 'home', id: 'd1' })).rejects.toMatchObject(refused);
  for (const execution of ['prepareModules', 'deployModules']) {
    const run = await world().start(execution, `${execution}/Production`, { environment: 'Production' });
    const failure = await run.result().catch((error: Error) => `${error.cause} ${(error.cause as Error).cause}`);
    expect(failure).toContain('waits to go live');
  }
});

it('LIVE-01 retry takes it back from its go live: a fix is published, tested again, and approved anew', async () => {
  const { people, publish, door } = world();
  await people.send(goLive, 'retry', {});
  const { gate } = await people.findAtGate(goLive, 'tests');
  expect(gate?.asks[0]).toMatch(/Publish what is to be repaired, then send retry/);
  await publish('p2', base('another text'));
  await people.send(goLive, 'retry', {});
  await until('the tests to be signed', async () =>
    (await people.see(goLive)).gate?.asks.join().includes('To be signed'),
  );
  await people.approve(goLive, 'tests', 'sofia', signing);
  expect(await door()).toBe('closed');
  await people.approve(goLive, 'go live', 'otto');
  await world().temporal.client.workflow.getHandle(production).result();
  expect(await door()).toBe('open');
  await publish('p3');
});

it('TEST-01 a kind of error that is new since the snapshot opens the gate of the tests, where nothing else does', async () => {
  const { people, start, tiny } = world();
  const testing = ids.upgradeEnvironment(infrastructure, 'Testing');
  const run = await start('upgradeEnvironment', testing, { environment: 'Testing', to: newer, requestedBy: 'rita' });
  await people.approve(testing, 'plan', 'ana');
  await people.findAtGate(testing, 'applications');
  for (let times = 0; times < 2; times++) {
    await tiny.context.database
      .insertInto('error_log')
      .values({ environment: 'Testing', module: 'base', message: 'no text is found', at: nowText })
      .execute();
  }
  await people.approve(testing, 'applications', 'ana', accepting);

  const { gate } = await people.findAtGate(testing, 'tests');
  expect(gate?.asks).toEqual([
    '2 of 2 hot points answer well, 1 kinds of errors are new',
    '2 × base: no text is found',
    'Repair and send retry; or approve with a reason',
  ]);
  await people.approve(testing, 'tests', 'ana', { reason: 'known' });
  expect(await run.result()).toMatchObject({ checks: { failures: 0, newErrors: 1 } });
});

it('LIVE-05 a rollback that would lose what users wrote, and that nobody approves in a day, ends with nothing changed', async () => {
  const { people, start, temporal, write, door } = world();
  write(3);
  const id = ids.rollback(infrastructure, 'Production');
  const run = await start('rollback', id, { environment: 'Production', requestedBy: 'ana', reason: 'payments fail' });
  await people.findAtGate(id, 'rollback');
  await temporal.skipTo((await temporal.now()) + 25 * 3_600_000);
  expect(await failureOf(run)).toMatchObject({
    type: 'GATE_REJECTED',
    message: expect.stringContaining('the gate has expired'),
  });
  expect(await door()).toBe('open');
});

/** As the caller of an update learns it. */
function refusalOf(message: string, payload: unknown): Promise<string> {
  const update = world()
    .temporal.client.workflow.getHandle(goLive)
    .executeUpdate(message, { args: [payload] });
  return update.then(
    () => 'taken',
    (error: Error) => String(error.cause),
  );
}
