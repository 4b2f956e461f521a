/** Maintenance windows: a step that touches an environment starts only where it fits. A rollback never comes here. */
import { ApplicationFailure, condition } from '@temporalio/workflow';
import type { EnvironmentDecisions } from '../../domain/infrastructurePlan.js';
import { nextOpening } from '../activities.js';
import type { UpgradeRun } from './upgradeRun.js';

/**
 * Waits until `work` milliseconds fit before the window closes; at once where the environment has no windows. When that is, is
 * asked of an activity: the answer depends on the machine's time zone data, and is history then.
 */
export async function withinWindow(run: UpgradeRun, plan: EnvironmentDecisions, work: number): Promise<void> {
  const { name, windows, freezes } = plan;
  for (;;) {
    await run.clear();
    const { opens } = await nextOpening.executeWithOptions({ summary: `when may ${name} be touched?` }, [
      { windows, freezes, now: Date.now(), work },
    ]);
    if (opens === null) {
      throw ApplicationFailure.nonRetryable(
        `No window of ${name} is long enough for ${Math.ceil(work / 60_000)} minutes: make a plan with a longer one`,
        'WINDOW_TOO_SHORT',
      );
    }
    const wait = opens - Date.now();
    if (wait <= 0) return;
    const at = new Date(opens).toISOString();
    run.step('window', `opens ${at}`);
    await condition(run.stopped, wait, { summary: `until the window opens, ${at}` });
  }
}
