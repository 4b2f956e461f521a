/** Upgrades that end before they have done their work: each says why, and leaves the rest untouched. */
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure, WorkflowNotFoundError } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { ids } from '../../contract/ids.js';
import type { RunStatus } from '../../workflows/messages.js';
import { environment, infrastructure } from '../e2e/factories.js';
import { until } from '../e2e/until.js';
import { embeddedServer } from '../platform/embeddedServer.js';
import { newer, older, quiet, type TinyEnvironment } from '../platform/tinyFactory.js';
import { imported, installed } from './releases.js';
import { startTemporal, type Temporal } from './temporal.js';
import { type RunningWorker, startWorker, taskQueue } from './worker.js';

let temporal: Temporal;
let tiny: TinyEnvironment;
let worker: RunningWorker;

/** Development opens in three days; Testing opens now and then, for a minute, into which nothing fits. */
const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const inThreeDays = days[(new Date().getUTCDay() + 3) % 7];
const environments = {
  development: { timeZone: 'UTC', windows: [{ weekdays: [inThreeDays], opens: '12:00', hours: 6 }] },
  testing: { timeZone: 'UTC', windows: [{ weekdays: days, opens: '12:00', minutes: 1 }] },
  production: {},
};

beforeAll(async () => {
  [temporal, tiny] = await Promise.all([startTemporal(), imported(environments)]);
  worker = await startWorker(temporal, tiny);
});

afterEach(async () => {
  for (const id of [whole, one, testing, production]) {
    await temporal.client.workflow
      .getHandle(id)
      .terminate()
      .catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error; // it has ended by itself, or never began
      });
  }
});

afterAll(async () => {
  await worker.close();
  await temporal.close();
});

const whole = ids.upgradeInfrastructure(infrastructure);
const one = ids.upgradeEnvironment(infrastructure, environment);
const testing = ids.upgradeEnvironment(infrastructure, 'Testing');
const production = ids.upgradeEnvironment(infrastructure, 'Production');

it('an upgrade that fits into no window fails once it is approved, and holds nothing', async () => {
  const upgrade = await start('upgradeEnvironment', testing, { environment: 'Testing', to: newer });
  await approve(upgrade, 'plan');
  expect(await failureOf(upgrade)).toMatchObject({
    type: 'WINDOW_TOO_SHORT',
    message: expect.stringMatching(/^No window of Testing is long enough for \d+ minutes/),
  });
  expect(await tiny.context.database.selectFrom('holds').selectAll().execute()).toEqual([]);
});

it('PLAN-04 refuses a Production alone while nothing else was upgraded and tested, by any plan', async () => {
  const refused = {
    type: 'ORDER_REFUSED',
    message: expect.stringMatching(
      /^Production would be upgraded before .* upgrade and test one of Development, Testing/,
    ),
  };
  const alone = await start('upgradeEnvironment', production, { environment: 'Production', to: newer });
  expect(await failureOf(alone)).toMatchObject(refused);
  const plan = await start('planInfrastructure', ids.plan(infrastructure), { to: newer });
  const { hash } = (await plan.result()) as { hash: string };
  const applied = await start('upgradeEnvironment', production, { environment: 'Production', to: newer, plan: hash });
  expect(await failureOf(applied)).toMatchObject(refused);
});

it('a stopped upgrade ends before its next step, saying who and why', async () => {
  const upgrade = await start('upgradeEnvironment', one, { environment, to: newer });
  await approve(upgrade, 'plan');
  await until('the wait for the window', async () => (await statusOf(upgrade)).step === 'window');
  await upgrade.executeUpdate('stop', { args: [{ requestedBy: 'ana', reason: 'the sprint is not over' }] });
  expect(await failureOf(upgrade)).toMatchObject({
    type: 'STOPPED',
    message: expect.stringContaining('by ana: the sprint is not over'),
  });
});

it('an infrastructure one of whose environments was cancelled does not go on to the next', async () => {
  const upgrade = await start('upgradeInfrastructure', whole, { to: newer });
  await approve(upgrade, 'plan');
  const first = temporal.client.workflow.getHandle(one);
  await until('the wait for the window', async () => (await statusOf(first).catch(() => undefined))?.step === 'window');
  await first.cancel();
  expect(await failureOf(upgrade)).toMatchObject({
    type: 'ENVIRONMENT_NOT_UPGRADED',
    message: expect.stringContaining(environment),
  });
  const { count } = await temporal.client.workflow.count(
    `WorkflowId = "${production}" AND ExecutionStatus = "Running"`,
  );
  expect(count).toBe(0);
});

it('a plan is refused once the environment is on another release than it was made for', async () => {
  const plan = await start('planInfrastructure', ids.plan(infrastructure), { to: newer });
  const { hash } = (await plan.result()) as { hash: string };
  await install(older);
  const upgrade = await start('upgradeEnvironment', one, { environment, to: newer, plan: hash });
  expect(await failureOf(upgrade)).toMatchObject({
    type: 'PLAN_STALE',
    message: expect.stringMatching(new RegExp(`takes ${environment} from ${installed}, and it is on ${older}`)),
  });
});

function start(
  workflow: string,
  workflowId: string,
  request: Readonly<Record<string, unknown>>,
): Promise<WorkflowHandle> {
  const args = [{ infrastructure, ...request }];
  return temporal.client.workflow.start(workflow, { workflowId, taskQueue, args });
}

function statusOf(upgrade: WorkflowHandle): Promise<RunStatus> {
  return upgrade.query<RunStatus, []>('status');
}

/** By as many people as it takes. */
async function approve(upgrade: WorkflowHandle, name: string): Promise<void> {
  for (const approver of ['ana', 'otto', 'paul']) {
    const gate = await until('a gate', async () => (await statusOf(upgrade)).gate);
    expect(gate.name, gate.asks.join('\n')).toBe(name);
    await upgrade.executeUpdate('approve', { args: [{ ...gate.approve, approver }] });
    if (gate.approvalsMissing === 1) return;
  }
}

/** What was raised on purpose, by the run itself. */
async function failureOf(upgrade: WorkflowHandle): Promise<ApplicationFailure> {
  const error = await upgrade.result().catch((reason: unknown) => reason);
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure) return cause;
  }
  throw new Error('the run did not fail', { cause: error });
}

/** As a server step does that nobody planned. */
async function install(release: string): Promise<void> {
  const { context } = tiny;
  const server = embeddedServer(context);
  const { token } = await server.hold({ environment, operation: 'upgrade', workflow: 'by hand', release });
  await context.database
    .updateTable('front_ends')
    .set({ wanted_release: release, observed_release: release })
    .execute();
  for (const part of ['server', 'service center', 'system components'] as const) {
    await server.install({ environment, part, release, token }, quiet);
  }
  await server.release({ environment, token });
}
