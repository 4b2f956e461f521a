/** Modules preparation, group by group. */
import type { Place } from '../domain/infrastructure/place.js';
import type { MeanTimes } from '../domain/modules/meanTimes.js';
import type { ModuleName } from '../domain/modules/module.js';
import type { Progress } from './progress.js';

/** Preparation that Uplift drives: it claims groups, compiles and records (PREP-01…12). */
export interface DrivenPreparation {
  /**
   * Joins the running one of the same release (PREP-12); else starts one over failed ∪ skipped ∪ never started (PREP-08), or over
   * `everything` that was ever published (APPS-02): once for each `upgrade`, which goes on with what is left of it. A running one that
   * was opened for less is widened. Refused with `ENVIRONMENT_HELD`, in the same transaction, when it is `unattended` and an upgrade or
   * a rollback holds the environment.
   */
  open(
    request: Place & {
      release?: string;
      requestedBy: string;
      everything?: boolean;
      unattended?: boolean;
      upgrade?: string;
    },
  ): Promise<OpenPreparation>;
  /** Claims the next group, compiles it and records the verdicts. Key: `claimedBy`, whose own claim is taken over at once. */
  prepareNextGroup(
    request: { preparation: number; claimedBy: string; unattended?: boolean },
    progress: Progress,
  ): Promise<Turn>;
  /** Frees every claim of `claimedBy` or, without one, of the whole preparation. */
  release(request: { preparation: number; claimedBy?: string }): Promise<void>;
  /** Ends it and reports; a second call reports the same. `broken`: it was cancelled, or the step itself failed. */
  close(request: { preparation: number; broken?: 'stopped' | 'failed' }): Promise<PreparationReport>;
  report(preparation: number): Promise<PreparationReport>;
  /** The newest one; null before the first. */
  newest(place: Place): Promise<PreparationReport | null>;
}

export interface OpenPreparation {
  readonly id: number;
  readonly release: string;
  readonly joined: boolean;
  /** Groups at a time. */
  readonly lanes: number;
  readonly modules: number;
}

export type Turn =
  | {
      readonly kind: 'group';
      readonly group: number;
      readonly prepared: number;
      readonly failed: number;
      readonly skipped: number;
      readonly left: number;
    }
  /** Something is pending, but its producers are being prepared, published or held elsewhere. Milliseconds. */
  | { readonly kind: 'waiting'; readonly retryIn: number; readonly left: number }
  /** Unattended, and the environment is held meanwhile: `by` says by whom. It has to be closed, stopped. */
  | { readonly kind: 'held'; readonly by: string }
  | { readonly kind: 'nothing pending' };

export interface PreparationReport {
  readonly preparation: number;
  readonly environment: string;
  readonly release: string;
  /** What it was about: failed ∪ skipped ∪ never started, or all that was ever published. */
  readonly scope: 'unfinished' | 'everything';
  /** `failed`: the step itself, beside any module. */
  readonly status: 'running' | 'finished' | 'finished with errors' | 'stopped' | 'failed';
  readonly requestedBy: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly groups: number;
  readonly prepared: number;
  /** Of them those that this execution prepared itself: the others were before (PREP-09). */
  readonly preparedInIt: number;
  readonly failed: number;
  readonly skipped: number;
  readonly notApplicable: number;
  readonly left: number;
  /** 0 to 100, of the modules this preparation has to do. */
  readonly percent: number;
  /** Milliseconds; null until something was measured. */
  readonly timeLeft: number | null;
  /** Null while it runs, and of one that an older program has ended (PREP-15). */
  readonly meanTimes: MeanTimes | null;
  /** Up to ten of the failed modules, with the compiler's first message; `failed` says how many there are. */
  readonly failures: readonly { readonly module: ModuleName; readonly problem: string }[];
}
