/** Snapshots as an upgrade takes them and a rollback restores them, under their holds. */
import type { Progress } from '../../port/progress.js';
import type { RestoreReport, Snapshot } from '../../port/snapshots.js';
import { applicationData, held, type KeptEnvironment, platformData } from './keptEnvironment.js';
import { environment } from './serving.js';
import { newer, quiet } from './tinyFactory.js';

export const id = 'acme#1';

/** Takes a snapshot as an upgrade does, under its hold. */
export async function taken(tiny: Pick<KeptEnvironment, 'platform' | 'environment'>, name = id): Promise<Snapshot> {
  const { token } = await held(tiny, 'upgrade');
  return tiny.platform.snapshots.take({ environment, id: name, token }, quiet);
}

/** Restores it as a rollback does, under its hold. */
export async function restored(tiny: KeptEnvironment, progress: Progress = quiet, name = id): Promise<RestoreReport> {
  const { token } = await held(tiny, 'rollback');
  return tiny.platform.snapshots.restore({ environment, id: name, token }, progress);
}

/** Everything a restore may write, to see that nothing was. */
export async function everything(tiny: KeptEnvironment): Promise<string> {
  const locks = await tiny.context.database.selectFrom('locks').selectAll().execute();
  return JSON.stringify([await platformData(tiny), applicationData(tiny.data), locks]);
}

/** Server, Service Center and System Components on the newer release, its modules pending. */
export async function upgradeServer({ context, platform }: KeptEnvironment): Promise<void> {
  const { token } = await held({ platform, environment }, 'upgrade');
  for (const { name: frontEnd } of await context.database.selectFrom('front_ends').select('name').execute()) {
    await platform.server.installFrontEnd({ environment, frontEnd, release: newer, token }, quiet);
  }
  for (const part of ['server', 'service center', 'system components'] as const) {
    await platform.server.install({ environment, part, release: newer, token }, quiet);
  }
}

export async function prepareAndDeploy({ platform }: KeptEnvironment): Promise<void> {
  const preparation = await platform.preparation.open({ environment, requestedBy: 'test' });
  for (;;) {
    const turn = await platform.preparation.prepareNextGroup({ preparation: preparation.id, claimedBy: 'lane' }, quiet);
    if (turn.kind === 'nothing pending') break;
  }
  await platform.preparation.close({ preparation: preparation.id });
  const deployment = await platform.deployment.open({ environment, requestedBy: 'test' });
  for (;;) {
    const turn = await platform.deployment.deployNext({ deployment: deployment.id, claimedBy: 'lane' }, quiet);
    if (turn.kind === 'nothing left') break;
  }
  await platform.deployment.close({ deployment: deployment.id });
}
