/** An environment kept aside, and brought back. */
import type { Place } from '../domain/infrastructure/place.js';
import type { Progress } from './progress.js';

/** What an environment is, kept aside before its first change, and brought back (LIVE-01, LIVE-05). Verified by digest. */
export interface Snapshots {
  /** Key: environment and `id`; a snapshot that is complete is kept. */
  take(request: Place & { id: string; token: number }, progress: Progress): Promise<Snapshot>;
  /**
   * Server release, modules with their sources and configurations, what the front ends run, application data. Goes on where an
   * interrupted restore was. Tokens, evidence and history stay as they are. Key: environment and `id`.
   */
  restore(request: Place & { id: string; token: number }, progress: Progress): Promise<RestoreReport>;
  /** Throws `SNAPSHOT_CORRUPTED`, naming the file that is not as it was written. */
  verify(request: Place & { id: string }): Promise<void>;
  /** The newest complete one. */
  newest(place: Place): Promise<Snapshot | null>;
  /** What a restore would lose now. Changes nothing. */
  loss(request: Place & { id: string }): Promise<Loss>;
  /** The newest restore that ended, unless an upgrade has taken the environment since; null: none has. */
  restored(place: Place): Promise<{ readonly snapshot: string; readonly at: string } | null>;
}

export interface Snapshot {
  readonly id: string;
  readonly environment: string;
  readonly release: string;
  /** Of the hold it was taken under; null when an older program has taken it. */
  readonly token: number | null;
  /** ISO 8601 UTC. For people: clocks are set back. */
  readonly takenAt: string;
  readonly modules: number;
  /** Rows of application data. */
  readonly rows: number;
  /** SHA-256 over everything that it holds. */
  readonly digest: string;
}

export interface RestoreReport {
  readonly snapshot: string;
  readonly release: string;
  readonly modules: number;
  readonly rows: number;
  readonly lost: Loss;
  /** A copy of the application data as it was before, below the data folder; null: nothing was lost. */
  readonly kept: string | null;
}

/** What was written since a snapshot and goes with a restore; the span is what it was written in. */
export interface Loss {
  /** Of users: none while the door has been closed since before the snapshot. */
  readonly rows: number;
  readonly from: string;
  readonly to: string;
  /** Written behind the closed door, by checks and by people who test. */
  readonly behindTheDoor: number;
}
