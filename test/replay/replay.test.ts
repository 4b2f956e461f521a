/** Every recorded run can be gone on with by the workflows as they are now: what a release has started, later ones finish. */
import { DefaultLogger, Runtime, Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleWorkflows } from '../../worker/workflowBundle.js';
import * as workflows from '../../workflows/index.js';
import { historyNames, type RecordedHistory, readHistory, workflowTypeOf } from './histories.js';

let workflowBundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger, telemetryOptions: { logging: { forward: {} } } });
  workflowBundle = await bundleWorkflows(logger);
});

describe('a recorded run', () => {
  it.each(historyNames())('%s replays', async (name) => {
    await expect(replayed(readHistory(name))).resolves.toBeUndefined();
  });

  it('that did something else does not replay', async () => {
    const history = readHistory('deployModules');
    const other = JSON.parse(
      JSON.stringify(history).replaceAll('"openDeployment"', '"openPreparation"'),
    ) as RecordedHistory;
    await expect(replayed(other)).rejects.toThrow(DeterminismViolationError);
  });

  it('there is one of every workflow', () => {
    const recorded = new Set(historyNames().map((name) => workflowTypeOf(readHistory(name))));
    expect(Object.keys(workflows).filter((workflow) => !recorded.has(workflow))).toEqual([]);
  });
});

function replayed({ workflowId, events }: RecordedHistory): Promise<void> {
  return Worker.runReplayHistory({ workflowBundle }, { events }, workflowId);
}
