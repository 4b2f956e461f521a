/** What `uplift doctor` says of runs that cannot go on, asked of a real server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { historiesState, runFindings } from '../../client/cli/doctor/runs.js';
import { until } from '../e2e/until.js';
import { published } from '../platform/tinyFactory.js';
import { startTemporal, type Temporal } from './temporal.js';
import { installation, type RunningWorker, startWorker, taskQueue } from './worker.js';

let temporal: Temporal;
let worker: RunningWorker;

beforeAll(async () => {
  temporal = await startTemporal({
    dynamicConfig: { 'system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute': 1 },
  });
  worker = await startWorker(temporal, await published({ a: {} }));
});

afterAll(async () => {
  await worker.close();
  await temporal.close();
});

const findings = () => runFindings({ ...temporal, namespace: 'default', installation, dataFolder: '' });

describe('doctor', () => {
  it('finds nothing while no run is open', async () => {
    expect(await findings()).toEqual([
      { check: 'runs that fail', ok: true, detail: 'none', next: null },
      { check: 'histories of runs', ok: true, detail: '0 open, each with room', next: null },
    ]);
  });

  it('names a run whose code fails, and what gets it further', async () => {
    const { client } = temporal;
    const run = await client.workflow.start('noSuchProcedure', {
      workflowId: 'upgrade/acme',
      taskQueue,
    });
    const [failing] = await until(
      'the run that fails',
      async () => {
        const found = await findings();
        return found[0]?.ok === false && found;
      },
      60_000,
    );
    expect(failing).toMatchObject({
      check: 'runs that fail',
      detail: 'upgrade/acme: the code of the run fails, it stands still and answers nobody',
      next: expect.stringContaining('uplift doctor --replay'),
    });
    await run.terminate();
  });

  it.each([
    [[{ workflowId: 'upgrade/acme', length: 900, size: 90_000 }], true, /^1 open, each with room$/, null],
    [
      [{ workflowId: 'upgrade/acme', length: 6_000, size: 90_000 }],
      false,
      /^upgrade\/acme has 6,000 of 51,200 events, 0\.1 of 52\.4 MB$/,
      /who sends it messages in a loop[^;]*$/,
    ],
    [
      [{ workflowId: 'upgrade/acme', length: 12_000, size: 90_000 }],
      false,
      /and takes no more messages$/,
      /then uplift stop/,
    ],
  ] as const)('tells of histories that fill: %j', (runs, ok, detail, next) => {
    const found = historiesState(runs);
    expect(found).toMatchObject({ ok, detail: expect.stringMatching(detail) });
    if (next) expect(found.next).toMatch(next);
  });
});
