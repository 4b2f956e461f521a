/** Deploy All: the newest successful compilation of every module, to every front end (DEP-01…06). Also the Deploy button. */
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { inputs } from '../domain/message.js';
import type { DeploymentReport, DeployTurn } from '../platform/port.js';
import { closeDeployment, deployNextModules, openDeployment } from './activities.js';
import { status } from './messages.js';
import { deploymentDetails } from './parts/details.js';
import { pausable } from './parts/pause.js';
import { accepted } from './parts/refusal.js';
import { environmentAttributes, modulesLeftKey, releaseKey, stepKey } from './searchAttributes.js';

export async function deployModules(input: unknown): Promise<DeploymentReport> {
  const { pausedBy, pauseReason, ...asked } = accepted(inputs.deployModules.check(input));
  const refusals: string[] = [];
  let opened: Awaited<ReturnType<typeof openDeployment>> | undefined;
  let turn: Extract<DeployTurn, { kind: 'deployed' }> | undefined;
  const show = () =>
    setCurrentDetails(deploymentDetails({ request: asked, opened, turn, paused: controls.paused(), refusals }));
  const controls = pausable(
    show,
    (message, reason) => {
      refusals.push(`${message}: ${reason}`);
      show();
    },
    undefined,
    { pausedBy, pauseReason },
  );
  setHandler(status, () => ({
    step: 'deployment',
    target: opened?.release ?? null,
    gate: null,
    paused: controls.paused(),
    refusals,
  }));
  upsertSearchAttributes([
    ...environmentAttributes(asked.infrastructure, asked.environment),
    { key: stepKey, value: 'deployment' },
  ]);
  show();

  // A cancellation waits for the answer: only what is known to be open can be closed.
  const deployment = await CancellationScope.nonCancellable(() =>
    openDeployment.executeWithOptions({ summary: `open Deploy All of ${asked.environment}` }, [asked]),
  );
  opened = deployment;
  upsertSearchAttributes([
    { key: releaseKey, value: deployment.release },
    { key: modulesLeftKey, value: deployment.modules },
  ]);
  show();

  try {
    for (;;) {
      if (workflowInfo().continueAsNewSuggested) {
        await condition(allHandlersFinished);
        return continueAsNew<typeof deployModules>({ ...asked, ...controls.handOn() });
      }
      await controls.clear();
      const next = await deployNextModules.executeWithOptions({ summary: 'deploy the next modules' }, [
        { deployment: deployment.id },
      ]);
      if (next.kind === 'waiting') {
        await condition(() => false, next.retryIn, { summary: 'modules are locked by others' });
        continue;
      }
      if (next.kind === 'deployed') {
        turn = next;
        upsertSearchAttributes([{ key: modulesLeftKey, value: next.left }]);
        show();
        continue;
      }
      const report = await closeDeployment.executeWithOptions({ summary: 'close and verify the deployment' }, [
        { deployment: deployment.id },
      ]);
      if (report.status === 'running') continue;
      upsertSearchAttributes([{ key: stepKey, value: 'done' }]);
      await condition(allHandlersFinished);
      return report;
    }
  } catch (error) {
    if (isCancellation(error)) {
      await CancellationScope.nonCancellable(() =>
        closeDeployment.executeWithOptions({ summary: 'stop: free every claim' }, [
          { deployment: deployment.id, stopped: true },
        ]),
      );
    }
    throw error;
  }
}
