/** Work that takes long, as whoever asked for it sees it. */

/** Work that tells how it stands and stops when it is told to. `details` are small JSON. */
export interface Progress {
  readonly signal: AbortSignal;
  heartbeat(details: Record<string, unknown>): void;
}
