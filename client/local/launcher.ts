/** What Service Center's Prepare and Deploy buttons do: they start the workflow, or join the one that runs. */
import type { Client } from '@temporalio/client';
import type { Launcher } from '../../platform/embedded/serviceCenter/operations.js';
import { ids, taskQueues } from '../../workflows/ids.js';

export function temporalLauncher(
  client: Client,
  { infrastructure, environment }: { infrastructure: string; environment: string },
): Launcher {
  const start = (workflow: 'prepareModules' | 'deployModules', workflowId: string) => async (requestedBy: string) => {
    await client.workflow.start(workflow, {
      workflowId,
      taskQueue: taskQueues.orchestrator,
      args: [{ infrastructure, environment, requestedBy }],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    return { workflow: workflowId };
  };
  return {
    prepare: start('prepareModules', ids.prepare(infrastructure, environment)),
    deploy: start('deployModules', ids.deploy(infrastructure, environment)),
  };
}
