/** The nightly Deploy All, which nobody attends to: freezes keep it off, and it gives way to whoever holds the environment. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ids } from '../../contract/ids.js';
import { pauseEverything, resumeEverything } from '../../store/pause.js';
import type { NightlyReport } from '../../workflows/nightlyDeployAll.js';
import { environment, infrastructure } from '../e2e/factories.js';
import { until } from '../e2e/until.js';
import { embeddedServer } from '../platform/embeddedServer.js';
import { newer, type TinyEnvironment } from '../platform/tinyFactory.js';
import { imported } from './releases.js';
import { detailsOf, startTemporal, type Temporal } from './temporal.js';
import { type RunningWorker, startWorker, taskQueue } from './worker.js';

let temporal: Temporal;
let tiny: TinyEnvironment;
let worker: RunningWorker;

beforeAll(async () => {
  [temporal, tiny] = await Promise.all([startTemporal(), imported()]);
  worker = await startWorker(temporal, tiny);
});

afterAll(async () => {
  await worker.close();
  await temporal.close();
});

const nightlyId = ids.nightly(infrastructure, environment);
const start = (workflow: string, workflowId: string, more: object = {}) =>
  temporal.client.workflow.start(workflow, {
    workflowId,
    taskQueue,
    args: [{ infrastructure, environment, ...more }],
  });

async function held<T>(work: () => Promise<T>): Promise<T> {
  const server = embeddedServer(tiny.context);
  const { token } = await server.hold({ environment, operation: 'upgrade', workflow: 'upgrade/tiny', release: newer });
  try {
    return await work();
  } finally {
    await server.release({ environment, token });
  }
}

const byTheUpgrade = expect.stringMatching(/^the upgrade upgrade\/tiny to .* has held Development since/);

it('DEP-01 is skipped while a freeze of the environment is on, as it is described now', async () => {
  const file = path.join(tiny.factory, 'uplift.yaml');
  const described = readFileSync(file, 'utf8');
  const freezes = '[{ from: 2020-01-01, to: 2098-12-31, reason: renewals }]';
  const frozen = described.replace(
    'stage: development',
    `stage: development\n    timeZone: UTC\n    freezes: ${freezes}`,
  );
  expect(frozen).not.toBe(described);
  writeFileSync(file, frozen);
  const night = await start('nightlyDeployAll', nightlyId);
  const report = (await night.result()) as NightlyReport;
  writeFileSync(file, described);

  expect(report).toEqual({ kind: 'skipped', reason: 'Frozen until 2099-01-01 00:00 UTC (renewals)' });
  expect(await detailsOf(night)).toBe('**Skipped**: Frozen until 2099-01-01 00:00 UTC (renewals)');
  expect(await tiny.context.database.selectFrom('preparations').selectAll().execute()).toEqual([]);

  // Without the freeze it comes to Deploy All, which the release does not have.
  const next = await start('nightlyDeployAll', nightlyId);
  await expect(next.result()).rejects.toMatchObject({
    cause: { cause: { cause: { type: 'DEPLOY_ALL_UNAVAILABLE' } } },
  });
});

it('DEP-01 opens nothing under an upgrade that takes the environment after it has looked', async () => {
  await pauseEverything(worker.store, 'ana', 'so that it looks before and opens after');
  const before = await tiny.context.database.selectFrom('preparations').selectAll().execute();
  const night = await start('nightlyDeployAll', nightlyId);
  const preparation = temporal.client.workflow.getHandle(ids.prepare(infrastructure, environment));
  await until('its preparation', async () => {
    const { raw, status } = await preparation.describe();
    return status.name === 'RUNNING' && raw.pendingActivities?.some(({ attempt }) => (attempt ?? 0) > 1);
  });
  const report = await held(async () => {
    await resumeEverything(worker.store);
    return (await night.result()) as NightlyReport;
  });
  expect(report).toEqual({ kind: 'skipped', reason: byTheUpgrade });
  expect(await tiny.context.database.selectFrom('preparations').selectAll().execute()).toEqual(before);
});

it('DEP-01 a preparation that nobody attends to ends, stopped, when an upgrade takes the environment meanwhile', async () => {
  const { database } = tiny.context;
  const workflowId = ids.prepare(infrastructure, environment);
  const preparation = await temporal.client.workflow.signalWithStart('prepareModules', {
    workflowId,
    taskQueue,
    args: [{ infrastructure, environment, unattended: 'yes' }],
    signal: 'pause',
    signalArgs: [{ requestedBy: 'ana' }],
  });
  const opened = () =>
    database.selectFrom('preparations').selectAll().where('status', '=', 'running').executeTakeFirst();
  const { id } = await until('its opening', opened);
  await held(async () => {
    await preparation.signal('resume', { requestedBy: 'ana' });
    await expect(preparation.result()).rejects.toMatchObject({
      cause: { type: 'ENVIRONMENT_HELD', message: byTheUpgrade },
    });
  });
  const ended = await database.selectFrom('preparations').select('status').where('id', '=', id).executeTakeFirst();
  expect(ended).toEqual({ status: 'stopped' });
});
