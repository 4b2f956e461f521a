/** Whether an environment's applications work (TEST-01). Reads only. */
import type { HotPoint, NewError } from '../platform/port.js';
import { attemptProgress, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';

export interface CheckResult {
  readonly checked: number;
  readonly failures: number;
  /** At most ten; `failures` counts all. */
  readonly failed: readonly HotPoint[];
  /** At most ten kinds. */
  readonly newErrors: readonly NewError[];
}

const shown = 10;

export const checkActivities = ({ platform }: Dependencies) => ({
  checkApplications: explained(
    async ({ environment, since }: { environment: string; since: string }): Promise<CheckResult> => {
      const points = await platform.checks.hotPoints(environment, attemptProgress().signal);
      const failed = points.filter(({ ok }) => !ok);
      const newErrors = await platform.checks.newErrors(environment, since);
      return {
        checked: points.length,
        failures: failed.length,
        failed: failed.slice(0, shown),
        newErrors: newErrors.slice(0, shown),
      };
    },
  ),
});
