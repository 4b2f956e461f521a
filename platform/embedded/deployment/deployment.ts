/** Deploy All of the embedded platform: a few modules at a time, to every front end (DEP-01…06). */
import { deploymentStatus } from '../../../domain/modules/deployment.js';
import type { DeploymentReport, DeployTurn, DrivenDeployment } from '../../../port/deployment.js';
import type { Progress } from '../../../port/progress.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction, nowText, type PlatformTransaction } from '../database.js';
import { underLease } from '../lease.js';
import { assertLocked, releaseLocks } from '../locks.js';
import type { Own } from '../own.js';
import { abandonItems, claimItems, executionOf, type ItemClaim } from './claim.js';
import { deployModules } from './deployModules.js';
import { keepWhatRuns } from './drift.js';
import { itemCounts } from './items.js';
import { openDeployment } from './open.js';
import { readDeploymentReport } from './report.js';

export function embeddedDeployment(context: EmbeddedContext): Own<DrivenDeployment> {
  return {
    open: (request) => openDeployment(context, request),
    deployNext: (request, progress) => deployNext(context, request, progress),
    release: ({ deployment, claimedBy }) =>
      inTransaction(context.database, (transaction) =>
        abandonItems(transaction, deployment, claimedBy === undefined ? { all: true } : { claimedBy }),
      ),
    close: (request) => closeDeployment(context, request),
    report: (deployment) => readDeploymentReport(context, deployment),
    running: async ({ environment }) => {
      const row = await context.database
        .selectFrom('deployments')
        .select('id')
        .where('environment', '=', environment)
        .where('status', '=', 'running')
        .executeTakeFirst();
      return row?.id ?? null;
    },
  };
}

async function deployNext(
  context: EmbeddedContext,
  request: Parameters<DrivenDeployment['deployNext']>[0],
  progress: Progress,
): Promise<DeployTurn> {
  const claim = await claimItems(context, request);
  if (claim.kind !== 'claimed') return claim;
  const { environment, token, modules } = claim;
  const held = { environment, token, modules, what: `The deployment of ${modules.length} modules` };
  await underLease(context, held, progress, {
    work: (signal) => deployModules(context, claim, signal),
    giveUp: () => giveUpItems(context, claim),
  });
  const { deployed, failed, pending, deploying } = await itemCounts(context.database, request.deployment);
  return { kind: 'deployed', deployed, failed, left: pending + deploying };
}

/** What it was rolling out has been taken back by the rollout itself. */
async function giveUpItems({ database }: EmbeddedContext, { deployment, token, modules }: ItemClaim): Promise<void> {
  await inTransaction(database, async (transaction) => {
    await assertLocked(transaction, token);
    await transaction
      .updateTable('deployment_items')
      .set({ state: 'pending' })
      .where('deployment', '=', deployment)
      .where('module', 'in', modules)
      .where('state', '=', 'deploying')
      .execute();
    await releaseLocks(transaction, token);
  });
}

async function closeDeployment(
  context: EmbeddedContext,
  { deployment, stopped = false }: { deployment: number; stopped?: boolean },
): Promise<DeploymentReport> {
  await inTransaction(context.database, (transaction) => endDeployment(transaction, deployment, stopped));
  return readDeploymentReport(context, deployment);
}

/** Without effect on one that has ended, or that still has something to do and is not `stopped`. */
export async function endDeployment(
  transaction: PlatformTransaction,
  deployment: number,
  stopped: boolean,
): Promise<void> {
  const { status } = await executionOf(transaction, deployment);
  if (status !== 'running') return;
  await abandonItems(transaction, deployment, { all: stopped });
  const { deployed, failed, pending, deploying } = await itemCounts(transaction, deployment);
  const left = pending + deploying;
  if (left > 0 && !stopped) return;
  await keepWhatRuns(transaction, deployment);
  await transaction
    .updateTable('deployments')
    .set({ status: stopped ? 'stopped' : goodOrBad(deploymentStatus({ deployed, failed, left })), ended_at: nowText })
    .where('id', '=', deployment)
    .execute();
}

/** Nothing to deploy is a good end (DEP-02); that nothing was is in the counts. */
function goodOrBad(status: ReturnType<typeof deploymentStatus>): 'finished' | 'finished with errors' {
  return status === 'nothing to deploy' ? 'finished' : status;
}
