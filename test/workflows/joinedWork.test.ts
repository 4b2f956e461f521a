/** Joined work is not done work: what others have started is waited for, then the platform is asked what is left. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { ids } from '../../contract/ids.js';
import { moduleOperations } from '../../platform/embedded/publishing/operations.js';
import type { SolutionReport } from '../../workflows/publishAll.js';
import type { EnvironmentReport } from '../../workflows/upgradeEnvironment.js';
import { infrastructure } from '../e2e/factories.js';
import { until } from '../e2e/until.js';
import { breaking, newer, quiet, repaired } from '../platform/tinyFactory.js';
import { type SkippingWorld, startSkippingWorld } from './skippingWorld.js';
import { taskQueue } from './worker.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 180_000 });

const environment = 'Development';
const development = ids.upgradeEnvironment(infrastructure, environment);
const broken = Array.from({ length: 11 }, (_, index) => `broken${index}`);

let world: SkippingWorld;

beforeAll(async () => {
  const modules = {
    ...Object.fromEntries(broken.map((name) => [name, { source: breaking }])),
    below: { uses: ['broken0'] },
  };
  world = await startSkippingWorld({}, { Development: {}, Testing: {}, 'Pre-Production': {}, Production: {} }, modules);
});

afterAll(async () => {
  await world.close();
});

it('more than ten failed modules are accepted as shown, and only these', async () => {
  const { people, start, temporal } = world;
  await start('upgradeEnvironment', development, { environment, to: newer, requestedBy: 'rita' });
  await people.approve(development, 'plan', 'ana');
  const { gate } = await people.findAtGate(development, 'applications');
  expect(gate?.approve['accept']).toEqual([expect.stringMatching(/^all 11 failed modules \([0-9a-f]{8}\)$/)]);

  const answer = (accept: readonly string[]) =>
    temporal.client.workflow
      .getHandle(development)
      .executeUpdate('approve', { args: [{ ...gate?.approve, accept, approver: 'ana', reason: 'later' }] })
      .then(
        () => 'taken',
        (error: Error) => String(error.cause),
      );
  expect(await answer(broken.slice(1))).toContain('It does not accept all 11 failed modules');
  expect(await answer(['all 11 failed modules (00000000)'])).toContain('It does not accept all 11 failed modules');
});

it('DEP-02 a Deploy All that was opened before the preparation ended is joined, then what it did not know is deployed too', async () => {
  const { people, temporal, tiny } = world;
  const deployment = ids.deploy(infrastructure, environment);
  await pausedFromTheStart('deployModules', deployment);
  await until('the open deployment', async () => (await people.see(deployment)).target, 30_000);
  for (const name of broken) {
    await moduleOperations(tiny.context).publish(
      { id: `repair ${name}`, environment, module: name, user: 'ines', files: { 'src/index.ts': repaired } },
      quiet,
    );
  }
  await people.send(development, 'retry', {});
  await until(
    'the upgrade at its deployment',
    async () => (await people.see(development)).step === 'deployment',
    30_000,
  );
  await people.send(deployment, 'resume', {});

  const report = (await temporal.client.workflow.getHandle(development).result()) as EnvironmentReport;
  expect(report).toMatchObject({ outcome: 'upgraded', deployment: { fullyUpgraded: true, left: 0 } });
});

it('APPS-02 publish all joins a preparation of what is unfinished, then compiles everything all the same', async () => {
  const { people, start } = world;
  const preparation = ids.prepare(infrastructure, environment);
  await pausedFromTheStart('prepareModules', preparation);
  await until('the open preparation', async () => (await people.see(preparation)).target, 30_000);
  const all = await start('publishAll', ids.publishAll(infrastructure, environment), { environment });
  await until('publish all joins', async () => {
    const { raw } = await all.describe();
    return raw.pendingActivities?.some(({ activityType }) => activityType?.name === 'awaitWorkflow');
  });
  await people.send(preparation, 'resume', {});

  const { compiled } = (await all.result()) as SolutionReport;
  expect(compiled).toMatchObject({ scope: 'everything', left: 0, failed: 0 });
});

async function pausedFromTheStart(workflow: string, workflowId: string): Promise<void> {
  await world.temporal.client.workflow.signalWithStart(workflow, {
    workflowId,
    taskQueue,
    args: [{ infrastructure, environment, requestedBy: 'otto' }],
    signal: 'pause',
    signalArgs: [{ requestedBy: 'otto', reason: 'not yet' }],
  });
}
