/** Driving Deploy All as its workflow does: the next modules until nothing is left, then closed. */
import { embeddedDeployment } from '../../platform/embedded/deployment/deployment.js';
import type { DeploymentReport } from '../../port/deployment.js';
import { quiet, type TinyEnvironment } from './tinyFactory.js';

export async function deploy(
  { context, environment }: TinyEnvironment,
  { claimedBy = 'test', solution = false } = {},
): Promise<DeploymentReport> {
  const deployment = embeddedDeployment(context);
  const { id } = await deployment.open({ environment, requestedBy: 'test', solution });
  for (;;) {
    const turn = await deployment.deployNext({ deployment: id, claimedBy }, quiet);
    if (turn.kind === 'nothing left') return deployment.close({ deployment: id });
    if (turn.kind === 'waiting') throw new Error(`${turn.left} modules wait for somebody else`);
  }
}

/** Each module of a deployment with how it ended: `deployed`, or its state and the reason. */
export async function itemsOf(
  { context }: TinyEnvironment,
  { deployment }: DeploymentReport,
): Promise<Record<string, string>> {
  const rows = await context.database
    .selectFrom('deployment_items')
    .select(['module', 'state', 'reason'])
    .where('deployment', '=', deployment)
    .execute();
  return Object.fromEntries(
    rows.map(({ module, state, reason }) => [module, reason === null ? state : `${state}: ${reason}`]),
  );
}
