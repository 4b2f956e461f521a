/** How long and how much: what tests make smaller. */

export interface CommandSettings {
  /** Milliseconds from SIGTERM to SIGKILL. */
  readonly grace: number;
  /** Bytes of an output that are kept. What follows is read and left out, but for its end. */
  readonly mostOutput: number;
  /** Milliseconds between two looks at a program that goes on. */
  readonly look: number;
}

export const commandSettings: CommandSettings = { grace: 15_000, mostOutput: 200 * 1024 * 1024, look: 250 };
