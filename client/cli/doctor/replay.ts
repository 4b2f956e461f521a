/** Whether the code of this installation can go on with every run that is open: each is replayed from its history. */
import type { Temporal } from '../../connection.js';
import { type Finding, problem, well } from './finding.js';
import { ownOpenRuns } from './installation.js';

/** One finding for each run; one in all when none is open. */
export async function replayFindings(temporal: Temporal): Promise<readonly Finding[]> {
  const { DefaultLogger, Runtime, Worker } = await import('@temporalio/worker');
  const logger = new DefaultLogger('ERROR', () => undefined); // what fails is told in the findings
  Runtime.install({ logger, shutdownSignals: [] });
  const { workflowBundle } = await import('../../../worker/workflowBundle.js');
  const code = await workflowBundle(logger);
  const open = temporal.client.workflow.list({ query: ownOpenRuns(temporal) });
  const findings: Finding[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories({ workflowBundle: code }, open.intoHistories())) {
    const next = 'keep workers of the former version until this run has ended, or put the code right';
    findings.push({
      check: `replay of ${workflowId}`,
      ...(error ? problem(error.message, next) : well('goes on with this code')),
    });
  }
  return findings.length > 0 ? findings : [{ check: 'replay', ...well('no run is open') }];
}
