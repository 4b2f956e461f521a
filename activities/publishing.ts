/** Publishing a module through Service Center. Key: run and activity, which is the publication's id. */
import type { Place } from '../domain/infrastructure/place.js';
import type { Publication } from '../port/publishing.js';
import { activityKey, attemptProgress, effectful } from './attempt.js';
import type { Dependencies } from './dependencies.js';
import { drivenAt } from './driven.js';

interface PublishModule extends Place {
  readonly module: string;
  readonly requestedBy?: string | undefined;
}

export const publishingActivities = ({ platform, store }: Dependencies) => ({
  publishThroughServiceCenter: effectful(
    store,
    async ({ infrastructure, environment, module, requestedBy = 'unknown' }: PublishModule): Promise<Publication> => {
      const place = { infrastructure, environment };
      await platform.inventory.environment(place);
      return (await drivenAt(platform, place)).publishing.publish(
        { ...place, id: activityKey(), module, user: requestedBy },
        attemptProgress(),
      );
    },
  ),
});
