/** Server: front ends one after the other, out of traffic, so that the others serve; then the parts that count as one server with them. */
import {
  frontEndsLeft,
  installFrontEnd,
  installPart,
  letBackIntoTraffic,
  putBackIntoTraffic,
  takeOutOfTraffic,
} from '../activities.js';
import { repairable } from '../parts/repairable.js';
import { undoing } from '../parts/undo.js';
import type { UpgradeRun } from '../parts/upgradeRun.js';
import type { StepContext } from './context.js';

/** Asks only when the server step has failed; no plan decides about it. */
const serverGate = 'server';

/**
 * Front ends one after the other, so that the others serve; then the parts that count as one server with them (SELF-01). Gives the
 * milliseconds for which no other served.
 */
export async function upgradeServer(run: UpgradeRun, context: StepContext): Promise<number> {
  const { place, plan, expected, within, hold: token } = context;
  const release = plan.to;
  await within('server', expected.server ?? 0);
  const began = Date.now();
  const left = await frontEndsLeft.executeWithOptions({ summary: 'which front ends are left?' }, [
    { ...place, frontEnds: plan.frontEnds, release },
  ]);
  for (const frontEnd of left) {
    await repairable(run, serverGate, () => replaceFrontEnd(context, frontEnd));
  }
  const downtime = plan.frontEnds.length === 1 && left.length === 1 ? Date.now() - began : 0;
  for (const part of ['server', 'service center', 'system components'] as const) {
    await repairable(run, serverGate, async () => {
      await within('server', 0);
      await installPart.executeWithOptions({ summary: `${part} to ${release}` }, [{ ...place, part, release, token }]);
    });
  }
  return downtime;
}

/** One that does not come up, or is cancelled on the way, gets requests again as soon as it serves: others may wait for it. */
async function replaceFrontEnd({ place, plan, within, hold: token }: StepContext, frontEnd: string): Promise<void> {
  const request = { ...place, frontEnd, token };
  const release = plan.to;
  await within('server', 0);
  await undoing(async (undo) => {
    undo(() => letBackIntoTraffic.executeWithOptions({ summary: `${frontEnd} back into traffic` }, [request]));
    await takeOutOfTraffic.executeWithOptions({ summary: `${frontEnd} out of traffic` }, [request]);
    await installFrontEnd.executeWithOptions(
      { activityId: `install-${frontEnd}`, summary: `${frontEnd} to ${release}` },
      [{ ...request, release }],
    );
    await putBackIntoTraffic.executeWithOptions({ summary: `${frontEnd} back into traffic` }, [request]);
  });
}
