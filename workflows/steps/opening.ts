/** Letting users in again, once what was tested is approved (LIVE-01). */
import { providerOf } from '../../domain/infrastructure/provider.js';
import { openDoor } from '../activities.js';
import { done } from '../parts/deed.js';
import { repairable } from '../parts/repairable.js';
import type { UpgradeRun } from '../parts/upgradeRun.js';
import type { StepContext } from './context.js';

export async function letUsersIn(run: UpgradeRun, context: StepContext): Promise<void> {
  const { place, plan, hold: token } = context;
  run.step('opening');
  if (providerOf(plan, 'door').kind === 'embedded') {
    await repairable(run, 'opening', () =>
      openDoor.executeWithOptions({ summary: 'let users in' }, [{ ...place, token }]),
    );
  } else {
    await done(run, context, {
      ...{ capability: 'door', step: 'opening', subject: 'open', gate: 'opening', reason: 'LIVE-01' },
      title: `Let the users of ${place.environment} in`,
      instructions: ['Take the maintenance page away, and look from outside that users get in'],
      evidence: [{ name: 'since', kind: 'moment', required: true, description: 'Since when they get in' }],
      values: { action: 'open' },
    });
  }
  run.doorClosed(null);
}
