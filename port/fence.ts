/**
 * Of a platform that is driven: whose effects it lets happen. The hold of an environment is the store's, and so is its token; here it is
 * told before anything else, and from then on every effect under a lower one is refused (`FENCED`).
 */
import type { Place } from '../domain/infrastructure/place.js';
import type { Hold } from './hold.js';

export interface Fence {
  /** What it was told last, and the highest token it was ever told; `hold` is null when nobody holds the environment. */
  standing(place: Place): Promise<{ readonly hold: Hold | null; readonly highest: number }>;
  /** Throws `FENCED` for a token that is lower than one it was told. Key: environment and token. */
  raise(request: Place & { readonly hold: Hold }): Promise<void>;
  /**
   * From the tests to the opening nothing changes: while an environment is sealed, publishing, applying configurations, deleting,
   * preparing and deploying are refused with `ENVIRONMENT_HELD`, and executions under way take no further modules. Sealing throws
   * `CHANGES_UNDER_WAY` until what had begun has ended: call it again. Ends with the hold, or with the next one, at the latest.
   */
  seal(request: Place & { token: number; sealed: boolean }): Promise<void>;
  /** Nobody holds the environment any more. Without effect when the token is no longer the newest. */
  lower(request: Place & { token: number }): Promise<void>;
}
