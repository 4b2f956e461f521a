/** Whether an environment's applications work (TEST-01). Reads only. */
import type { HotPoint } from '../platform/port.js';
import { attemptProgress, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';

export interface CheckResult {
  readonly checked: number;
  /** At most ten; `checked` counts all. */
  readonly failed: readonly HotPoint[];
  readonly failures: number;
}

const shown = 10;

export const checkActivities = ({ platform }: Dependencies) => ({
  checkHotPoints: explained(async ({ environment }: { environment: string }): Promise<CheckResult> => {
    const points = await platform.checks.hotPoints(environment, attemptProgress().signal);
    const failed = points.filter(({ ok }) => !ok);
    return { checked: points.length, failed: failed.slice(0, shown), failures: failed.length };
  }),
});
