/**
 * Server: front ends one after the other, out of traffic, so that the others serve; then the parts that count as one server with them.
 * Where no platform is driven the controller goes first: it upgrades what the front ends connect to.
 */
import { providerOf } from '../../domain/infrastructure/provider.js';
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
import { serverGate, toldController, toldFrontEnd, toldTraffic } from './toldServer.js';

/** Gives the milliseconds for which no front end served (SELF-01). */
export async function upgradeServer(run: UpgradeRun, context: StepContext): Promise<number> {
  const { plan, expected, within } = context;
  await within('server', expected.server ?? 0);
  const driven = providerOf(plan, 'installer').kind === 'embedded';
  if (!driven) await toldController(run, context);
  const downtime = await replaceFrontEnds(run, context);
  if (driven) await installParts(run, context);
  return downtime;
}

async function replaceFrontEnds(run: UpgradeRun, context: StepContext): Promise<number> {
  const { place, plan } = context;
  const leftOf = (frontEnds: readonly string[]) =>
    frontEndsLeft.executeWithOptions({ summary: 'which front ends are left?' }, [
      { ...place, frontEnds, release: plan.to },
    ]);
  const left = await leftOf(plan.frontEnds);
  const began = Date.now();
  for (const frontEnd of left) {
    let attempts = 0;
    await repairable(run, serverGate, async () => {
      // Whoever repaired it may have brought it there.
      if (attempts++ > 0 && (await leftOf([frontEnd])).length === 0) return;
      await replaceFrontEnd(run, context, frontEnd);
    });
  }
  return plan.frontEnds.length === 1 && left.length === 1 ? Date.now() - began : 0;
}

/** One that does not come up, or is cancelled on the way, gets requests again as soon as it serves: others may wait for it. */
async function replaceFrontEnd(run: UpgradeRun, context: StepContext, frontEnd: string): Promise<void> {
  await context.within('server', 0);
  await undoing(async (undo) => {
    undo(() => letBack(context, frontEnd));
    await moveTraffic(run, context, frontEnd, 'out');
    await install(run, context, frontEnd);
    await moveTraffic(run, context, frontEnd, 'in');
  });
}

/** What people, or a program, have taken out of traffic stays out: the gate says so. */
async function letBack({ place, plan, hold: token }: StepContext, frontEnd: string): Promise<void> {
  if (providerOf(plan, 'traffic').kind !== 'embedded') return;
  await letBackIntoTraffic.executeWithOptions({ summary: `${frontEnd} back into traffic` }, [
    { ...place, frontEnd, token },
  ]);
}

async function moveTraffic(
  run: UpgradeRun,
  context: StepContext,
  frontEnd: string,
  action: 'out' | 'in',
): Promise<void> {
  const { place, plan, hold: token } = context;
  if (providerOf(plan, 'traffic').kind !== 'embedded') return toldTraffic(run, context, frontEnd, action);
  const request = { ...place, frontEnd, token };
  switch (action) {
    case 'out':
      return takeOutOfTraffic.executeWithOptions({ summary: `${frontEnd} out of traffic` }, [request]);
    case 'in':
      return putBackIntoTraffic.executeWithOptions({ summary: `${frontEnd} back into traffic` }, [request]);
  }
}

async function install(run: UpgradeRun, context: StepContext, frontEnd: string): Promise<void> {
  const { place, plan, hold: token } = context;
  const release = plan.to;
  if (providerOf(plan, 'installer').kind !== 'embedded') return toldFrontEnd(run, context, frontEnd);
  await installFrontEnd.executeWithOptions(
    { activityId: `install-${frontEnd}`, summary: `${frontEnd} to ${release}` },
    [{ ...place, frontEnd, release, token }],
  );
}

async function installParts(run: UpgradeRun, context: StepContext): Promise<void> {
  const { place, plan, within, hold: token } = context;
  const release = plan.to;
  for (const part of ['server', 'service center', 'system components'] as const) {
    await repairable(run, serverGate, async () => {
      await within('server', 0);
      await installPart.executeWithOptions({ summary: `${part} to ${release}` }, [{ ...place, part, release, token }]);
    });
  }
}
