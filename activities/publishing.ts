/** Publishing a module through Service Center. Key: run and activity, which is the publication's id. */
import type { Publication } from '../port/publishing.js';
import { activityKey, attemptProgress, effectful } from './attempt.js';
import type { Dependencies } from './dependencies.js';

interface PublishModule {
  readonly infrastructure: string;
  readonly environment: string;
  readonly module: string;
  readonly requestedBy?: string | undefined;
}

export const publishingActivities = ({ platform, store }: Dependencies) => ({
  publishThroughServiceCenter: effectful(
    store,
    async ({ infrastructure, environment, module, requestedBy = 'unknown' }: PublishModule): Promise<Publication> => {
      await platform.inventory.environment(infrastructure, environment);
      return platform.publishing.publish(
        { id: activityKey(), environment, module, user: requestedBy },
        attemptProgress(),
      );
    },
  ),
});
