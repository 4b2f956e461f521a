/** When an environment may be touched next, by business time. Reads nothing but the time zone data of this machine. */
import { closesAt, type Freeze, nextFit, type Window } from '../domain/calendar/window.js';
import { explained } from './attempt.js';

export interface OpeningRequest {
  readonly windows: readonly Window[];
  readonly freezes: readonly Freeze[];
  /** The workflow's clock, milliseconds since 1970. */
  readonly now: number;
  /** Milliseconds that have to fit. */
  readonly work: number;
}

export interface Opening {
  /** Milliseconds since 1970; null when no window is long enough. */
  readonly opens: number | null;
  /** When that time is over; null when it never is. */
  readonly closes: number | null;
}

export const windowActivities = {
  nextOpening: explained(async ({ windows, freezes, now, work }: OpeningRequest): Promise<Opening> => {
    const opens = nextFit(windows, freezes, now, work);
    if (opens === undefined) return { opens: null, closes: null };
    return { opens, closes: closesAt(windows, freezes, opens) ?? null };
  }),
};
