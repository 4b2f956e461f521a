/** A gate that waits for repairs shows what has become of them, to whoever looks: in the details and in the status. */
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ids } from '../../contract/ids.js';
import { moduleOperations } from '../../platform/embedded/publishing/operations.js';
import { infrastructure } from '../e2e/factories.js';
import { until } from '../e2e/until.js';
import { breaking, newer, quiet, repaired } from '../platform/tinyFactory.js';
import { type SkippingWorld, startSkippingWorld } from './skippingWorld.js';
import { detailsOf, eventTypes } from './temporal.js';

const environment = 'Development';
const development = ids.upgradeEnvironment(infrastructure, environment);

let world: SkippingWorld;
let upgrade: WorkflowHandle;

beforeAll(async () => {
  const modules = { loud: { source: breaking }, louder: { source: breaking }, below: { uses: ['loud'] } };
  world = await startSkippingWorld({}, { Development: {}, Testing: {}, 'Pre-Production': {}, Production: {} }, modules);
});

afterAll(async () => {
  await world.close();
});

it('a fix that is published is told in the details within seconds, and is no longer to be accepted', async () => {
  const { people, start } = world;
  upgrade = await start('upgradeEnvironment', development, { environment, to: newer, requestedBy: 'rita' });
  await people.approve(development, 'plan', 'ana');
  const { gate } = await people.findAtGate(development, 'applications');
  expect(gate?.approve['accept']).toEqual(['loud', 'louder']);
  expect(gate?.asks.join()).not.toContain('Repaired since');
  // As it stands: quotes are straight, and what is between brackets is there.
  expect(await detailsOf(upgrade)).toMatch(/^- `loud: src\/index\.ts:2:\d+ TS2339 Property 'toUpperCase' .*`$/m);
  const before = await eventTypes(upgrade);

  await publish('loud');

  await until('the fix in the details', async () =>
    (await detailsOf(upgrade)).includes('- Repaired since: loud; 1 of'),
  );
  const now = await people.see(development);
  expect(now.gate?.approve['accept']).toEqual(['louder']);
  expect(now.gate?.asks).toContain('Repaired since: loud; 1 of 2 failed still. Send retry to prepare what is left');
  // The end of one look and the beginning of the next, however long both took.
  const since = (await eventTypes(upgrade)).slice(before.length).filter((type) => !type.startsWith('WORKFLOW_TASK'));
  expect(since).toEqual(['ACTIVITY_TASK_STARTED', 'ACTIVITY_TASK_COMPLETED', 'ACTIVITY_TASK_SCHEDULED']);
});

it('what is shown then opens the gate, and nothing looks any more', async () => {
  const { people } = world;
  await people.approve(development, 'applications', 'ana', { accept: ['louder'], reason: 'nobody uses it' });
  await until('its end', async () => (await upgrade.describe()).status.name === 'COMPLETED');
  const types = await eventTypes(upgrade);
  expect(types.filter((type) => type === 'ACTIVITY_TASK_CANCEL_REQUESTED').length).toBeGreaterThan(0);
  expect(types).not.toContain('WORKFLOW_TASK_FAILED');
  expect(await upgrade.result()).toMatchObject({ acceptedModules: ['louder'] });
});

function publish(module: string): Promise<unknown> {
  return moduleOperations(world.tiny.context).publish(
    { id: `repair ${module}`, environment, module, user: 'ines', files: { 'src/index.ts': repaired } },
    quiet,
  );
}
