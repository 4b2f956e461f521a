/** Claiming the next modules of a deployment, a few units at a time, and taking claims back (DEP-03). */
import type { ModuleName } from '../../../domain/modules/module.js';
import type { DeployTurn } from '../../../port/deployment.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction, nowText, type PlatformDatabase, type PlatformTransaction } from '../database.js';
import { whoIsBefore } from '../fence.js';
import { heldLocks, takeLocks } from '../locks.js';
import { readModules } from '../moduleGraph.js';
import { breakOff } from '../wantedModules.js';

export interface ItemClaim {
  readonly kind: 'claimed';
  readonly deployment: number;
  readonly environment: string;
  readonly release: string;
  readonly token: number;
  /** Whole units, producers first. */
  readonly modules: readonly ModuleName[];
}

/** How long to wait when what is left is locked by others, in milliseconds. A publish takes about that long. */
const waitForOthers = 1_000;

export async function claimItems(
  { database, settings }: EmbeddedContext,
  { deployment, claimedBy, unattended = false }: { deployment: number; claimedBy: string; unattended?: boolean },
): Promise<ItemClaim | Exclude<DeployTurn, { kind: 'deployed' }>> {
  return inTransaction(database, async (transaction) => {
    const { status, environment, release } = await executionOf(transaction, deployment);
    if (status !== 'running') return { kind: 'nothing left' };
    const by = await whoIsBefore(transaction, environment, { unattended });
    if (by !== undefined) return { kind: 'held', by };
    await abandonItems(transaction, deployment, { claimedBy });
    const left = await unfinished(transaction, deployment);
    if (left.length === 0) return { kind: 'nothing left' };
    const pending = left.filter(({ state }) => state === 'pending').map(({ module }) => module);
    const modules = await nextModules(transaction, environment, pending, settings.deployModules);
    if (modules.length === 0) return { kind: 'waiting', retryIn: waitForOthers, left: left.length };
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
    return { kind: 'claimed', deployment, environment, release, token, modules };
  });
}

/**
 * Makes modules pending again that are being deployed under no lock that holds. With `claimedBy`: also those of that holder, which
 * is starting anew. With `all`: every one.
 */
export async function abandonItems(
  transaction: PlatformTransaction,
  deployment: number,
  { claimedBy, all = false }: { claimedBy?: string; all?: boolean } = {},
): Promise<void> {
  const { environment } = await executionOf(transaction, deployment);
  const held = await heldLocks(transaction, environment);
  const goesOn = (module: ModuleName) => {
    const lock = held.get(module);
    return lock?.operation === 'Modules deployment' && lock.claimed_by !== claimedBy && !all;
  };
  const deploying = (await unfinished(transaction, deployment)).filter(({ state }) => state === 'deploying');
  const abandoned = deploying.map(({ module }) => module).filter((module) => !goesOn(module));
  const elsewhere = (module: ModuleName) => held.has(module) && held.get(module)?.operation !== 'Modules deployment';
  await breakOff(
    transaction,
    environment,
    abandoned.filter((module) => !elsewhere(module)),
  );
  await transaction
    .updateTable('deployment_items')
    .set({ state: 'pending' })
    .where('deployment', '=', deployment)
    .where('module', 'in', abandoned)
    .execute();
}

export async function executionOf(database: PlatformDatabase, deployment: number) {
  return database.selectFrom('deployments').selectAll().where('id', '=', deployment).executeTakeFirstOrThrow();
}

function unfinished(database: PlatformDatabase, deployment: number) {
  return database
    .selectFrom('deployment_items')
    .select(['module', 'state'])
    .where('deployment', '=', deployment)
    .where('state', 'in', ['pending', 'deploying'])
    .execute();
}

/** About `atMost` of `pending`, by units of which nothing is locked: a unit is deployed as a whole. */
async function nextModules(
  transaction: PlatformTransaction,
  environment: string,
  pending: readonly ModuleName[],
  atMost: number,
): Promise<readonly ModuleName[]> {
  const { graph } = await readModules(transaction, environment);
  const locked = await heldLocks(transaction, environment);
  const wanted = new Set(pending);
  const chosen: ModuleName[] = pending.filter((module) => !graph.unitOf.has(module) && !locked.has(module));
  for (const { members } of graph.units.values()) {
    const modules = members.filter((module) => wanted.has(module));
    if (members.some((module) => locked.has(module))) continue;
    if (chosen.length > 0 && chosen.length + modules.length > atMost) break;
    chosen.push(...modules);
  }
  return chosen;
}
