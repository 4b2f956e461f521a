/** Preparation: opening, the next group, closing. Key of a group's claim: run and activity, so that a retry takes over its own. */
import type { OpenPreparation, PreparationReport, Turn } from '../platform/port.js';
import { activityKey, attemptProgress, effectful, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';

interface PrepareRequest {
  readonly infrastructure: string;
  readonly environment: string;
  readonly release?: string | undefined;
  readonly requestedBy?: string | undefined;
  readonly scope?: 'unfinished' | 'everything' | undefined;
  readonly unattended?: 'yes' | undefined;
}

export const preparationActivities = ({ platform, store }: Dependencies) => ({
  openPreparation: effectful(store, async (request: PrepareRequest): Promise<OpenPreparation> => {
    const { infrastructure, environment, release, requestedBy = 'unknown', scope = 'unfinished', unattended } = request;
    await platform.inventory.environment(infrastructure, environment);
    return platform.preparation.open({
      environment,
      requestedBy,
      everything: scope === 'everything',
      unattended: unattended === 'yes',
      ...(release === undefined ? {} : { release }),
    });
  }),

  prepareNextGroup: effectful(
    store,
    (request: { preparation: number; unattended?: boolean }): Promise<Turn> =>
      platform.preparation.prepareNextGroup({ ...request, claimedBy: activityKey() }, attemptProgress()),
  ),

  closePreparation: explained(
    (request: { preparation: number; stopped?: boolean }): Promise<PreparationReport> =>
      platform.preparation.close(request),
  ),
});
