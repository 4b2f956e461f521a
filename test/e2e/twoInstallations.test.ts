/** Two data folders on one Temporal server: each works on its own, and nobody takes what is the other's. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { taskQueueOf } from '../../contract/installation.js';
import { newer, older, temporaryFolder } from '../platform/tinyFactory.js';
import { startTemporal, type Temporal } from '../workflows/temporal.js';
import { spawnUplift } from './commandProcess.js';
import { environment, infrastructure, screen, writeTinyFactory } from './factories.js';
import { freeFirstPort } from './freePort.js';
import { platformRows } from './state.js';
import { beginUpgrade, untilUpgraded } from './upgrading.js';
import { endStartedBy, startUplift, type Uplift } from './uplift.js';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 200_000 });

let temporal: Temporal;
let first: Uplift;
let second: Uplift;

beforeAll(async () => {
  temporal = await startTemporal();
  const server = { TEMPORAL_ADDRESS: temporal.address };
  first = await startUplift(factory(infrastructure), server);
  second = await startUplift(factory('neighbour'), { ...server, TZ: '' });
});

afterAll(async () => {
  await second?.close();
  await first?.close();
  await temporal.close();
});

describe('two infrastructures in one namespace', () => {
  it('are upgraded each by its own installation, which takes no task of the other', async () => {
    await beginUpgrade(first);

    expect(await untilUpgraded(first)).toBe('COMPLETED');

    expect([releaseOf(first), releaseOf(second)]).toEqual([newer, older]);
    expect(await second.cli('prepare')).toMatchObject({ exit: 0 });
    const queues = await Promise.all(
      [`upgrade/${infrastructure}/environments/${environment}`, `prepare/neighbour/${environment}`].map(queueOf),
    );
    expect(queues).toEqual([first, second].map(({ run }) => taskQueueOf(run.installation)));
    expect(new Set(queues).size).toBe(2);
  });

  it('are told apart by doctor', async () => {
    const ran = await first.cli('doctor', '--json');
    const { findings } = ran.json() as { findings: { check: string; ok: boolean; detail: string }[] };
    const { id } = first.run.installation;
    expect(findings.filter(({ ok }) => !ok)).toEqual([]);
    expect(findings).toContainEqual(
      expect.objectContaining({ check: 'installation', detail: expect.stringContaining(id) }),
    );
    const worker = findings.find(({ check }) => check === 'workers');
    expect(worker?.detail).toContain(`of ${id} on queue uplift-${id}`);
    expect(worker?.detail).not.toContain(second.run.installation.id);
  });
});

it('begins where the machine does not know its time zone: nights are in UTC, and it says so', async () => {
  expect(readFileSync(path.join(second.dataFolder, 'up.txt'), 'utf8')).toContain(
    `${environment}: the time zone of this machine is not known, so nights are in UTC`,
  );
  expect((await scheduleOf('neighbour')).spec.timezone).toBe('UTC');
});

describe('an infrastructure that another installation has', () => {
  it('INFRASTRUCTURE_TAKEN: up says whose it is, before it imports or starts anything', async () => {
    const dataFolder = temporaryFolder();
    onTestFinished(() => endStartedBy(dataFolder));
    const before = await scheduleOf(infrastructure);

    const up = await spawnUplift(await wordsOfUp(dataFolder), { TEMPORAL_ADDRESS: temporal.address });

    expect(await up.exited()).toBe(3);
    const { id, madeAt } = first.run.installation;
    expect(up.output()).toContain(
      `${infrastructure} in namespace default of ${temporal.address} belongs to the installation ${id} (made ${madeAt} at `,
    );
    expect(up.output()).toContain(first.dataFolder);
    expect(up.output()).toContain('next: another namespace (TEMPORAL_NAMESPACE=NAME)');
    for (const table of ['infrastructures', 'environments', 'modules', 'processes']) {
      expect(platformRows({ dataFolder }, `select * from ${table}`)).toEqual([]);
    }
    expect(await scheduleOf(infrastructure)).toEqual(before);
  });

  it('can be in another namespace; in this one its worker does not begin', async () => {
    const up = await startUplift(factory(infrastructure), {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: 'elsewhere',
    });
    expect(up.run.temporal.namespace).toBe('elsewhere');
    const worker = await spawnUplift(['worker', '--data', up.dataFolder], {
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: 'default',
    });
    expect(await worker.exited()).toBe(3);
    expect(worker.output()).toContain(`belongs to the installation ${first.run.installation.id}`);
    await up.close();
  });
});

/** A run on a queue that nobody serves, of an id that the workflows and buttons of `second` start or join. */
describe('a run of a third installation, of an id that is one of ours', () => {
  const place = { infrastructure: 'neighbour', environment };
  const taken = (code: unknown) => expect(code).toMatchObject({ cause: { cause: { type: 'INFRASTRUCTURE_TAKEN' } } });

  it('is not joined', async () => {
    const third = await strange('deployModules', `deploy/neighbour/${environment}`);
    const nightly = await ofSecond('nightlyDeployAll', 'a night', place);
    taken(await nightly.result().catch((error: unknown) => error));
    await third.terminate();
  });

  it('is nothing that a button of Service Center starts', async () => {
    const third = await strange('prepareModules', `prepare/neighbour/${environment}`);
    const [center] = second.run.environments;
    const answer = await fetch(`${center?.serviceCenterUrl}/api/upgrades/prepare`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: 'ana' }),
    });
    expect([answer.status, await answer.json()]).toEqual([
      409,
      expect.objectContaining({ code: 'INFRASTRUCTURE_TAKEN' }),
    ]);
    await third.terminate();
  });

  function strange(workflow: string, workflowId: string) {
    return temporal.client.workflow.start(workflow, { workflowId, taskQueue: 'uplift-0badcafe', args: [place] });
  }

  function ofSecond(workflow: string, workflowId: string, input: object) {
    const taskQueue = taskQueueOf(second.run.installation);
    return second.client.workflow.start(workflow, { workflowId, taskQueue, args: [input] });
  }
});

function factory(name: string): string {
  const folder = writeTinyFactory(older, { base: {}, home: { uses: ['base'], source: screen('Home') } });
  const file = path.join(folder, 'uplift.yaml');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(`infrastructure: ${infrastructure}`, `infrastructure: ${name}`),
  );
  return folder;
}

async function wordsOfUp(dataFolder: string): Promise<readonly string[]> {
  const port = String(await freeFirstPort());
  return ['up', '--data', dataFolder, '--factory', factory(infrastructure), '--port', port];
}

function releaseOf(uplift: Uplift): unknown {
  return platformRows(uplift, 'select server_release from environments')[0]?.['server_release'];
}

async function queueOf(workflowId: string): Promise<string> {
  return (await temporal.client.workflow.getHandle(workflowId).describe()).taskQueue;
}

async function scheduleOf(name: string) {
  const { action, state, spec } = await temporal.client.schedule.getHandle(`nightly/${name}/${environment}`).describe();
  return { action, state, spec };
}
