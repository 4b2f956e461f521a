/** Starting a publish: uploaded, allowed, locked, in one transaction (PREP-05, PREP-06). A refused one has changed nothing. */
import type { PublishRequest } from '../../../port/publishing.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction } from '../database.js';
import { releaseOf } from '../deployment/deployable.js';
import { assertUnsealed } from '../fence.js';
import { takeLocks } from '../locks.js';
import { type FactoryModules, readModules } from '../moduleGraph.js';
import { type ClaimedUnit, claimedUnit } from '../preparation/claim.js';
import { wantAsDeployed } from '../wantedModules.js';
import { type Candidates, candidatesFor, withCandidates } from './candidate.js';
import { assertFree, assertProducersPrepared } from './refusals.js';
import { uploadSource } from './upload.js';

export interface Started {
  readonly token: number;
  readonly release: string;
  readonly candidates: Candidates;
  /** All of it is locked, compiled and published together. */
  readonly unit: ClaimedUnit;
}

/** Throws `MODULE_UNKNOWN`, `MODULE_LOCKED`, `PRODUCER_NOT_PREPARED` and `FACTORY_INVALID`. */
export async function startPublish({ database, settings }: EmbeddedContext, request: PublishRequest): Promise<Started> {
  const { environment, module, user, id } = request;
  return inTransaction(database, async (transaction) => {
    const release = await releaseOf(transaction, environment);
    await assertUnsealed(transaction, environment);
    const attempt = { environment, operation: '1-Click Publish', user, claimedBy: id } as const;
    await assertFree(transaction, { ...attempt, modules: [module] });
    await uploadSource(transaction, request);
    const factory = await readModules(transaction, environment);
    const candidates = candidatesFor(factory, module);
    const unit = unitOf(withCandidates(factory, candidates), request);
    const modules = unit.members.map(({ name }) => name);
    await assertFree(transaction, { ...attempt, modules });
    assertProducersPrepared(withCandidates(factory, candidates), module, environment, release);
    const { operation } = attempt;
    const lock = { environment, modules, operation, holder: user, claimedBy: id, lease: settings.lease };
    const token = await takeLocks(transaction, lock);
    // An earlier publish may have ended with its process, in the middle of its rollout.
    await wantAsDeployed(transaction, { environment, token }, modules);
    return { token, release, candidates, unit };
  });
}

/** The factory as it will be, read anew, in which the producers may be prepared otherwise by now. */
export async function candidateFactory(
  { database }: EmbeddedContext,
  { environment }: PublishRequest,
  { candidates }: Started,
): Promise<FactoryModules> {
  return withCandidates(await readModules(database, environment), candidates);
}

function unitOf(factory: FactoryModules, { module }: PublishRequest): ClaimedUnit {
  return claimedUnit(factory, factory.graph.unitOf.get(module) ?? module);
}
