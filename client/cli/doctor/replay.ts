/** Whether the code of this installation can go on with every run that is open: each is replayed from its history. */
import { fileURLToPath } from 'node:url';
import { taskQueues } from '../../../workflows/ids.js';
import type { Temporal } from '../../connection.js';
import { type Finding, problem, well } from './finding.js';

const index = new URL(
  import.meta.url.endsWith('.ts') ? '../../../workflows/index.ts' : '../../../workflows/index.js',
  import.meta.url,
);

/** One finding for each run; one in all when none is open. */
export async function replayFindings({ client }: Temporal): Promise<readonly Finding[]> {
  const { bundleWorkflowCode, DefaultLogger, Runtime, Worker } = await import('@temporalio/worker');
  const logger = new DefaultLogger('ERROR', () => undefined); // what fails is told in the findings
  Runtime.install({ logger, shutdownSignals: [] });
  const workflowBundle = await bundleWorkflowCode({ workflowsPath: fileURLToPath(index), logger });
  const open = client.workflow.list({
    query: `TaskQueue = "${taskQueues.orchestrator}" AND ExecutionStatus = "Running"`,
  });
  const findings: Finding[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle }, open.intoHistories())) {
    const next = 'keep workers of the former version until this run has ended, or put the code right';
    findings.push({
      check: `replay of ${workflowId}`,
      ...(error ? problem(error.message, next) : well('goes on with this code')),
    });
  }
  return findings.length > 0 ? findings : [{ check: 'replay', ...well('no run is open') }];
}
