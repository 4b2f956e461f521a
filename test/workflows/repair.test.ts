/** A server step that fails ends no upgrade: it waits for people, who repair and have it done again, or end the upgrade. */
import type { WorkflowHandle } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { ids } from '../../contract/ids.js';
import type { RunStatus } from '../../workflows/messages.js';
import { until } from '../e2e/until.js';
import { newer, older, published, type TinyEnvironment } from '../platform/tinyFactory.js';
import { detailsOf, startTemporal, type Temporal } from './temporal.js';
import { type RunningWorker, startWorker, taskQueue } from './worker.js';

let temporal: Temporal;
let tiny: TinyEnvironment;
let worker: RunningWorker;
let infrastructure: string;
let upgrade: WorkflowHandle;

/** No front end runs here: what they are said to be is up to each test. */
beforeAll(async () => {
  [temporal, tiny] = await Promise.all([startTemporal(), published({ a: {} }, { frontEndPatience: 300 })]);
  worker = await startWorker(temporal, tiny);
  const { name } = await tiny.context.database.selectFrom('infrastructures').select('name').executeTakeFirstOrThrow();
  infrastructure = name;
});

beforeEach(async () => {
  const { database } = tiny.context;
  const row = { wanted_release: older, observed_release: older, wanted_traffic: 'serving' } as const;
  await database.updateTable('front_ends').set(row).execute();
  await start();
});

afterEach(async () => {
  await upgrade.terminate().catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error; // it has ended by itself
  });
  await tiny.context.database.deleteFrom('holds').execute();
});

afterAll(async () => {
  await worker.close();
  await temporal.close();
});

it('SELF-01 a failed server step that is rejected ends the upgrade, saying who and why, with the front end in traffic', async () => {
  const { gate } = await atServerGate();
  const answer = { ...gate?.approve, approver: 'otto', reason: 'the machine is broken' };
  await upgrade.executeUpdate('reject', { args: [answer] });

  await expect(upgrade.result()).rejects.toMatchObject({
    cause: { type: 'GATE_REJECTED', message: expect.stringContaining('otto: the machine is broken') },
  });
  expect(await trafficWanted()).toEqual(['serving', 'serving']);
});

it('LIVE-05 what a rollback has taken over is neither asked about nor put back by the upgrade', async () => {
  await atServerGate();
  const { database } = tiny.context;
  await database.updateTable('holds').set({ token: 1_000_000, operation: 'rollback' }).execute();
  await database.updateTable('front_ends').set({ wanted_traffic: 'drained' }).execute();
  await upgrade.executeUpdate('retry', { args: [{ requestedBy: 'ana' }] });

  await expect(upgrade.result()).rejects.toMatchObject({ cause: { cause: { type: 'ENVIRONMENT_HELD' } } });
  expect(await trafficWanted()).toEqual(['drained', 'drained']);
});

/** The last: afterwards the server is upgraded. */
it('SELF-01 a front end that does not come up is asked about, in traffic meanwhile, and tried again when people say so', async () => {
  const first = await atServerGate();
  expect(first.gate?.asks[0]).toMatch(/^FRONT_END_TIMEOUT: After 0\.3 s fe-1 does not say that it runs 11\.41\.0 /);
  expect(await detailsOf(upgrade)).toContain('FRONT_END_TIMEOUT: After 0.3 s fe-1');
  expect(await trafficWanted()).toEqual(['serving', 'serving']);

  await upgrade.executeUpdate('retry', { args: [{ requestedBy: 'ana' }] });
  expect((await atServerGate()).gate?.asks[0]).toContain('fe-1');

  await comeUp('fe-1');
  await upgrade.executeUpdate('retry', { args: [{ requestedBy: 'ana' }] });
  await until('the other one', async () => (await statusNow()).gate?.asks[0]?.includes('fe-2'));
  await comeUp('fe-2');
  await upgrade.executeUpdate('retry', { args: [{ requestedBy: 'ana' }] });
  await until('the end of the server step', async () => (await statusNow()).step !== 'server');
  const { server_release } = await environmentRow();
  expect(server_release).toBe(newer);
});

async function start(): Promise<void> {
  upgrade = await temporal.client.workflow.start('upgradeEnvironment', {
    workflowId: ids.upgradeEnvironment(infrastructure, 'Development'),
    taskQueue,
    args: [{ infrastructure, environment: 'Development', to: newer, requestedBy: 'rita' }],
  });
  const gate = await until('the gate of the plan', async () => (await statusNow()).gate);
  await upgrade.executeUpdate('approve', { args: [{ ...gate.approve, approver: 'ana' }] });
}

function statusNow(): Promise<RunStatus> {
  return upgrade.query<RunStatus, []>('status');
}

function atServerGate(): Promise<RunStatus> {
  return until('the gate of the server step', async () => {
    const status = await statusNow();
    return status.gate?.name === 'server' && status;
  });
}

/** As its process and the balancer say it. */
async function comeUp(name: string): Promise<void> {
  await tiny.context.database
    .updateTable('front_ends')
    .set({ observed_release: newer, observed_traffic: 'serving' })
    .where('name', '=', name)
    .execute();
}

async function trafficWanted(): Promise<readonly string[]> {
  const rows = await tiny.context.database.selectFrom('front_ends').selectAll().orderBy('name').execute();
  return rows.map(({ wanted_traffic }) => wanted_traffic);
}

function environmentRow() {
  return tiny.context.database.selectFrom('environments').selectAll().executeTakeFirstOrThrow();
}
