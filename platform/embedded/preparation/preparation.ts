/** Preparation of the embedded platform: real groups, real compilers, verdicts under a token (PREP-01…12). */
import { UpliftError } from '../../../domain/errors.js';
import type { DrivenPreparation, OpenPreparation, Progress, Turn } from '../../port.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction, nowText } from '../database.js';
import { countRefusedWrite, isFenced, renewLocks } from '../locks.js';
import { abandonClaims } from './abandon.js';
import { type Claim, claimGroup, faultsBeforeSplit } from './claim.js';
import { compileUnits, type UnitVerdict } from './compileClaim.js';
import { giveUpClaim, recordVerdicts } from './record.js';
import { readReport } from './report.js';

export function embeddedPreparation(context: EmbeddedContext): DrivenPreparation {
  return {
    open: (request) => openPreparation(context, request),
    prepareNextGroup: (request, progress) => prepareNextGroup(context, request, progress),
    release: ({ preparation, claimedBy }) =>
      inTransaction(context.database, async (transaction) => {
        const { environment } = await transaction
          .selectFrom('preparations')
          .select('environment')
          .where('id', '=', preparation)
          .executeTakeFirstOrThrow();
        await abandonClaims(transaction, environment, claimedBy === undefined ? { all: true } : { claimedBy });
      }),
    close: (request) => closePreparation(context, request),
    report: (preparation) => readReport(context.database, preparation),
  };
}

async function openPreparation(
  { database, settings }: EmbeddedContext,
  { environment, release, requestedBy, everything = false }: Parameters<DrivenPreparation['open']>[0],
): Promise<OpenPreparation> {
  return inTransaction(database, async (transaction) => {
    const facts = await transaction
      .selectFrom('environments')
      .selectAll()
      .where('name', '=', environment)
      .executeTakeFirstOrThrow();
    const target = facts.system_components_release;
    if (facts.server_release !== target || facts.service_center_release !== target) {
      throw new UpliftError('SERVER_STEP_UNFINISHED', {
        what: `There was an error preparing your modules. ${environment} runs server ${facts.server_release}, Service Center ${facts.service_center_release} and System Components ${target}; they must agree first`,
        next: `uplift upgrade --environment ${environment} --to ${facts.server_release}`,
      });
    }
    if (release !== undefined && release !== target) {
      throw new UpliftError('PREPARATION_OTHER_RELEASE', {
        what: `${environment} is on ${target}: its modules can only be prepared for ${target}, not for ${release}`,
        next: `uplift upgrade --environment ${environment} --to ${release}`,
      });
    }
    const running = await transaction
      .selectFrom('preparations')
      .selectAll()
      .where('environment', '=', environment)
      .where('status', '=', 'running')
      .executeTakeFirst();
    if (running) {
      if (running.release !== target) {
        throw new UpliftError('PREPARATION_OTHER_RELEASE', {
          what: `${environment} is being prepared for ${running.release}, and is on ${target} now`,
          blockedBy: `preparation ${running.id}, started by ${running.requested_by} at ${running.started_at}`,
          next: `cancel the workflow prepare/…/${environment}, then uplift prepare ${environment}`,
        });
      }
      const { total } = JSON.parse(running.counts ?? '{"total":0}') as { total: number };
      return { id: running.id, release: target, joined: true, lanes: settings.lanes, modules: total };
    }
    await transaction
      .updateTable('modules')
      .set({ state: 'pending', diagnostics: null, cause: null, faults: 0, token: null })
      .where('environment', '=', environment)
      .where('state', 'in', everything ? ['failed', 'skipped', 'prepared'] : ['failed', 'skipped'])
      .execute();
    await abandonClaims(transaction, environment);
    const { total } = await transaction
      .selectFrom('modules')
      .select((eb) => eb.fn.countAll<number>().as('total'))
      .where('environment', '=', environment)
      .where('state', 'in', ['pending', 'preparing'])
      .executeTakeFirstOrThrow();
    const { id } = await transaction
      .insertInto('preparations')
      .values({
        environment,
        release: target,
        status: 'running',
        requested_by: requestedBy,
        started_at: nowText,
        counts: JSON.stringify({ total }),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { id, release: target, joined: false, lanes: settings.lanes, modules: total };
  });
}

async function prepareNextGroup(
  context: EmbeddedContext,
  request: { preparation: number; claimedBy: string },
  progress: Progress,
): Promise<Turn> {
  for (;;) {
    const claim = await claimGroup(context, request);
    if (claim.kind !== 'claimed') return claim;
    progress.heartbeat({
      group: claim.group,
      modules: claim.units.flatMap(({ members }) => members.map(({ name }) => name)).slice(0, 8),
    });
    const verdicts = await underLease(context, claim, progress, (signal) => verdictsOf(context, claim, signal));
    if (verdicts) return await fencedWrite(context, claim, () => recordVerdicts(context, claim, verdicts));
  }
}

/** Undefined when the group has to be claimed anew: the compiler failed for no fault of a module, or a producer's artifact was damaged. */
async function verdictsOf(
  context: EmbeddedContext,
  claim: Claim,
  signal: AbortSignal,
): Promise<readonly UnitVerdict[] | undefined> {
  try {
    return await compileUnits(
      context,
      { version: claim.release, units: claim.units, factory: claim.factory, token: claim.token },
      signal,
    );
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof UpliftError && error.code === 'ARTIFACT_CORRUPTED') {
      await giveUpClaim(context, claim, 'abandoned');
      return undefined;
    }
    if (error instanceof UpliftError && error.code === 'COMPILER_FAULT') {
      if (claim.units.length === 1 && faultsOf(claim) >= faultsBeforeSplit) return [faultVerdict(claim, error)];
      await giveUpClaim(context, claim, 'fault');
      return undefined;
    }
    throw error;
  }
}

function faultsOf({ units }: Claim): number {
  return Math.max(...units.flatMap(({ members }) => members.map(({ faults }) => faults)));
}

/** The compiler fails on this unit alone, again and again: the unit fails, with a code that says it is not its source's fault. */
function faultVerdict({ units }: Claim, error: UpliftError): UnitVerdict {
  const unit = units[0];
  if (!unit) throw error;
  const diagnostic = { file: '', line: 0, column: 0, code: error.code, message: error.message };
  const diagnostics = Object.fromEntries(unit.members.map(({ name }) => [name, [diagnostic]]));
  return { unit, madeFrom: new Map(), verdict: { kind: 'failed', diagnostics } };
}

/** Keeps the claim's lease while `work` runs; gives the claim back when it is interrupted. */
async function underLease<T>(
  context: EmbeddedContext,
  claim: Claim,
  progress: Progress,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { database, settings } = context;
  const lost = new AbortController();
  const renewal = setInterval(() => {
    progress.heartbeat({ group: claim.group });
    renewLocks(database, claim.token, settings.lease).then(
      (held) => held || lost.abort(fencedError(claim)),
      () => undefined, // a busy or full disk: the lease decides
    );
  }, settings.lease / 5);
  try {
    return await work(AbortSignal.any([progress.signal, lost.signal]));
  } catch (error) {
    if (lost.signal.aborted) {
      await refused(context, claim);
      throw fencedError(claim);
    }
    await giveUpClaim(context, claim, 'abandoned').catch(() => undefined); // what keeps its claim loses it with the lease
    progress.signal.throwIfAborted();
    throw error;
  } finally {
    clearInterval(renewal);
  }
}

async function fencedWrite<T>(context: EmbeddedContext, claim: Claim, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (!isFenced(error)) throw error;
    await refused(context, claim);
    throw fencedError(claim, { cause: error });
  }
}

async function refused({ database }: EmbeddedContext, { environment, token, units, group }: Claim): Promise<void> {
  const module = units[0]?.members[0]?.name ?? '';
  await countRefusedWrite(database, { environment, module, token, what: `verdicts of group ${group}` });
}

function fencedError({ group, token, environment }: Claim, options?: ErrorOptions): UpliftError {
  return new UpliftError(
    'FENCED',
    {
      what: `Group ${group} of ${environment} was prepared under token ${token}, whose lease is over: its verdicts were not recorded, others took the modules over`,
    },
    options,
  );
}

async function closePreparation(
  context: EmbeddedContext,
  { preparation, stopped = false }: { preparation: number; stopped?: boolean },
) {
  await inTransaction(context.database, async (transaction) => {
    const { environment, status, counts } = await transaction
      .selectFrom('preparations')
      .select(['environment', 'status', 'counts'])
      .where('id', '=', preparation)
      .executeTakeFirstOrThrow();
    if (status !== 'running') return;
    await abandonClaims(transaction, environment, { all: stopped });
    const report = await readReport(transaction, preparation);
    if (report.left > 0 && !stopped) return;
    const ended = stopped ? 'stopped' : report.failed + report.skipped > 0 ? 'finished with errors' : 'finished';
    const { prepared, failed, skipped, notApplicable, left } = report;
    const { total } = JSON.parse(counts ?? '{"total":0}') as { total: number };
    await transaction
      .updateTable('preparations')
      .set({
        status: ended,
        ended_at: nowText,
        counts: JSON.stringify({ total, prepared, failed, skipped, notApplicable, left }),
      })
      .where('id', '=', preparation)
      .execute();
  });
  return readReport(context.database, preparation);
}
