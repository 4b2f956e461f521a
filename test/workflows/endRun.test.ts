/** Ending what works on an environment that a rollback has taken over, also when it does not let itself be ended. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { endRun } from '../../activities/endRun.js';
import { startTemporal, type Temporal } from './temporal.js';
import { installation, taskQueue } from './worker.js';

let temporal: Temporal;

beforeAll(async () => {
  temporal = await startTemporal();
});

afterAll(async () => {
  await temporal.close();
});

const { signal } = new AbortController();
const asker = () => ({ client: temporal.client, installation });

it('LIVE-05 a run that does not end when it is cancelled is terminated, saying why; one that is not there has ended', async () => {
  // Nobody serves the queue here: the run never learns that it was cancelled.
  const deaf = await temporal.client.workflow.start('upgradeEnvironment', { workflowId: 'deaf', taskQueue });

  await endRun(asker(), 'deaf', { signal, patience: 300, reason: 'taken over' });
  await endRun(asker(), 'deaf', { signal, patience: 300, reason: 'taken over' });
  await endRun(asker(), 'never started', { signal, patience: 300, reason: 'taken over' });

  expect((await deaf.describe()).status.name).toBe('TERMINATED');
  await expect(deaf.result()).rejects.toMatchObject({
    cause: { message: 'taken over; it had not ended 0.3 s after it was cancelled' },
  });
});

it('LIVE-05 a rollback that is cancelled terminates nothing', async () => {
  const deaf = await temporal.client.workflow.start('upgradeEnvironment', { workflowId: 'other', taskQueue });
  const stopped = AbortSignal.timeout(200);

  await expect(endRun(asker(), 'other', { signal: stopped, patience: 30_000, reason: 'taken over' })).rejects.toThrow();

  expect((await deaf.describe()).status.name).toBe('RUNNING');
  await deaf.terminate();
});

it('LIVE-05 a run of another installation goes on', async () => {
  const others = await temporal.client.workflow.start('upgradeEnvironment', {
    workflowId: 'others',
    taskQueue: 'uplift-0badcafe',
  });

  await expect(endRun(asker(), 'others', { signal, patience: 300, reason: 'taken over' })).rejects.toMatchObject({
    code: 'INFRASTRUCTURE_TAKEN',
    message: expect.stringContaining('others is a run of the installation 0badcafe'),
  });

  expect((await others.describe()).status.name).toBe('RUNNING');
  expect((await others.fetchHistory()).events?.length).toBe(2);
  await others.terminate();
});
