/** Deploy All: the newest successful compilation of every module, to every front end (DEP-01…06). Also the Deploy button. */
import {
  allHandlersFinished,
  condition,
  continueAsNew,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { stepKey } from '../contract/searchAttributes.js';
import { inputs } from '../domain/messages/message.js';
import type { DeploymentReport, DeployTurn, OpenDeployment } from '../port/deployment.js';
import { closeDeployment, deployNextModules, openDeployment, stopDeployment } from './activities.js';
import { deploymentDetails } from './parts/details.js';
import { closingOnCancel, execution, givenWay } from './parts/execution.js';
import { accepted } from './parts/refusal.js';

export async function deployModules(input: unknown): Promise<DeploymentReport> {
  const request = accepted(inputs.deployModules.check(input));
  const { pausedBy, pauseReason, ...asked } = request;
  const run = execution<OpenDeployment, Extract<DeployTurn, { kind: 'deployed' }>>('deployment', request, (view) =>
    deploymentDetails({ request: asked, ...view }),
  );

  const place = { infrastructure: asked.infrastructure, environment: asked.environment };
  const stop = () => stopDeployment.executeWithOptions({ summary: 'stop: free every claim' }, [place]);
  return closingOnCancel(stop, async () => {
    const deployment = await openDeployment.executeWithOptions({ summary: `open Deploy All of ${asked.environment}` }, [
      asked,
    ]);
    run.opened(deployment);
    for (;;) {
      if (workflowInfo().continueAsNewSuggested) {
        await condition(allHandlersFinished);
        return continueAsNew<typeof deployModules>({ ...asked, ...run.handOn() });
      }
      await run.clear();
      const next = await deployNextModules.executeWithOptions({ summary: 'deploy the next modules' }, [
        { ...place, deployment: deployment.id, ...(asked.unattended === undefined ? {} : { unattended: true }) },
      ]);
      if (next.kind === 'held') throw await givenWay(stop, next.by);
      if (next.kind === 'waiting') {
        await condition(() => false, next.retryIn, { summary: 'modules are locked by others' });
        continue;
      }
      if (next.kind === 'deployed') {
        run.turned(next);
        continue;
      }
      const report = await closeDeployment.executeWithOptions({ summary: 'close and verify the deployment' }, [
        { ...place, deployment: deployment.id },
      ]);
      if (report.status === 'running') continue;
      upsertSearchAttributes([{ key: stepKey, value: 'done' }]);
      await condition(allHandlersFinished);
      return report;
    }
  });
}
