/** An environment: what it is, who holds it, its server step. Keys: the workflow for a hold, front end or part and release. */
import { activityInfo } from '@temporalio/activity';
import type { Hold, ServerPart } from '../platform/port.js';
import { attemptProgress, effectful, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';

export const environmentActivities = ({ platform, store }: Dependencies) => ({
  holdEnvironment: effectful(
    store,
    ({ environment, release }: { environment: string; release: string }): Promise<Hold> => {
      const workflow = activityInfo().workflowExecution?.workflowId ?? '';
      return platform.server.hold({ environment, operation: 'upgrade', workflow, release });
    },
  ),

  releaseEnvironment: explained(
    (request: { environment: string; token: number }): Promise<void> => platform.server.release(request),
  ),

  installFrontEnd: effectful(
    store,
    (request: { environment: string; frontEnd: string; release: string; token: number }): Promise<void> =>
      platform.server.installFrontEnd(request, attemptProgress()),
  ),

  installPart: effectful(
    store,
    (request: { environment: string; part: ServerPart; release: string; token: number }): Promise<void> =>
      platform.server.install(request, attemptProgress()),
  ),
});
