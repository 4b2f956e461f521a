/** Whether an environment's applications work (TEST-01). Reads only. */

import { reported } from '../contract/reported.js';
import { isLeft } from '../domain/plan/remaining.js';
import type { HotPoint, NewError } from '../port/checks.js';
import { loadPlan } from '../store/plans.js';
import { attemptProgress, beating, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';
import { environmentOf } from './planToFollow.js';

export interface CheckRequest {
  readonly environment: string;
  /** Paths that have to answer: those of the plan of this hash, or these. */
  readonly hotPoints: { readonly plan: string } | readonly string[];
  /** ISO 8601 UTC, on the platform's clock. */
  readonly since: string;
  /** The release that its modules are to run. */
  readonly release: string;
}

export interface CheckResult {
  readonly checked: number;
  readonly failures: number;
  /** At most ten; `failures` counts all. */
  readonly failed: readonly HotPoint[];
  /** At most ten kinds. */
  readonly newErrors: readonly NewError[];
  /** Modules that do not run the release: what the checks met there is the former one (PLAN-04). */
  readonly outdated: number;
  /** Digest of what was deployed, before and after: what was tested. Null: it changed meanwhile. */
  readonly tested: string | null;
}

const shown = 10;

export const checkActivities = ({ platform, store }: Dependencies) => ({
  /** Digest of what is deployed now. */
  deployedDigest: explained(
    ({ environment }: { environment: string }): Promise<string> => platform.checks.deployed(environment),
  ),

  checkApplications: explained(
    async ({ environment, hotPoints, since, release }: CheckRequest): Promise<CheckResult> => {
      const { signal } = attemptProgress();
      const paths =
        'plan' in hotPoints ? environmentOf(await loadPlan(store, hotPoints.plan), environment).hotPoints : hotPoints;
      const before = await platform.checks.deployed(environment);
      const points = await beating({ checking: environment }, () =>
        platform.checks.hotPoints(environment, paths, signal),
      );
      const failed = points.filter(({ ok }) => !ok);
      const newErrors = await platform.checks.newErrors(environment, since);
      const modules = await platform.inventory.modules(environment);
      const after = await platform.checks.deployed(environment);
      return reported({
        checked: points.length,
        failures: failed.length,
        failed: failed.slice(0, shown),
        newErrors: newErrors.slice(0, shown),
        outdated: modules.filter((module) => isLeft(module, release)).length,
        tested: before === after ? after : null,
      });
    },
  ),
});
