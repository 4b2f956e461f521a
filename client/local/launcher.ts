/** What Service Center's Prepare and Deploy buttons do: they start the workflow, or join the one that runs. */
import type { Client } from '@temporalio/client';
import { ids } from '../../contract/ids.js';
import { assertOwnRun, type Installation, taskQueueOf } from '../../contract/installation.js';
import type { Launcher } from '../../platform/embedded/serviceCenter/operations.js';

export function temporalLauncher(
  client: Client,
  {
    infrastructure,
    environment,
    installation,
  }: { readonly infrastructure: string; readonly environment: string; readonly installation: Installation },
): Launcher {
  const start = (workflow: 'prepareModules' | 'deployModules', workflowId: string) => async (requestedBy: string) => {
    const handle = await client.workflow.start(workflow, {
      workflowId,
      taskQueue: taskQueueOf(installation),
      args: [{ infrastructure, environment, requestedBy }],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    assertOwnRun({ installation, ...(await handle.describe()) });
    return { workflow: workflowId };
  };
  return {
    prepare: start('prepareModules', ids.prepare(infrastructure, environment)),
    deploy: start('deployModules', ids.deploy(infrastructure, environment)),
  };
}
