/** Opening Deploy All: joining the one that runs, or starting one over what is prepared and not deployed yet (DEP-02, DEP-05). */

import { UpliftError } from '../../../domain/errors.js';
import { deploymentDecision } from '../../../domain/modules/deployment.js';
import { compareVersions } from '../../../domain/releases/version.js';
import type { DrivenDeployment, OpenDeployment } from '../../../port/deployment.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction, nowText, type PlatformTransaction } from '../database.js';
import { assertHeldByNobody, assertUnsealed } from '../fence.js';
import type { Own } from '../own.js';
import { deployableModules, releaseOf } from './deployable.js';
import { itemCounts } from './items.js';

/** The first release that has Deploy All (VER-09). */
const firstWithDeployAll = '11.19.0';

type Request = Parameters<Own<DrivenDeployment>['open']>[0];
type Decided = Awaited<ReturnType<typeof decide>>;

/** Throws `DEPLOY_ALL_UNAVAILABLE` below 11.19.0, but for a solution, and `ENVIRONMENT_HELD`. */
export async function openDeployment(context: EmbeddedContext, request: Request): Promise<OpenDeployment> {
  const { environment, solution = false, unattended = false } = request;
  const release = await releaseOf(context.database, environment);
  if (!solution) assertDeployAll(environment, release);
  const decided = await decide(context, environment);
  return inTransaction(context.database, async (transaction) => {
    if (unattended) await assertHeldByNobody(transaction, environment);
    const running = await transaction
      .selectFrom('deployments')
      .select(['id', 'release'])
      .where('environment', '=', environment)
      .where('status', '=', 'running')
      .executeTakeFirst();
    await assertUnsealed(transaction, environment);
    if (running) await takeWhatIsNew(transaction, running.id, decided);
    const id = running?.id ?? (await startDeployment(transaction, request, release, decided));
    const { skipped, ...others } = await itemCounts(transaction, id);
    const modules = Object.values(others).reduce((sum, count) => sum + count, 0);
    return { id, release: running?.release ?? release, joined: running !== undefined, modules };
  });
}

function assertDeployAll(environment: string, release: string): void {
  if (compareVersions(release, firstWithDeployAll) >= 0) return;
  throw new UpliftError('DEPLOY_ALL_UNAVAILABLE', {
    what: `${environment} is on ${release}; Deploy All exists from ${firstWithDeployAll} on`,
    next: `uplift publish ${environment} MODULE, module by module`,
  });
}

/** A decision for every module: none is left out without a reason. */
async function decide(context: EmbeddedContext, environment: string) {
  const modules = await deployableModules(context, environment);
  return modules.map((module) => ({ module: module.name, decision: deploymentDecision(module) }));
}

async function startDeployment(
  transaction: PlatformTransaction,
  { environment, requestedBy }: Request,
  release: string,
  decided: Decided,
): Promise<number> {
  const { id } = await transaction
    .insertInto('deployments')
    .values({ environment, release, status: 'running', requested_by: requestedBy, started_at: nowText })
    .returning('id')
    .executeTakeFirstOrThrow();
  for (const { module, decision } of decided) {
    await transaction
      .insertInto('deployment_items')
      .values({ deployment: id, module, ...itemOf(decision) })
      .execute();
  }
  return id;
}

/** What was prepared since it was opened is deployed with it: whoever joins it wants all that is there now. */
async function takeWhatIsNew(transaction: PlatformTransaction, id: number, decided: Decided): Promise<void> {
  for (const { module, decision } of decided) {
    if (decision.kind === 'skip') continue;
    const item = itemOf(decision);
    await transaction
      .insertInto('deployment_items')
      .values({ deployment: id, module, ...item })
      .onConflict((conflict) =>
        conflict.columns(['deployment', 'module']).doUpdateSet(item).where('deployment_items.state', '=', 'skipped'),
      )
      .execute();
  }
}

function itemOf(decision: Decided[number]['decision']) {
  return decision.kind === 'skip'
    ? ({ state: 'skipped', reason: decision.reason } as const)
    : ({ state: 'pending', reason: null } as const);
}
