/** An environment: who holds it, its server step. Keys: the workflow for a hold, front end or part and release. */
import type { Place } from '../domain/infrastructure/place.js';
import { frontEndsLeft } from '../domain/plan/remaining.js';
import type { Hold } from '../port/hold.js';
import type { ServerPart } from '../port/installer.js';
import { attemptProgress, effectful, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';
import { drivenAt, letEnvironmentGo, takeEnvironment } from './driven.js';

type Held = Place & { readonly token: number };
type FrontEnd = Held & { readonly frontEnd: string };

export const environmentActivities = (dependencies: Dependencies) => {
  const { platform, store } = dependencies;
  return {
    /** `holder`: the workflow id under which it is held; a part of an upgrade holds for the whole. A fresh token each time. */
    holdEnvironment: effectful(
      store,
      ({ holder, ...request }: Place & { release: string; holder: string }): Promise<Hold> =>
        takeEnvironment(dependencies, { ...request, operation: 'upgrade', workflow: holder }),
    ),

    sealEnvironment: explained(
      async (request: Held & { sealed: boolean }): Promise<void> =>
        (await drivenAt(platform, request)).fence.seal(request),
    ),

    releaseEnvironment: explained((request: Held): Promise<void> => letEnvironmentGo(dependencies, request)),

    /** Of these, those that do not serve on the release yet, in their order. */
    frontEndsLeft: explained(
      async ({
        frontEnds,
        release,
        ...place
      }: Place & { frontEnds: readonly string[]; release: string }): Promise<readonly string[]> => {
        const facts = await platform.inventory.environment(place);
        return frontEndsLeft(frontEnds, release, facts.frontEnds);
      },
    ),

    takeOutOfTraffic: effectful(
      store,
      async (request: FrontEnd): Promise<void> =>
        (await drivenAt(platform, request)).traffic.takeOut(request, attemptProgress()),
    ),

    putBackIntoTraffic: effectful(
      store,
      async (request: FrontEnd): Promise<void> =>
        (await drivenAt(platform, request)).traffic.putBack(request, attemptProgress()),
    ),

    /** Not held back by a pause: serving users again undoes harm. */
    letBackIntoTraffic: explained(
      async (request: FrontEnd): Promise<void> => (await drivenAt(platform, request)).traffic.letBack(request),
    ),

    installFrontEnd: effectful(
      store,
      async (request: FrontEnd & { release: string }): Promise<void> =>
        (await drivenAt(platform, request)).installer.installFrontEnd(request, attemptProgress()),
    ),

    installPart: effectful(
      store,
      async (request: Held & { part: ServerPart; release: string }): Promise<void> =>
        (await drivenAt(platform, request)).installer.install(request, attemptProgress()),
    ),
  };
};
