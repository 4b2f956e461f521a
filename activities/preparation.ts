/** Preparation: opening, the next group, closing. Key of a group's claim: run and activity, so that a retry takes over its own. */
import type { OpenPreparation, PreparationReport, Turn } from '../port/preparation.js';
import { activityKey, attemptProgress, effectful, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';

interface PrepareRequest {
  readonly infrastructure: string;
  readonly environment: string;
  readonly release?: string | undefined;
  readonly requestedBy?: string | undefined;
  readonly scope?: 'unfinished' | 'everything' | undefined;
  readonly unattended?: 'yes' | undefined;
  /** The upgrade it is prepared for: a solution is compiled once for each. */
  readonly upgrade?: string | undefined;
}

export const preparationActivities = ({ platform, store }: Dependencies) => ({
  openPreparation: effectful(store, async (request: PrepareRequest): Promise<OpenPreparation> => {
    const {
      infrastructure,
      environment,
      release,
      requestedBy = 'unknown',
      scope = 'unfinished',
      unattended,
      upgrade,
    } = request;
    await platform.inventory.environment(infrastructure, environment);
    return platform.preparation.open({
      environment,
      requestedBy,
      everything: scope === 'everything',
      unattended: unattended === 'yes',
      ...(release === undefined ? {} : { release }),
      ...(upgrade === undefined ? {} : { upgrade }),
    });
  }),

  prepareNextGroup: effectful(
    store,
    (request: { preparation: number; unattended?: boolean }): Promise<Turn> =>
      platform.preparation.prepareNextGroup({ ...request, claimedBy: activityKey() }, attemptProgress()),
  ),

  /** How the newest preparation stands, whoever started it. Reads only. */
  newestPreparation: explained(
    ({ environment }: { environment: string }): Promise<PreparationReport | null> =>
      platform.preparation.newest(environment),
  ),

  /** Frees every claim and ends the one that is open, if one is: that a run was cancelled while it opened it must not leave it open. */
  /** `failed`: the step itself went wrong; without it, it was stopped. */
  stopPreparation: explained(
    async ({ environment, failed = false }: { environment: string; failed?: boolean }): Promise<void> => {
      const newest = await platform.preparation.newest(environment);
      const broken = failed ? 'failed' : 'stopped';
      if (newest?.status === 'running') await platform.preparation.close({ preparation: newest.preparation, broken });
    },
  ),

  closePreparation: explained(
    (request: { preparation: number }): Promise<PreparationReport> => platform.preparation.close(request),
  ),
});
