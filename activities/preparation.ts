/** Preparation: opening, the next group, closing. Key of a group's claim: run and activity, so that a retry takes over its own. */
import type { Place } from '../domain/infrastructure/place.js';
import type { OpenPreparation, PreparationReport, Turn } from '../port/preparation.js';
import { activityKey, attemptProgress, effectful, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';
import { drivenAt } from './driven.js';

interface PrepareRequest extends Place {
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
    const place = { infrastructure, environment };
    await platform.inventory.environment(place);
    const { preparation } = await drivenAt(platform, place);
    return preparation.open({
      ...place,
      requestedBy,
      everything: scope === 'everything',
      unattended: unattended === 'yes',
      ...(release === undefined ? {} : { release }),
      ...(upgrade === undefined ? {} : { upgrade }),
    });
  }),

  prepareNextGroup: effectful(
    store,
    async ({
      infrastructure,
      environment,
      ...request
    }: Place & { preparation: number; unattended?: boolean }): Promise<Turn> =>
      (await drivenAt(platform, { infrastructure, environment })).preparation.prepareNextGroup(
        { ...request, claimedBy: activityKey() },
        attemptProgress(),
      ),
  ),

  /** How the newest preparation stands, whoever started it. Reads only. */
  newestPreparation: explained(
    async (place: Place): Promise<PreparationReport | null> =>
      (await drivenAt(platform, place)).preparation.newest(place),
  ),

  /** Frees every claim and ends the one that is open, if one is: that a run was cancelled while it opened it must not leave it open. */
  /** `failed`: the step itself went wrong; without it, it was stopped. */
  stopPreparation: explained(async ({ failed = false, ...place }: Place & { failed?: boolean }): Promise<void> => {
    const { preparation } = await drivenAt(platform, place);
    const newest = await preparation.newest(place);
    const broken = failed ? 'failed' : 'stopped';
    if (newest?.status === 'running') await preparation.close({ preparation: newest.preparation, broken });
  }),

  closePreparation: explained(
    async ({ preparation, ...place }: Place & { preparation: number }): Promise<PreparationReport> =>
      (await drivenAt(platform, place)).preparation.close({ preparation }),
  ),
});
