/** Whether the code of this installation can go on with every run that is open. */
import type { Temporal } from '../../../temporal/connection.js';
import { ownOpenRuns } from '../../../temporal/openRuns.js';
import { type Finding, problem, well } from './finding.js';

/** One finding for each run; one in all when none is open. */
export async function replayFindings(temporal: Temporal): Promise<readonly Finding[]> {
  const { replayOpenRuns } = await import('../../../worker/replayOpenRuns.js');
  const runs = await replayOpenRuns(temporal.client, ownOpenRuns(temporal.installation));
  if (runs.length === 0) return [{ check: 'replay', ...well('no run is open') }];
  return runs.map(({ workflowId, problem: why }) => ({
    check: `replay of ${workflowId}`,
    ...(why === null
      ? well('goes on with this code')
      : problem(
          why,
          'let this run end before workers are changed; or uplift up --replace-runs, which stops it and goes on with the same plan',
        )),
  }));
}
