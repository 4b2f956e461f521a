/** A worker as a process of its own: what it needs of the Temporal server, its metrics, and its end in the middle of work. */
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ids } from '../../contract/ids.js';
import { taskQueueOf } from '../../contract/installation.js';
import { searchAttributes } from '../../contract/searchAttributes.js';
import { identifyInstallation } from '../../store/installation.js';
import { openStore } from '../../store/store.js';
import { attemptsOf, statesOf, type TinyEnvironment, upgraded } from '../platform/tinyFactory.js';
import { startTemporal, type Temporal } from '../workflows/temporal.js';
import { slowSource } from './factories.js';
import { freePort } from './freePort.js';
import { until } from './until.js';
import { startWorkerProcess } from './workerProcess.js';

const modules = { a: { source: slowSource('a') }, b: { source: slowSource('b') }, c: { uses: ['a', 'b'] } };

let temporal: Temporal;
let tiny: TinyEnvironment;

beforeAll(async () => {
  [temporal, tiny] = await Promise.all([startTemporal({ bare: true }), upgraded(modules)]);
});

afterAll(async () => {
  await tiny.context.database.destroy();
  await temporal.close();
});

describe('a worker process', () => {
  it('registers what a server that knows nothing of Uplift lacks', async () => {
    const worker = await startWorkerProcess(place());
    await until('the worker', () => worker.output().includes('the worker serves'));
    const { customAttributes } = await temporal.connection.operatorService.listSearchAttributes({
      namespace: 'default',
    });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(searchAttributes.map(({ name }) => name)));
    expect(await worker.end('SIGTERM')).toBe(0);
  });

  it('says that no server answers, and how to name one', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const worker = await startWorkerProcess({ ...place(), address });
    expect(await worker.exited()).toBe(1);
    expect(worker.output()).toContain(`No Temporal server answers at ${address} (TEMPORAL_UNAVAILABLE)`);
    expect(worker.output()).toMatch(/next: npx uplift up --data .+, or name a server with TEMPORAL_ADDRESS/);
  });

  it('ends well in the middle of a group: its verdicts are recorded, nothing is abandoned, others do the rest', async () => {
    const metricsPort = await freePort();
    const worker = await startWorkerProcess({ ...place(), metricsPort });
    await until('the worker', () => worker.output().includes('the worker serves'));
    const preparation = await startPreparation();
    await until('a group in progress', async () => (await groups()).some(({ status }) => status === 'running'));
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    const { id } = await installation();
    expect(metrics).toMatch(
      new RegExp(`^temporal_workflow_task_queue_poll_succeed_total\\{.*task_queue="uplift-${id}"\\} \\d+$`, 'm'),
    );

    expect(await worker.end('SIGTERM')).toBe(0);

    expect(new Set((await groups()).map(({ status }) => status))).toEqual(new Set(['finished']));
    expect(new Set((await attemptsOf(tiny)).map(({ outcome }) => outcome))).toEqual(new Set(['prepared']));
    expect(await tiny.context.database.selectFrom('locks').selectAll().execute()).toEqual([]);
    expect(
      (await readdir('/dev/shm').catch(() => [])).filter((name) => name.startsWith(`uplift-${worker.pid}-`)),
    ).toEqual([]);

    const next = await startWorkerProcess(place());
    expect(await preparation.result()).toMatchObject({ status: 'finished', prepared: 3, left: 0 });
    expect((await attemptsOf(tiny)).map(({ module }) => module).sort()).toEqual(Object.keys(await statesOf(tiny)));
    expect(await next.end('SIGTERM')).toBe(0);
  });
});

function place() {
  return { dataFolder: tiny.context.dataFolder, address: temporal.address };
}

async function installation() {
  const store = openStore(tiny.context.dataFolder);
  const identified = await identifyInstallation({ store, used: false });
  await store.destroy();
  return identified;
}

async function startPreparation() {
  const { name } = await tiny.context.database.selectFrom('infrastructures').select('name').executeTakeFirstOrThrow();
  return temporal.client.workflow.start('prepareModules', {
    workflowId: ids.prepare(name, tiny.environment),
    taskQueue: taskQueueOf(await installation()),
    args: [{ infrastructure: name, environment: tiny.environment }],
  });
}

/** Of the newer release. */
function groups() {
  return tiny.context.database
    .selectFrom('preparation_groups')
    .select('status')
    .where('preparation', '>', 1)
    .orderBy('number')
    .execute();
}
