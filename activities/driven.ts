/** The platform that drives an environment, and taking the environment for an operation. */
import { UpliftError } from '../domain/errors.js';
import type { Place } from '../domain/infrastructure/place.js';
import type { Hold } from '../port/hold.js';
import type { Driven, Platform } from '../port/platform.js';
import { endHold, takeHold } from '../store/holds.js';
import type { Dependencies } from './dependencies.js';

/** Throws `NOT_DRIVEN` for an environment that is only described. */
export async function drivenAt({ driven }: Platform, place: Place): Promise<Driven> {
  const found = await driven(place);
  if (found) return found;
  throw new UpliftError('NOT_DRIVEN', {
    what: `${place.environment} of ${place.infrastructure} is only described: nothing here can do that by itself`,
    next: 'say in uplift.yaml who does it, and plan again',
  });
}

type HoldRequest = Place & Pick<Hold, 'operation' | 'workflow' | 'release'>;

/**
 * The store gives the token; a platform that is driven is told before anything else, and refuses lower ones from then on. Ended between
 * the two it is called again, and gives a higher one. Throws `ENVIRONMENT_HELD` while somebody else has it.
 */
export async function takeEnvironment(
  { platform, store }: Pick<Dependencies, 'platform' | 'store'>,
  request: HoldRequest,
): Promise<Hold> {
  const { infrastructure, environment } = request;
  const driven = await platform.driven(request);
  const told = driven ? await driven.fence.standing(request) : { hold: null, highest: 0 };
  const hold = await takeHold(store, { ...request, told });
  await driven?.fence.raise({ infrastructure, environment, hold });
  return hold;
}

/** Without effect when the token is no longer the newest. */
export async function letEnvironmentGo(
  { platform, store }: Pick<Dependencies, 'platform' | 'store'>,
  request: Place & { readonly token: number },
): Promise<void> {
  const driven = await platform.driven(request);
  await driven?.fence.lower(request);
  await endHold(store, request);
}
