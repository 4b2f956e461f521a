/** Deploy All: opening, the next few modules, closing. Key of a claim: run and activity. */
import type { Place } from '../domain/infrastructure/place.js';
import type { DeploymentReport, DeployTurn, OpenDeployment } from '../port/deployment.js';
import { activityKey, attemptProgress, effectful, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';
import { drivenAt } from './driven.js';

interface DeployRequest extends Place {
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
      const place = { infrastructure, environment };
      await platform.inventory.environment(place);
      const { deployment } = await drivenAt(platform, place);
      return deployment.open({
        ...place,
        requestedBy,
        solution: as === 'solution',
        unattended: unattended === 'yes',
      });
    },
  ),

  deployNextModules: effectful(
    store,
    async ({
      infrastructure,
      environment,
      ...request
    }: Place & { deployment: number; unattended?: boolean }): Promise<DeployTurn> =>
      (await drivenAt(platform, { infrastructure, environment })).deployment.deployNext(
        { ...request, claimedBy: activityKey() },
        attemptProgress(),
      ),
  ),

  closeDeployment: explained(
    async ({ deployment, ...place }: Place & { deployment: number }): Promise<DeploymentReport> =>
      (await drivenAt(platform, place)).deployment.close({ deployment }),
  ),

  /** Frees every claim and ends the one that is open, if one is. */
  stopDeployment: explained(async (place: Place): Promise<void> => {
    const { deployment } = await drivenAt(platform, place);
    const running = await deployment.running(place);
    if (running !== null) await deployment.close({ deployment: running, stopped: true });
  }),
});
