/** An environment: what it is, who holds it, its server step. Keys: the workflow for a hold, front end or part and release. */
import type { Hold } from '../port/inventory.js';
import type { ServerPart } from '../port/server.js';
import { attemptProgress, effectful, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';

export const environmentActivities = ({ platform, store }: Dependencies) => ({
  /** `holder`: the workflow id under which it is held; a part of an upgrade holds for the whole. A fresh token each time. */
  holdEnvironment: effectful(
    store,
    ({ environment, release, holder }: { environment: string; release: string; holder: string }): Promise<Hold> =>
      platform.server.hold({ environment, operation: 'upgrade', workflow: holder, release }),
  ),

  sealEnvironment: explained(
    (request: { environment: string; token: number; sealed: boolean }): Promise<void> => platform.server.seal(request),
  ),

  releaseEnvironment: explained(
    (request: { environment: string; token: number }): Promise<void> => platform.server.release(request),
  ),

  installFrontEnd: effectful(
    store,
    (request: { environment: string; frontEnd: string; release: string; token: number }): Promise<void> =>
      platform.server.installFrontEnd(request, attemptProgress()),
  ),

  /** Not held back by a pause: serving users again undoes harm. */
  returnToTraffic: explained(
    (request: { environment: string; frontEnd: string; token: number }): Promise<void> =>
      platform.server.returnToTraffic(request),
  ),

  installPart: effectful(
    store,
    (request: { environment: string; part: ServerPart; release: string; token: number }): Promise<void> =>
      platform.server.install(request, attemptProgress()),
  ),
});
