/** Which attempt at a command somebody who asks for it is given: one that there is, or the next. */
import type { CommandOutcome } from './command.js';

/** The newest of a command for one step and subject of an upgrade. */
export interface NewestAttempt {
  /** From 1 on. */
  readonly attempt: number;
  /** Who asked for it. */
  readonly askedBy: string;
  readonly state: CommandOutcome | 'going on';
}

export interface AskedAttempt {
  /** The same for one request, however often it is sent. */
  readonly askedBy: string;
  /** The attempt that is to be done again, as was decided by somebody who knows how it ended; null: none. */
  readonly after: number | null;
  /** `upgrade`: what an earlier run of the upgrade has done is not done again. `request`: each does it anew. */
  readonly oncePer: OncePer;
}

export type OncePer = 'upgrade' | 'request';

/**
 * Never a second one beside one that goes on. What ended without anybody knowing how, or needs a reboot, is answered until somebody decides;
 * what failed is done again by whoever asks next, for that one was told.
 */
export function attemptToTake(newest: NewestAttempt | undefined, { askedBy, after, oncePer }: AskedAttempt): number {
  if (!newest) return 1;
  const { attempt, state } = newest;
  if (newest.askedBy === askedBy || state === 'going on') return attempt;
  if (after === attempt) return attempt + 1;
  switch (state) {
    case 'done':
      return oncePer === 'upgrade' ? attempt : attempt + 1;
    case 'failed':
      return attempt + 1;
    case 'reboot needed':
    case 'unknown':
      return attempt;
  }
}
