/** Deploying what was claimed: planned again, made, rolled out, recorded. */
import { UpliftError } from '../../../domain/errors.js';
import type { ModuleName } from '../../../domain/modules/module.js';
import type { EmbeddedContext } from '../context.js';
import { nowText, type PlatformTransaction } from '../database.js';
import { materialiseInstance, type PlannedInstance, plannedInstances } from '../instances.js';
import { assertLocked, releaseLocks } from '../locks.js';
import { readModules } from '../moduleGraph.js';
import type { RolloutResult } from '../observation.js';
import { rollOut } from '../rollout.js';
import type { ItemClaim } from './claim.js';
import { instanceIn } from './deployable.js';

type Planned = ReadonlyMap<ModuleName, PlannedInstance>;

/** Publishes may have come in between: what cannot run any more fails, with its reason. Every module of the claim gets a result. */
export async function deployModules(context: EmbeddedContext, claim: ItemClaim, signal: AbortSignal): Promise<void> {
  const { environment, release, token, modules } = claim;
  const planned = await plannedInstances(context, await readModules(context.database, environment));
  const results = new Map<ModuleName, RolloutResult>();
  const ready = new Map<ModuleName, PlannedInstance>();
  const done = new Set<string>();
  for (const module of modules) {
    const instance = planned.get(module);
    const problem = instanceIn(release, instance) ? await problemOf(context, planned, module, done) : noLongerPrepared;
    if (instance && problem === undefined) ready.set(module, instance);
    else results.set(module, { kind: 'failed', reason: problem ?? noLongerPrepared });
  }
  const rollout = { environment, token, by: 'Deployment Service', modules: ready };
  await rollOut(context, rollout, signal, async (transaction, rolledOut) => {
    await recordItems(transaction, claim, new Map([...results, ...rolledOut]));
  });
}

const noLongerPrepared = 'it, or something that it consumes, is no longer prepared: uplift prepare, then uplift deploy';

/** What is wrong with its artifact, or a producer's, if anything: it is prepared anew the next time. */
async function problemOf(
  context: EmbeddedContext,
  planned: Planned,
  module: ModuleName,
  done: Set<string>,
): Promise<string | undefined> {
  try {
    await materialiseInstance(context, planned, module, done);
    return undefined;
  } catch (error) {
    if (!(error instanceof UpliftError && error.code === 'ARTIFACT_CORRUPTED')) throw error;
    return error.message;
  }
}

async function recordItems(
  transaction: PlatformTransaction,
  { deployment, token }: ItemClaim,
  results: ReadonlyMap<ModuleName, RolloutResult>,
): Promise<void> {
  await assertLocked(transaction, token);
  for (const [module, result] of results) {
    const reason = result.kind === 'failed' ? result.reason : null;
    await transaction
      .updateTable('deployment_items')
      .set({ state: result.kind, reason, ended_at: nowText })
      .where('deployment', '=', deployment)
      .where('module', '=', module)
      .execute();
  }
  await releaseLocks(transaction, token);
}
