/** Publish all (APPS-02): everything is compiled anew; failures are listed and nothing is deployed; fixed, the whole is published again. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ids } from '../../contract/ids.js';
import { embeddedInventory } from '../../platform/embedded/inventory.js';
import type { SolutionReport } from '../../workflows/publishAll.js';
import { infrastructure } from '../e2e/factories.js';
import { prepare } from '../platform/preparing.js';
import { publishModule } from '../platform/publishing.js';
import { attemptsOf, breaking, newer, older, repaired, upgradeServer } from '../platform/tinyFactory.js';
import { type SkippingWorld, startSkippingWorld } from './skippingWorld.js';

let world: SkippingWorld;

/** The server is upgraded, its modules are prepared: `broken` failed, and `below` waits for it. */
beforeAll(async () => {
  world = await startSkippingWorld(
    {},
    { Development: {}, Testing: {}, 'Pre-Production': {}, Production: {} },
    { broken: { source: breaking }, below: { uses: ['broken'] } },
  );
  await upgradeServer(world.tiny);
  await prepare(world.tiny);
});

afterAll(async () => {
  await world.close();
});

async function publishAll(): Promise<SolutionReport> {
  const workflowId = ids.publishAll(infrastructure, 'Development');
  const run = await world.start('publishAll', workflowId, { environment: 'Development', requestedBy: 'ana' });
  return (await run.result()) as SolutionReport;
}

/** Names of the modules that were compiled, in this publish all alone. */
async function compiledBy(work: () => Promise<unknown>): Promise<readonly string[]> {
  const { length } = await attemptsOf(world.tiny);
  await work();
  return (await attemptsOf(world.tiny))
    .slice(length)
    .map(({ module }) => module)
    .sort();
}

async function releasesRun(): Promise<Record<string, string | null>> {
  const modules = await embeddedInventory(world.tiny.context).modules({ environment: 'Development' });
  return Object.fromEntries(modules.map(({ name, deployedRelease }) => [name, deployedRelease]));
}

it('APPS-02 compiles what is prepared too, lists what fails, and deploys nothing of a solution that is not whole', async () => {
  let report: SolutionReport | undefined;
  const compiled = await compiledBy(async () => {
    report = await publishAll();
  });

  expect(compiled).toEqual(['base', 'broken', 'home']);
  expect(report).toMatchObject({
    compiled: { scope: 'everything', prepared: 2, failed: 1, skipped: 1, failures: [{ module: 'broken' }] },
    deployed: null,
  });
  expect(await releasesRun()).toEqual({ base: older, below: older, broken: older, home: older });
});

it('APPS-02 published again once they are fixed, the whole is compiled and deployed', async () => {
  await publishModule(world.tiny, 'broken', { source: repaired });
  let report: SolutionReport | undefined;
  const compiled = await compiledBy(async () => {
    report = await publishAll();
  });

  expect(compiled).toEqual(['base', 'below', 'broken', 'home']);
  // `broken` runs since its own publish.
  expect(report).toMatchObject({
    compiled: { prepared: 4, failed: 0, skipped: 0 },
    deployed: { deployed: 3, left: 0 },
  });
  expect(await releasesRun()).toEqual({ base: newer, below: newer, broken: newer, home: newer });
});
