/** Maintenance windows: a step that touches an environment starts only where it fits. A rollback never comes here. */
import { ApplicationFailure, condition } from '@temporalio/workflow';
import type { EnvironmentToDrive } from '../../activities/planning.js';
import { nextOpening } from '../activities.js';
import { approved } from './approval.js';
import type { UpgradeRun } from './upgradeRun.js';

/**
 * Between effects: a pause holds here, a stop ends here, and where `work` milliseconds do not fit into the open window, the next one is
 * waited for. Then the run is in `step`.
 */
export type WithinWindow = (step: string, work: number) => Promise<void>;

/**
 * `whenClosed`: an environment that serves its users waits for its next window; behind a closed door people decide, for waiting keeps
 * users out. When a window is open, is asked of an activity once for each: the answer depends on the machine's time zone data, and is
 * history then.
 */
export function windowOf(
  run: UpgradeRun,
  { name, windows, freezes }: EnvironmentToDrive,
  whenClosed: 'wait' | 'ask people',
): WithinWindow {
  let closes = windows.length + freezes.length === 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;

  return async (step, work) => {
    run.step(step);
    for (;;) {
      await run.clear();
      if (Date.now() + work <= closes) return run.step(step);
      const opening = await nextOpening.executeWithOptions({ summary: `when may ${name} be touched?` }, [
        { windows, freezes, now: Date.now(), work },
      ]);
      if (opening.opens !== null && opening.opens <= Date.now()) {
        closes = opening.closes ?? Number.POSITIVE_INFINITY;
        run.closing(closes);
        return run.step(step);
      }
      if (whenClosed === 'ask people') {
        await approved(run, 'window', closedDoorAsks(name, step, opening.opens), { about: [step] });
        closes = Number.POSITIVE_INFINITY;
        run.closing(closes);
      } else {
        await opened(run, name, opening.opens, work);
      }
    }
  };
}

async function opened(run: UpgradeRun, name: string, opens: number | null, work: number): Promise<void> {
  if (opens === null) {
    throw ApplicationFailure.nonRetryable(
      `No window of ${name} is long enough for ${Math.ceil(work / 60_000)} minutes: make a plan with a longer one`,
      'WINDOW_TOO_SHORT',
    );
  }
  const at = new Date(opens).toISOString();
  run.step('window', `opens ${at}`);
  await condition(run.stopped, opens - Date.now(), { summary: `until the window opens, ${at}` });
}

function closedDoorAsks(name: string, step: string, opens: number | null): string[] {
  const next = opens === null ? 'No other is long enough' : `The next opens ${new Date(opens).toISOString()}`;
  return [
    `The window of ${name} has no time left for the step ${step}, and users are kept out. ${next}`,
    'Approve to go on outside the window; or send rollback, which loses nothing that users wrote',
  ];
}
