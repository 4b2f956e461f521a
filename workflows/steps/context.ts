/** What every step of an environment's upgrade needs to know. */
import type { EnvironmentToDrive, ExpectedDurations } from '../../activities/planning.js';
import type { Place } from '../../domain/infrastructure/place.js';
import type { WithinWindow } from '../parts/window.js';

/** What the steps need to know; `hold` is the environment's token, under which every effect stands. */
/** From the start of its first step on; what needs a snapshot to compare with has `since` too. */
export type BegunContext = Omit<StepContext, 'since'>;

export interface StepContext {
  readonly place: Place;
  /** Its number. */
  readonly upgrade: string;
  /** Of the plan. */
  readonly hash: string;
  readonly plan: EnvironmentToDrive;
  readonly expected: ExpectedDurations;
  readonly within: WithinWindow;
  readonly hold: number;
  /** ISO 8601 UTC, on the platform's clock: errors logged from then on are looked at. */
  readonly since: string;
  readonly requestedBy: string;
}

export function applicationsOf({ place, requestedBy }: StepContext) {
  return { ...place, requestedBy };
}
