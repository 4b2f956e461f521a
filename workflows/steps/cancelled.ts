/** What somebody cancelled on the way. */
import { rejected } from '../parts/approval.js';
import type { UpgradeRun } from '../parts/upgradeRun.js';

/** What somebody cancelled is gone on with when somebody says so. */
export async function goingOn(run: UpgradeRun, what: string): Promise<void> {
  const asks = [`${what} was cancelled. Send retry to go on with what is left; reject ends the upgrade`];
  const outcome = await run.open('applications', asks, { canRetry: true, repair: true });
  if (outcome.kind === 'rejected') throw rejected(run, 'applications', outcome);
}
