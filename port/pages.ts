/** Pages of a site, asked for as its users do, at the address that describes where it answers. */
import type { Place } from '../domain/infrastructure/place.js';
import type { HotPoint } from './checks.js';

export interface Pages {
  /**
   * Of these paths, in their order; also while users are kept out, where the site lets checks in by a header. Throws `SECRET_MISSING` when
   * that has no value here, and `ENVIRONMENT_UNKNOWN` for an environment without an address.
   */
  hotPoints(place: Place, paths: readonly string[], signal: AbortSignal): Promise<readonly HotPoint[]>;
}
