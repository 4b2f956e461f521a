/**
 * Recording verdicts: in one transaction, under the claim's token, and only those that still hold. A verdict holds while the
 * source and the producers' declarations are the ones it was made from; else the module is pending again.
 */
import type { ModuleGraph } from '../../../domain/modules/graph.js';
import type { ModuleName } from '../../../domain/modules/module.js';
import type { Turn } from '../../../port/preparation.js';
import { saveArtifact } from '../compile/artifacts.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction, nowText, type PlatformDatabase, type PlatformTransaction } from '../database.js';
import { releaseLocks } from '../locks.js';
import { readModules } from '../moduleGraph.js';
import type { ModuleRow } from '../schema.js';
import { countRepeated } from './abandon.js';
import { type Claim, type ClaimedUnit, skipBelowFailures } from './claim.js';
import type { UnitVerdict, Verdict } from './compileClaim.js';
import { pendConsumers } from './pendConsumers.js';

export async function recordVerdicts(
  context: EmbeddedContext,
  claim: Claim,
  verdicts: readonly UnitVerdict[],
): Promise<Extract<Turn, { kind: 'group' }>> {
  return inTransaction(context.database, async (transaction) => {
    // Everybody else waits for this transaction, and no verdict changes who references whom: once is enough.
    const { graph } = await readModules(transaction, claim.environment);
    for (const verdict of verdicts) await recordUnit(transaction, claim, verdict, graph);
    await finishGroup(transaction, claim, 'finished');
    await skipBelowFailures(transaction, claim.environment, graph);
    return { kind: 'group', group: claim.group, ...(await countTurn(transaction, claim)) };
  });
}

/** The group's claim ends with its modules pending again: it was interrupted, or failed for no fault of theirs. */
export async function giveUpClaim(
  context: EmbeddedContext,
  claim: Claim,
  why: 'interrupted' | 'damaged producer' | 'full disk' | 'fault',
): Promise<void> {
  const outcome = why === 'fault' ? 'fault' : 'abandoned';
  await inTransaction(context.database, async (transaction) => {
    if (why === 'interrupted') await countRepeated(transaction, [claim.token]);
    await transaction
      .updateTable('modules')
      .set((eb) => ({
        state: 'pending',
        token: null,
        faults: outcome === 'fault' ? eb('faults', '+', 1) : eb.ref('faults'),
      }))
      .where('environment', '=', claim.environment)
      .where('token', '=', claim.token)
      .where('state', '=', 'preparing')
      .execute();
    await transaction
      .updateTable('attempts')
      .set({ outcome, ended_at: nowText })
      .where('token', '=', claim.token)
      .where('outcome', '=', 'running')
      .execute();
    await finishGroup(transaction, claim, outcome);
  });
}

async function recordUnit(
  transaction: PlatformTransaction,
  claim: Claim,
  { unit, madeFrom, verdict }: UnitVerdict,
  graph: ModuleGraph,
): Promise<void> {
  const holds = await stillHolds(transaction, claim.environment, unit.members, madeFrom);
  const recorded = holds ? verdict : ({ kind: 'stale' } as const);
  if (recorded.kind === 'prepared') await recordPrepared(transaction, claim, unit, recorded, graph);
  else for (const row of unit.members) await recordMember(transaction, claim, row.name, recorded);
}

export async function stillHolds(
  database: PlatformDatabase,
  environment: string,
  members: readonly ModuleRow[],
  madeFrom: ReadonlyMap<ModuleName, string>,
): Promise<boolean> {
  const names = [...members.map(({ name }) => name), ...madeFrom.keys()];
  const rows = await database
    .selectFrom('modules')
    .select(['name', 'state', 'published_source', 'declarations'])
    .where('environment', '=', environment)
    .where('name', 'in', names)
    .execute();
  const now = new Map(rows.map((row) => [row.name, row]));
  const sameSources = members.every(
    ({ name, published_source }) => now.get(name)?.published_source === published_source,
  );
  const sameProducers = [...madeFrom].every(
    ([name, digest]) => now.get(name)?.state === 'prepared' && now.get(name)?.declarations === digest,
  );
  return sameSources && sameProducers;
}

async function recordPrepared(
  transaction: PlatformTransaction,
  claim: Claim,
  { id: unit, members }: ClaimedUnit,
  verdict: Extract<Verdict, { kind: 'prepared' }>,
  graph: ModuleGraph,
): Promise<void> {
  const { key, files, declarations, reused } = verdict;
  if (!reused) await saveArtifact(transaction, { key, unit, release: claim.release, files, declarations });
  const changed = members.filter(({ name, declarations: former }) => former !== null && former !== declarations[name]);
  await pendConsumers(
    transaction,
    claim.environment,
    changed.map(({ name }) => name),
    graph,
  );
  for (const { name } of members) {
    await transaction
      .updateTable('modules')
      .set({
        state: 'prepared',
        artifact: key,
        declarations: declarations[name] ?? null,
        release: claim.release,
        diagnostics: null,
        cause: null,
        faults: 0,
        token: claim.token,
      })
      .where('environment', '=', claim.environment)
      .where('name', '=', name)
      .execute();
    await endAttempt(transaction, claim, name, reused ? 'reused' : 'prepared');
  }
}

async function recordMember(
  transaction: PlatformTransaction,
  claim: Claim,
  name: ModuleName,
  verdict: Exclude<Verdict, { kind: 'prepared' }> | { readonly kind: 'stale' },
): Promise<void> {
  const diagnostics = verdict.kind === 'failed' ? verdict.diagnostics[name] : undefined;
  await transaction
    .updateTable('modules')
    .set({
      state: diagnostics ? 'failed' : 'pending',
      diagnostics: diagnostics ? JSON.stringify(diagnostics) : null,
      cause: null,
      token: claim.token,
    })
    .where('environment', '=', claim.environment)
    .where('name', '=', name)
    .execute();
  await endAttempt(transaction, claim, name, verdict.kind === 'stale' ? 'stale' : diagnostics ? 'failed' : 'skipped');
}

async function endAttempt(
  transaction: PlatformTransaction,
  { token }: Claim,
  module: ModuleName,
  outcome: 'prepared' | 'reused' | 'failed' | 'skipped' | 'stale',
): Promise<void> {
  await transaction
    .updateTable('attempts')
    .set({ outcome, ended_at: nowText })
    .where('token', '=', token)
    .where('module', '=', module)
    .execute();
}

async function finishGroup(
  transaction: PlatformTransaction,
  claim: Claim,
  status: 'finished' | 'fault' | 'abandoned',
): Promise<void> {
  await transaction
    .updateTable('preparation_groups')
    .set({ status, ended_at: nowText })
    .where('preparation', '=', claim.preparation)
    .where('number', '=', claim.group)
    .where('status', '=', 'running')
    .execute();
  await releaseLocks(transaction, claim.token);
}

async function countTurn(
  transaction: PlatformTransaction,
  claim: Claim,
): Promise<{ prepared: number; failed: number; skipped: number; left: number }> {
  const mine = new Set(claim.units.flatMap(({ members }) => members.map(({ name }) => name)));
  const rows = await transaction
    .selectFrom('modules')
    .select(['name', 'state'])
    .where('environment', '=', claim.environment)
    .execute();
  const count = (state: string) => rows.filter((row) => mine.has(row.name) && row.state === state).length;
  const left = rows.filter(({ state }) => state === 'pending' || state === 'preparing').length;
  return { prepared: count('prepared'), failed: count('failed'), skipped: count('skipped'), left };
}
