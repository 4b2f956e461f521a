/** A program of the site's own that does a step: what a plan says of it, and what its end means. */

export interface Command {
  /** The program, by the name that its host's file gives it, then its arguments, with values as `{frontEnd}` in them. */
  readonly run: readonly string[];
  /** The host whose worker runs it. */
  readonly on: string;
  /** After which it is ended. */
  readonly timeoutMinutes: number;
  /** Exit codes. One in no list means failed. */
  readonly done: readonly number[];
  readonly reboot: readonly number[];
  readonly failed: readonly number[];
  /** Whether it may be run a second time when nobody knows how the first one went. */
  readonly again: Again;
}

/** `safe`: it finds what is done already. `ask`: a person decides. */
export const agains = ['safe', 'ask'] as const;
type Again = (typeof agains)[number];

/** What holds where a file does not say. */
export const commandDefaults = { done: [0], reboot: [], failed: [], again: 'ask' } as const;

/** How a program has ended. */
export type CommandExit =
  | { readonly kind: 'exited'; readonly code: number }
  /** By somebody else, or by its own fault. */
  | { readonly kind: 'signalled'; readonly signal: string }
  /** It was ended: its time was over. */
  | { readonly kind: 'timed out' }
  /** It was ended: the run was cancelled, or its environment was taken over. */
  | { readonly kind: 'cancelled' }
  /** It was begun, and whoever should have written its end is gone. */
  | { readonly kind: 'lost' }
  /** The system could not start it. */
  | { readonly kind: 'not started'; readonly reason: string }
  /** The environment was taken over before it was started. */
  | { readonly kind: 'fenced' };

export type CommandOutcome = 'done' | 'reboot needed' | 'failed' | 'unknown';

/**
 * What an end means. `unknown`: it may have done all, half or nothing. What took too long has failed, although it too may have done
 * half: whatever `again` says, a person looks at it first, for it would hang again.
 */
export function outcomeOf(exit: CommandExit, { done, reboot }: Pick<Command, 'done' | 'reboot'>): CommandOutcome {
  switch (exit.kind) {
    case 'exited':
      if (reboot.includes(exit.code)) return 'reboot needed';
      return done.includes(exit.code) ? 'done' : 'failed';
    case 'timed out':
    case 'not started':
    case 'fenced':
      return 'failed';
    case 'signalled':
    case 'cancelled':
    case 'lost':
      return 'unknown';
  }
}

/** Goes on after the words of the command. */
export function exitText(exit: CommandExit, { timeoutMinutes }: Pick<Command, 'timeoutMinutes'>): string {
  switch (exit.kind) {
    case 'exited':
      return `ended with exit code ${exit.code}`;
    case 'signalled':
      return `was ended by the signal ${exit.signal}`;
    case 'timed out':
      return `was ended after ${timeoutMinutes} ${timeoutMinutes === 1 ? 'minute' : 'minutes'}: its time was over`;
    case 'cancelled':
      return 'was ended, because its run was cancelled or its environment taken over';
    case 'lost':
      return 'was begun, and nobody saw its end: the host was started again, or its runner was killed';
    case 'not started':
      return `could not be started: ${exit.reason}`;
    case 'fenced':
      return 'was not started, because its environment was taken over';
  }
}
