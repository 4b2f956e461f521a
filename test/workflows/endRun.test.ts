/** Ending what works on an environment that a rollback has taken over, also when it does not let itself be ended. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { endRun } from '../../activities/endRun.js';
import { startTemporal, type Temporal } from './temporal.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

let temporal: Temporal;

beforeAll(async () => {
  temporal = await startTemporal();
});

afterAll(async () => {
  await temporal.close();
});

const { signal } = new AbortController();

it('LIVE-05 a run that does not end when it is cancelled is terminated, saying why; one that is not there has ended', async () => {
  // Nobody serves this queue: the run never learns that it was cancelled.
  const deaf = await temporal.client.workflow.start('upgradeEnvironment', { workflowId: 'deaf', taskQueue: 'nobody' });

  await endRun(temporal.client, 'deaf', { signal, patience: 300, reason: 'taken over' });
  await endRun(temporal.client, 'deaf', { signal, patience: 300, reason: 'taken over' });
  await endRun(temporal.client, 'never started', { signal, patience: 300, reason: 'taken over' });

  expect((await deaf.describe()).status.name).toBe('TERMINATED');
  await expect(deaf.result()).rejects.toMatchObject({
    cause: { message: 'taken over; it had not ended 0.3 s after it was cancelled' },
  });
});

it('LIVE-05 a rollback that is cancelled terminates nothing', async () => {
  const deaf = await temporal.client.workflow.start('upgradeEnvironment', { workflowId: 'other', taskQueue: 'nobody' });
  const stopped = AbortSignal.timeout(200);

  await expect(
    endRun(temporal.client, 'other', { signal: stopped, patience: 30_000, reason: 'taken over' }),
  ).rejects.toThrow();

  expect((await deaf.describe()).status.name).toBe('RUNNING');
  await deaf.terminate();
});
