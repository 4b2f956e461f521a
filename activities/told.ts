/** What people, or programs of a site, tell of the steps they do, kept where the next one looks for it. Keys: what is told, and by whom. */
import { reported } from '../contract/reported.js';
import type { Place } from '../domain/infrastructure/place.js';
import type { HotPoint } from '../port/checks.js';
import { type Backup, backedUp } from '../store/backups.js';
import { type ReleasedPart, recordRelease } from '../store/describedEnvironments.js';
import { recordFailed } from '../store/modules.js';
import { loadPlan } from '../store/plans.js';
import { attemptProgress, beating, explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';
import { keepEvidence } from './evidence.js';
import { environmentOf } from './planToFollow.js';

interface ToldServer extends Place {
  readonly parts: readonly ReleasedPart[];
  readonly release: string;
  readonly by: string;
  /** The workflow's clock, milliseconds since 1970. */
  readonly now: number;
}

interface ToldPreparation extends Place {
  readonly release: string;
  /** By name. */
  readonly failed: readonly string[];
}

interface Checked {
  readonly failures: number;
  /** At most ten. */
  readonly failed: readonly HotPoint[];
}

const shown = 10;

export const toldActivities = ({ platform, store }: Dependencies) => ({
  /** From now on these parts are on the release, as somebody says (SELF-01). */
  recordServer: explained(async ({ parts, now, ...said }: ToldServer): Promise<void> => {
    for (const part of parts) await recordRelease(store, { ...said, part, at: new Date(now).toISOString() });
  }),

  /** What a rollback goes back to. */
  recordBackup: explained(
    async ({ environment, upgrade, backup }: Place & { upgrade: string; backup: Backup }): Promise<void> => {
      await keepEvidence(store, { upgrade, environment, name: backedUp, payload: backup });
    },
  ),

  /** Of the listed modules these failed and the others are prepared; without a list nothing is known of any. */
  recordPreparation: explained((told: ToldPreparation): Promise<void> => recordFailed(store, told)),

  /** The hot points of the plan of this hash, asked for at the address of the environment. Reads only. */
  checkHotPoints: explained(async ({ plan, ...place }: Place & { plan: string }): Promise<Checked> => {
    const { signal } = attemptProgress();
    const { hotPoints } = environmentOf(await loadPlan(store, plan), place.environment);
    const points = await beating({ checking: place.environment }, () =>
      platform.pages.hotPoints(place, hotPoints, signal),
    );
    const failed = points.filter(({ ok }) => !ok);
    return reported({ failures: failed.length, failed: failed.slice(0, shown) });
  }),
});
