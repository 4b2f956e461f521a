/** The door of an environment: users kept out, and what they read meanwhile. */

import type { MaintenanceWords } from '../domain/infrastructure/infrastructure.js';
import type { Place } from '../domain/infrastructure/place.js';
import type { Progress } from './progress.js';

/** Keeping users out while an environment is upgraded (LIVE-01). Behind the closed door the checks still get in. */
export interface Door {
  /**
   * Every user gets a maintenance page from now on; returns once that is so. A door that is closed stays closed as it was: since when,
   * by whom and why. Key: environment.
   */
  close(request: DoorRequest & { reason: string; notice?: MaintenanceNotice }, progress: Progress): Promise<void>;
  /** Users are served again; returns once that is so. */
  open(request: DoorRequest, progress: Progress): Promise<void>;
}

export interface DoorRequest extends Place {
  readonly token: number;
  /** The run: its workflow id and run id. */
  readonly by: { readonly workflow: string; readonly run: string };
  /** Opens only what this very run has closed. */
  readonly onlyOwn?: boolean;
}

/** What the maintenance page says besides the reason. */
export interface MaintenanceNotice extends MaintenanceWords {
  /** When it is expected to end, ISO 8601 UTC; left out: nobody knows. */
  readonly until?: string | undefined;
  /** Of the environment, on whose clock the page says so. */
  readonly timeZone: string;
}
