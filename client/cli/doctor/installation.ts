/** Which installation this is, and what others do in its namespace. */
import { ownerText, ownTaskQueues, taskQueueOf } from '../../../contract/installation.js';
import { infrastructureKey } from '../../../contract/searchAttributes.js';
import type { Temporal } from '../../../temporal/connection.js';
import type { Place } from '../infrastructure.js';
import { type Finding, type Found, finding, problem, well } from './finding.js';

export function installationFindings(temporal: Temporal, places: readonly Place[]): readonly Promise<Finding>[] {
  return [
    finding('installation', async () => installationState(temporal)),
    finding('other installations', () => othersState(temporal, places)),
  ];
}

function installationState({ installation, namespace }: Temporal): Found {
  const { id, madeAt } = installation;
  return well(`${id}, made ${madeAt}; task queue ${taskQueueOf(installation)} in namespace ${namespace}`);
}

/** Runs on queues that are not ours: a neighbour's, which is well, unless they are about what is ours. */
async function othersState(temporal: Temporal, places: readonly Place[]): Promise<Found> {
  const own = ownTaskQueues(temporal.installation);
  const others = (await openRuns(temporal)).filter(({ taskQueue }) => !own.includes(taskQueue));
  if (others.length === 0) return well('have no open run in this namespace');
  const names = new Set(places.map(({ infrastructure }) => infrastructure));
  const intruding = others.filter(({ infrastructure }) => infrastructure !== undefined && names.has(infrastructure));
  if (intruding.length === 0) return well(runsText(others));
  return problem(
    `${runsText(intruding)}: about an infrastructure of this one`,
    'move one of the two to another namespace: TEMPORAL_NAMESPACE=NAME uplift up',
  );
}

interface OpenRun {
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly infrastructure: string | undefined;
}

/** Of Uplift's workflows, which all say what infrastructure they are about. */
async function openRuns({ client }: Temporal): Promise<readonly OpenRun[]> {
  const query = `${infrastructureKey.name} IS NOT NULL AND ExecutionStatus = "Running"`;
  const runs: OpenRun[] = [];
  for await (const run of client.workflow.list({ query })) {
    const { workflowId, taskQueue, typedSearchAttributes } = run;
    runs.push({ workflowId, taskQueue, infrastructure: typedSearchAttributes.get(infrastructureKey) });
  }
  return runs;
}

/** How many of a neighbour's runs are named. */
const named = 3;

function runsText(runs: readonly OpenRun[]): string {
  const queues = [...new Set(runs.map(({ taskQueue }) => taskQueue))];
  const parts = queues.map((queue) => {
    const those = runs.filter(({ taskQueue }) => taskQueue === queue).map(({ workflowId }) => workflowId);
    const more = those.length > named ? ` and ${those.length - named} more` : '';
    return `${those.slice(0, named).join(', ')}${more} of ${ownerText(queue)}`;
  });
  return parts.join('; ');
}
