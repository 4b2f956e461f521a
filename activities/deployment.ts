/** Deploy All: opening, the next few modules, closing. Key of a claim: run and activity. */
import type { DeploymentReport, DeployTurn, OpenDeployment } from '../port/deployment.js';
import { activityKey, attemptProgress, effectful, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';

interface DeployRequest {
  readonly infrastructure: string;
  readonly environment: string;
  readonly requestedBy?: string | undefined;
  readonly as?: 'deploy all' | 'solution' | undefined;
  readonly unattended?: 'yes' | undefined;
}

export const deploymentActivities = ({ platform, store }: Dependencies) => ({
  openDeployment: effectful(
    store,
    async ({
      infrastructure,
      environment,
      requestedBy = 'unknown',
      as = 'deploy all',
      unattended,
    }: DeployRequest): Promise<OpenDeployment> => {
      await platform.inventory.environment(infrastructure, environment);
      return platform.deployment.open({
        environment,
        requestedBy,
        solution: as === 'solution',
        unattended: unattended === 'yes',
      });
    },
  ),

  deployNextModules: effectful(
    store,
    (request: { deployment: number; unattended?: boolean }): Promise<DeployTurn> =>
      platform.deployment.deployNext({ ...request, claimedBy: activityKey() }, attemptProgress()),
  ),

  closeDeployment: explained(
    (request: { deployment: number }): Promise<DeploymentReport> => platform.deployment.close(request),
  ),

  /** Frees every claim and ends the one that is open, if one is. */
  stopDeployment: explained(async ({ environment }: { environment: string }): Promise<void> => {
    const deployment = await platform.deployment.running(environment);
    if (deployment !== null) await platform.deployment.close({ deployment, stopped: true });
  }),
});
