/** When an environment may be touched next, by business time. Reads nothing but the time zone data of this machine. */
import { type Freeze, nextFit, type Window } from '../domain/window.js';
import { explained } from './attempt.js';

export interface OpeningRequest {
  readonly windows: readonly Window[];
  readonly freezes: readonly Freeze[];
  /** The workflow's clock, milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds that have to fit. */
  readonly work: number;
}

export const windowActivities = {
  /** Milliseconds since 1970; null when no window is long enough. */
  nextOpening: explained(
    async ({ windows, freezes, now, work }: OpeningRequest): Promise<{ opens: number | null }> => ({
      opens: nextFit(windows, freezes, now, work) ?? null,
    }),
  ),
};
