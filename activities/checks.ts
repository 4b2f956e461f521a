/** Whether an environment's applications work (TEST-01). Reads only. */

import { reported } from '../contract/reported.js';

import type { Place } from '../domain/infrastructure/place.js';
import { countLeft } from '../domain/plan/remaining.js';

import type { HotPoint, NewError } from '../port/checks.js';
import { loadPlan } from '../store/plans.js';
import { attemptProgress, beating, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';
import { drivenAt } from './driven.js';
import { environmentOf } from './planToFollow.js';

export interface CheckRequest extends Place {
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
  /** Modules that do not run the release: what the checks met there is the former one (PLAN-04). Null: nobody can tell. */
  readonly outdated: number | null;
  /** Digest of what was deployed, before and after: what was tested. Null: it changed meanwhile. */
  readonly tested: string | null;
}

const shown = 10;

export const checkActivities = ({ platform, store }: Dependencies) => ({
  /** Digest of what is deployed now. */
  deployedDigest: explained(
    async (place: Place): Promise<string> => (await drivenAt(platform, place)).checks.deployed(place),
  ),

  checkApplications: explained(
    async ({ infrastructure, environment, hotPoints, since, release }: CheckRequest): Promise<CheckResult> => {
      const { signal } = attemptProgress();
      const place = { infrastructure, environment };
      const { checks } = await drivenAt(platform, place);
      const paths =
        'plan' in hotPoints ? environmentOf(await loadPlan(store, hotPoints.plan), environment).hotPoints : hotPoints;
      const before = await checks.deployed(place);
      const points = await beating({ checking: environment }, () => checks.hotPoints(place, paths, signal));
      const failed = points.filter(({ ok }) => !ok);
      const newErrors = await checks.newErrors(place, since);
      const modules = await platform.inventory.modules(place);
      const after = await checks.deployed(place);
      return reported({
        checked: points.length,
        failures: failed.length,
        failed: failed.slice(0, shown),
        newErrors: newErrors.slice(0, shown),
        outdated: countLeft(modules, release),
        tested: before === after ? after : null,
      });
    },
  ),
});
