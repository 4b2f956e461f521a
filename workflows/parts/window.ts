/** Maintenance windows: a step that touches an environment starts only where it fits. A rollback never comes here. */
import { ApplicationFailure, sleep } from '@temporalio/workflow';
import type { EnvironmentDecisions } from '../../domain/infrastructurePlan.js';
import { nextFit } from '../../domain/window.js';
import type { UpgradeRun } from './upgradeRun.js';

/** Waits until `work` milliseconds fit before the window closes; at once where the environment has no windows. */
export async function withinWindow(run: UpgradeRun, plan: EnvironmentDecisions, work: number): Promise<void> {
  for (;;) {
    await run.clear();
    const opens = nextFit(plan.windows, plan.freezes, Date.now(), work);
    if (opens === undefined) {
      throw ApplicationFailure.nonRetryable(
        `No window of ${plan.name} is long enough for ${Math.ceil(work / 60_000)} minutes: make a plan with a longer one`,
        'WINDOW_TOO_SHORT',
      );
    }
    const wait = opens - Date.now();
    if (wait <= 0) return;
    run.step('window', `opens ${new Date(opens).toISOString()}`);
    await sleep(wait, { summary: `until the window opens, ${new Date(opens).toISOString()}` });
  }
}
