/** Whether what was deployed works. */
import type { Place } from '../domain/infrastructure/place.js';
import type { ModuleName } from '../domain/modules/module.js';

/** Whether the environment's applications work (TEST-01). */
export interface Checks {
  /** Digest of what runs there: releases, modules with their instances, configurations. What was tested is what is let in. */
  deployed(place: Place): Promise<string>;
  /** Of these paths, in their order; also while the door is closed. */
  hotPoints(place: Place, paths: readonly string[], signal: AbortSignal): Promise<readonly HotPoint[]>;
  /**
   * Kinds of errors logged since `since` (ISO 8601 UTC, on the platform's clock) that were not logged in the time before. When a
   * snapshot was taken then, what counts is what the log held at that moment, whatever clocks have said since.
   */
  newErrors(place: Place, since: string): Promise<readonly NewError[]>;
}

export interface NewError {
  readonly module: ModuleName | null;
  readonly message: string;
  readonly count: number;
}

export interface HotPoint {
  readonly path: string;
  readonly ok: boolean;
  readonly status: number;
  readonly milliseconds: number;
  readonly problem: string | null;
}
