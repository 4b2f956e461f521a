/** Opening a preparation: joining the one that runs, or starting one over what is not prepared (PREP-08, PREP-12). */
import { UpliftError } from '../../../domain/errors.js';
import { isOn } from '../../../domain/releases/version.js';
import type { DrivenPreparation, OpenPreparation } from '../../../port/preparation.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction, nowText, type PlatformTransaction } from '../database.js';
import { assertHeldByNobody, assertUnsealed } from '../fence.js';
import type { Own } from '../own.js';
import { abandonClaims } from './abandon.js';
import { parseCounts } from './report.js';

type Request = Parameters<Own<DrivenPreparation>['open']>[0];

/** Throws `SERVER_STEP_UNFINISHED` while the parts of the server disagree, `PREPARATION_OTHER_RELEASE`, and `ENVIRONMENT_HELD`. */
export async function openPreparation(
  { database, settings }: EmbeddedContext,
  { environment, release, requestedBy, everything = false, unattended = false, upgrade }: Request,
): Promise<OpenPreparation> {
  return inTransaction(database, async (transaction) => {
    if (unattended) await assertHeldByNobody(transaction, environment);
    const target = await releaseToPrepare(transaction, environment);
    if (release !== undefined && !isOn(target, release)) {
      throw new UpliftError('PREPARATION_OTHER_RELEASE', {
        what: `${environment} is on ${target}: its modules can only be prepared for ${target}, not for ${release}`,
        next: `uplift upgrade --environment ${environment} --to ${release}`,
      });
    }
    const opened = { release: target, lanes: settings.lanes };
    const running = await runningPreparation(transaction, environment, target);
    const begun = everything && (await hasBegun(transaction, environment, target, upgrade));
    if (running) {
      const modules =
        everything && !begun ? await widen(transaction, environment, running.id) : parseCounts(running.counts).total;
      return { ...opened, id: running.id, joined: true, modules };
    }
    await assertUnsealed(transaction, environment);
    await abandonClaims(transaction, environment);
    await pendUnfinished(transaction, environment, everything && !begun);
    const modules = await countPending(transaction, environment);
    const { id } = await transaction
      .insertInto('preparations')
      .values({
        environment,
        release: target,
        status: 'running',
        requested_by: requestedBy,
        started_at: nowText,
        counts: JSON.stringify({ total: modules }),
        scope: everything ? 'everything' : 'unfinished',
        upgrade: upgrade ?? null,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { ...opened, id, joined: false, modules };
  });
}

/** Whether the upgrade, or whoever opened the one that runs, has begun to prepare everything: what is prepared since is not done again. */
async function hasBegun(
  transaction: PlatformTransaction,
  environment: string,
  release: string,
  upgrade: string | undefined,
): Promise<boolean> {
  const row = await transaction
    .selectFrom('preparations')
    .select('id')
    .where('environment', '=', environment)
    .where('release', '=', release)
    .where('scope', '=', 'everything')
    .where((eb) => eb.or([eb('status', '=', 'running'), eb('upgrade', '=', upgrade ?? '')]))
    .executeTakeFirst();
  return row !== undefined;
}

/** The one that runs was opened for less: from now on it is about everything. */
async function widen(transaction: PlatformTransaction, environment: string, id: number): Promise<number> {
  await pendUnfinished(transaction, environment, true);
  const total = await countPending(transaction, environment);
  const row = { scope: 'everything', counts: JSON.stringify({ total }) } as const;
  await transaction.updateTable('preparations').set(row).where('id', '=', id).execute();
  return total;
}

/** That of the System Components, once the server and Service Center have it too (SELF-01). */
async function releaseToPrepare(transaction: PlatformTransaction, environment: string): Promise<string> {
  const facts = await transaction
    .selectFrom('environments')
    .selectAll()
    .where('name', '=', environment)
    .executeTakeFirstOrThrow();
  const target = facts.system_components_release;
  if (facts.server_release === target && facts.service_center_release === target) return target;
  throw new UpliftError('SERVER_STEP_UNFINISHED', {
    what: `There was an error preparing your modules. ${environment} runs server ${facts.server_release}, Service Center ${facts.service_center_release} and System Components ${target}; they must agree first`,
    next: `uplift upgrade --environment ${environment} --to ${facts.server_release}`,
  });
}

async function runningPreparation(transaction: PlatformTransaction, environment: string, target: string) {
  const running = await transaction
    .selectFrom('preparations')
    .selectAll()
    .where('environment', '=', environment)
    .where('status', '=', 'running')
    .executeTakeFirst();
  if (!running || running.release === target) return running;
  throw new UpliftError('PREPARATION_OTHER_RELEASE', {
    what: `${environment} is being prepared for ${running.release}, and is on ${target} now`,
    blockedBy: `preparation ${running.id}, started by ${running.requested_by} at ${running.started_at}`,
    next: `cancel the workflow prepare/…/${environment}, then uplift prepare ${environment}`,
  });
}

/** Failed ∪ skipped, beside what was never started; or all that was ever published with success (PREP-02). */
async function pendUnfinished(
  transaction: PlatformTransaction,
  environment: string,
  everything: boolean,
): Promise<void> {
  await transaction
    .updateTable('modules')
    .set({ state: 'pending', diagnostics: null, cause: null, token: null })
    .where('environment', '=', environment)
    .where((eb) => (everything ? eb('published_source', 'is not', null) : eb('state', 'in', ['failed', 'skipped'])))
    .execute();
  await transaction.updateTable('modules').set({ faults: 0 }).where('environment', '=', environment).execute();
}

async function countPending(transaction: PlatformTransaction, environment: string): Promise<number> {
  const { total } = await transaction
    .selectFrom('modules')
    .select((eb) => eb.fn.countAll<number>().as('total'))
    .where('environment', '=', environment)
    .where('state', 'in', ['pending', 'preparing'])
    .executeTakeFirstOrThrow();
  return total;
}
