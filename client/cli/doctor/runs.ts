/** Whether the runs that are open can go on: none whose code fails, none that is about to fill its history. */
import { type History, historyState, historyText } from '../../../contract/historyLimits.js';
import { counted, listed } from '../../../domain/text.js';
import type { Temporal } from '../../../temporal/connection.js';
import { ownOpenRuns } from '../../../temporal/openRuns.js';
import { type Finding, type Found, finding, problem, well } from './finding.js';

/** What the server says of runs whose tasks fail or time out again and again. */
const failing = `TemporalReportedProblems IN ("category=WorkflowTaskFailed", "category=WorkflowTaskTimedOut")`;

export function runFindings(temporal: Temporal): Promise<readonly Finding[]> {
  return Promise.all([
    finding('runs that fail', () => failingState(temporal)),
    finding('histories of runs', async () => historiesState(await openHistories(temporal))),
  ]);
}

/** A run whose code fails is tried again for ever, and answers nobody meanwhile. */
async function failingState(temporal: Temporal): Promise<Found> {
  const ids: string[] = [];
  const query = `${ownOpenRuns(temporal.installation)} AND ${failing}`;
  for await (const { workflowId } of temporal.client.workflow.list({ query })) ids.push(workflowId);
  if (ids.length === 0) return well('none');
  return problem(
    `${listed(ids)}: the code of the run fails, it stands still and answers nobody`,
    'a fault of Uplift, or workers of another version: uplift doctor --replay says which; it goes on once workers with the right code run. To give it up: temporal workflow terminate, then start it again, which goes on from there',
  );
}

interface OpenRun extends History {
  readonly workflowId: string;
}

async function openHistories(temporal: Temporal): Promise<readonly OpenRun[]> {
  const { client } = temporal;
  const runs: OpenRun[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query: ownOpenRuns(temporal.installation) })) {
    const { historyLength, historySize = 0 } = await client.workflow.getHandle(workflowId, runId).describe();
    runs.push({ workflowId, length: historyLength, size: historySize });
  }
  return runs;
}

export function historiesState(runs: readonly OpenRun[]): Found {
  const large = runs.filter((run) => historyState(run) !== 'well');
  if (large.length === 0) return well(`${counted(runs.length)} open, each with room`);
  const full = large.some((run) => historyState(run) === 'full');
  return problem(
    large
      .map(
        (run) =>
          `${run.workflowId} has ${historyText(run)}${historyState(run) === 'full' ? ', and takes no more messages' : ''}`,
      )
      .join('; '),
    `find who sends it messages in a loop (Temporal UI, its history)${full ? '; then uplift stop, or cancel what is no upgrade, and start it again: it goes on from there' : ''}`,
  );
}
