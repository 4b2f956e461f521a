/** Keeping users out until what was tested is approved (LIVE-01). */
import { workflowInfo } from '@temporalio/workflow';
import { providerOf } from '../../domain/infrastructure/provider.js';
import { closeDoor, openDoor } from '../activities.js';
import { done } from '../parts/deed.js';
import type { UpgradeRun } from '../parts/upgradeRun.js';
import type { BegunContext } from './context.js';

/** `until`: when users are expected back, milliseconds since 1970. */
export async function keepUsersOut(run: UpgradeRun, context: BegunContext, until: number): Promise<void> {
  const { place, plan, upgrade, hold: token } = context;
  const { environment } = place;
  const began = Date.now();
  const reason = `${upgrade} brings ${environment} to ${plan.to}`;
  const back = new Date(until).toISOString();
  if (providerOf(plan, 'door').kind === 'embedded') {
    await closeDoor.executeWithOptions({ summary: 'keep users out' }, [{ ...place, token, reason, until: back }]);
  } else {
    await done(run, context, {
      ...{ capability: 'door', step: 'closing', subject: 'close', gate: 'closing', reason: 'LIVE-01' },
      title: `Keep the users of ${environment} out`,
      instructions: [
        `Show them the maintenance page of the site: ${reason}; they are expected back at ${back}`,
        'Wait until nobody works there any more, and look from outside that nobody gets in',
      ],
      evidence: [{ name: 'since', kind: 'moment', required: true, description: 'Since when nobody gets in' }],
      values: { action: 'close' },
    });
  }
  run.doorClosed({ since: new Date(began).toISOString(), closedBy: workflowInfo().workflowId, reason });
}

/** The undo of `keepUsersOut` when something else failed before anything changed: of people, what they have closed they open themselves. */
export async function letUsersBack({ place, plan, hold: token }: BegunContext): Promise<void> {
  if (providerOf(plan, 'door').kind !== 'embedded') return;
  await openDoor.executeWithOptions({ summary: 'let users in again, if this run kept them out' }, [
    { ...place, token, onlyOwn: true },
  ]);
}
