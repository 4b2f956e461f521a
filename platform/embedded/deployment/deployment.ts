/** Deploy All of the embedded platform: a few modules at a time, to every front end (DEP-01…06). */
import { deploymentDecision } from '../../../domain/deployment.js';
import { UpliftError } from '../../../domain/errors.js';
import type { ModuleName } from '../../../domain/module.js';
import { compareVersions } from '../../../domain/version.js';
import type { DeployTurn, DrivenDeployment, OpenDeployment, Progress } from '../../port.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction, nowText, type PlatformDatabase, type PlatformTransaction } from '../database.js';
import { materialiseInstance, plannedInstances } from '../instances.js';
import { assertLocked, countRefusedWrite, heldLocks, isFenced, releaseLocks, renewLocks, takeLocks } from '../locks.js';
import { readModules } from '../moduleGraph.js';
import { type RolloutResult, rollOut } from '../rollout.js';
import { itemCounts } from './items.js';
import { readDeploymentReport } from './report.js';

/** The first release that has Deploy All (VER-09). */
const firstWithDeployAll = '11.19.0';

/** How long to wait when what is left is locked by others, in milliseconds. A publish takes about that long. */
const waitForOthers = 1_000;

export function embeddedDeployment(context: EmbeddedContext): DrivenDeployment {
  return {
    open: (request) => openDeployment(context, request),
    deployNext: (request, progress) => deployNext(context, request, progress),
    release: ({ deployment, claimedBy }) =>
      inTransaction(context.database, async (transaction) => {
        await abandonItems(transaction, await environmentOf(transaction, deployment), deployment, claimedBy ?? 'all');
      }),
    close: (request) => closeDeployment(context, request),
    report: (deployment) => readDeploymentReport(context, deployment),
  };
}

async function openDeployment(
  context: EmbeddedContext,
  { environment, requestedBy, solution = false }: Parameters<DrivenDeployment['open']>[0],
): Promise<OpenDeployment> {
  const { database } = context;
  const { server_release: release } = await database
    .selectFrom('environments')
    .select('server_release')
    .where('name', '=', environment)
    .executeTakeFirstOrThrow();
  if (!solution && compareVersions(release, firstWithDeployAll) < 0) {
    throw new UpliftError('DEPLOY_ALL_UNAVAILABLE', {
      what: `${environment} is on ${release}; Deploy All exists from ${firstWithDeployAll} on`,
      next: `uplift publish ${environment} MODULE, module by module`,
    });
  }
  const decisions = await decide(context, environment);
  return inTransaction(database, async (transaction) => {
    const running = await transaction
      .selectFrom('deployments')
      .select('id')
      .where('environment', '=', environment)
      .where('status', '=', 'running')
      .executeTakeFirst();
    const id = running?.id ?? (await startDeployment(transaction, { environment, release, requestedBy, decisions }));
    const items = await transaction
      .selectFrom('deployment_items')
      .select('state')
      .where('deployment', '=', id)
      .execute();
    return {
      id,
      release,
      joined: running !== undefined,
      modules: items.filter(({ state }) => state !== 'skipped').length,
    };
  });
}

interface Decided {
  readonly module: ModuleName;
  readonly skip: string | null;
}

/** Every module, with the reason why it is left out or null (DEP-02): none is left out without one. */
export async function decide(context: EmbeddedContext, environment: string): Promise<readonly Decided[]> {
  const factory = await readModules(context.database, environment);
  const planned = await plannedInstances(context, factory);
  const deployed = await context.database
    .selectFrom('deployed_modules')
    .selectAll()
    .where('environment', '=', environment)
    .execute();
  const deployedBy = new Map(deployed.map((row) => [row.module, row]));
  return [...factory.modules.values()].map((row) => {
    const decision = deploymentDecision({
      name: row.name,
      state: row.state,
      instance: planned.get(row.name)?.id,
      deployedInstance: deployedBy.get(row.name)?.instance,
    });
    return { module: row.name, skip: decision.kind === 'skip' ? decision.reason : null };
  });
}

async function startDeployment(
  transaction: PlatformTransaction,
  {
    environment,
    release,
    requestedBy,
    decisions,
  }: { environment: string; release: string; requestedBy: string; decisions: readonly Decided[] },
): Promise<number> {
  const { id } = await transaction
    .insertInto('deployments')
    .values({ environment, release, status: 'running', requested_by: requestedBy, started_at: nowText })
    .returning('id')
    .executeTakeFirstOrThrow();
  for (const { module, skip } of decisions) {
    await transaction
      .insertInto('deployment_items')
      .values({ deployment: id, module, state: skip === null ? 'pending' : 'skipped', reason: skip })
      .execute();
  }
  return id;
}

async function deployNext(
  context: EmbeddedContext,
  request: { deployment: number; claimedBy: string },
  progress: Progress,
): Promise<DeployTurn> {
  const claim = await claimItems(context, request);
  if (claim.kind !== 'claimed') return claim;
  const { environment, token, modules } = claim;
  const renewal = setInterval(() => {
    progress.heartbeat({ modules: modules.slice(0, 8) });
    renewLocks(context.database, token, context.settings.lease).catch(() => undefined); // the lease decides
  }, context.settings.lease / 5);
  try {
    const results = await deployModules(context, { environment, token, modules }, progress);
    await inTransaction(context.database, (transaction) =>
      recordItems(transaction, request.deployment, token, results),
    );
  } catch (error) {
    if (!isFenced(error)) throw error;
    await countRefusedWrite(context.database, { environment, module: modules[0] ?? '', token, what: 'deployment' });
    throw new UpliftError(
      'FENCED',
      {
        what: `The deployment of ${modules.length} modules under token ${token} was refused: its lease is over, others took the modules over`,
      },
      { cause: error },
    );
  } finally {
    clearInterval(renewal);
  }
  const counts = await itemCounts(context.database, request.deployment);
  return {
    kind: 'deployed',
    deployed: counts.deployed,
    failed: counts.failed,
    left: counts.pending + counts.deploying,
  };
}

interface ItemClaim {
  readonly kind: 'claimed';
  readonly environment: string;
  readonly token: number;
  readonly modules: readonly ModuleName[];
}

async function claimItems(
  { database, settings }: EmbeddedContext,
  { deployment, claimedBy }: { deployment: number; claimedBy: string },
): Promise<ItemClaim | Exclude<DeployTurn, { kind: 'deployed' }>> {
  return inTransaction(database, async (transaction) => {
    const { status, environment } = await transaction
      .selectFrom('deployments')
      .selectAll()
      .where('id', '=', deployment)
      .executeTakeFirstOrThrow();
    if (status !== 'running') return { kind: 'nothing left' };
    await abandonItems(transaction, environment, deployment, claimedBy);
    const pending = await transaction
      .selectFrom('deployment_items')
      .select(['module', 'state'])
      .where('deployment', '=', deployment)
      .where('state', 'in', ['pending', 'deploying'])
      .orderBy('module')
      .execute();
    if (pending.length === 0) return { kind: 'nothing left' };
    const locked = await heldLocks(transaction, environment);
    const modules = pending
      .filter(({ module, state }) => state === 'pending' && !locked.has(module))
      .map(({ module }) => module)
      .slice(0, settings.deployModules);
    if (modules.length === 0) return { kind: 'waiting', retryIn: waitForOthers, left: pending.length };
    const token = await takeLocks(transaction, {
      environment,
      modules,
      operation: 'Modules deployment',
      holder: 'Deployment Service',
      claimedBy,
      lease: settings.lease,
    });
    await transaction
      .updateTable('deployment_items')
      .set({ state: 'deploying', started_at: nowText })
      .where('deployment', '=', deployment)
      .where('module', 'in', modules)
      .execute();
    return { kind: 'claimed', environment, token, modules };
  });
}

/** What is `deploying` without a lock that holds, or under this holder's own one, is pending again. */
async function abandonItems(
  transaction: PlatformTransaction,
  environment: string,
  deployment: number,
  claimedBy: string,
): Promise<void> {
  await transaction
    .deleteFrom('locks')
    .where('environment', '=', environment)
    .where('operation', '=', 'Modules deployment')
    .where((eb) => (claimedBy === 'all' ? eb.lit(true) : eb('claimed_by', '=', claimedBy)))
    .execute();
  const held = await heldLocks(transaction, environment);
  const mine = [...held.values()]
    .filter(({ operation }) => operation === 'Modules deployment')
    .map(({ module }) => module);
  await transaction
    .updateTable('deployment_items')
    .set({ state: 'pending' })
    .where('deployment', '=', deployment)
    .where('state', '=', 'deploying')
    .where('module', 'not in', mine)
    .execute();
}

/** Plans again what would run, for publishes may have come in between; what cannot run any more keeps its reason. */
async function deployModules(
  context: EmbeddedContext,
  { environment, token, modules }: { environment: string; token: number; modules: readonly ModuleName[] },
  progress: Progress,
): Promise<ReadonlyMap<ModuleName, RolloutResult>> {
  const planned = await plannedInstances(context, await readModules(context.database, environment));
  const results = new Map<ModuleName, RolloutResult>();
  const ready = new Map<ModuleName, NonNullable<ReturnType<typeof planned.get>>>();
  for (const module of modules) {
    const instance = planned.get(module);
    if (!instance)
      results.set(module, {
        kind: 'failed',
        reason: 'it or a producer of it is no longer prepared: uplift prepare, then uplift deploy',
      });
    else if (await canMaterialise(context, planned, module, results)) ready.set(module, instance);
  }
  const rolledOut = await rollOut(
    context,
    { environment, token, by: 'Deployment Service', modules: ready },
    progress.signal,
  );
  return new Map([...results, ...rolledOut]);
}

async function canMaterialise(
  context: EmbeddedContext,
  planned: Awaited<ReturnType<typeof plannedInstances>>,
  module: ModuleName,
  results: Map<ModuleName, RolloutResult>,
): Promise<boolean> {
  try {
    await materialiseInstance(context, planned, module);
    return true;
  } catch (error) {
    if (!(error instanceof UpliftError && error.code === 'ARTIFACT_CORRUPTED')) throw error;
    results.set(module, { kind: 'failed', reason: error.message });
    return false;
  }
}

async function recordItems(
  transaction: PlatformTransaction,
  deployment: number,
  token: number,
  results: ReadonlyMap<ModuleName, RolloutResult>,
): Promise<void> {
  await assertLocked(transaction, token);
  for (const [module, result] of results) {
    await transaction
      .updateTable('deployment_items')
      .set({ state: result.kind, reason: result.kind === 'failed' ? result.reason : null, ended_at: nowText })
      .where('deployment', '=', deployment)
      .where('module', '=', module)
      .execute();
  }
  await releaseLocks(transaction, token);
}

async function closeDeployment(
  context: EmbeddedContext,
  { deployment, stopped = false }: { deployment: number; stopped?: boolean },
) {
  await inTransaction(context.database, async (transaction) => {
    const { status, environment } = await transaction
      .selectFrom('deployments')
      .selectAll()
      .where('id', '=', deployment)
      .executeTakeFirstOrThrow();
    if (status !== 'running') return;
    if (stopped) await abandonItems(transaction, environment, deployment, 'all');
    const counts = await itemCounts(transaction, deployment);
    if (!stopped && counts.pending + counts.deploying > 0) return;
    await transaction
      .updateTable('deployments')
      .set({ status: stopped ? 'stopped' : counts.failed > 0 ? 'finished with errors' : 'finished', ended_at: nowText })
      .where('id', '=', deployment)
      .execute();
  });
  return readDeploymentReport(context, deployment);
}

async function environmentOf(database: PlatformDatabase, deployment: number): Promise<string> {
  const { environment } = await database
    .selectFrom('deployments')
    .select('environment')
    .where('id', '=', deployment)
    .executeTakeFirstOrThrow();
  return environment;
}
