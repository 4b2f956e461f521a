/** Preparation of the embedded platform: real groups, real compilers, verdicts under a token (PREP-01…12). */
import { UpliftError } from '../../../domain/errors.js';
import { finalStatus } from '../../../domain/modules/preparation.js';
import type { DrivenPreparation, PreparationReport, Turn } from '../../../port/preparation.js';
import type { Progress } from '../../../port/progress.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction, nowText, type PlatformDatabase, type PlatformTransaction } from '../database.js';
import { underLease } from '../lease.js';
import type { Own } from '../own.js';
import { abandonClaims } from './abandon.js';
import { type Claim, claimGroup } from './claim.js';
import { claimOutcome } from './claimOutcome.js';
import { openPreparation } from './open.js';
import { giveUpClaim, recordVerdicts } from './record.js';
import { parseCounts, readReport } from './report.js';
import { readMeanTimes } from './timed.js';
import { unfinishedModules } from './unfinished.js';

export function embeddedPreparation(context: EmbeddedContext): Own<DrivenPreparation> {
  return {
    open: (request) => openPreparation(context, request),
    prepareNextGroup: (request, progress) => prepareNextGroup(context, request, progress),
    release: ({ preparation, claimedBy }) =>
      inTransaction(context.database, async (transaction) => {
        const { environment } = await executionOf(transaction, preparation);
        await abandonClaims(transaction, environment, claimedBy === undefined ? { all: true } : { claimedBy });
      }),
    close: (request) => closePreparation(context, request),
    report: (preparation) => readReport(context.database, preparation),
    newest: async ({ environment }) => {
      const row = await context.database
        .selectFrom('preparations')
        .select('id')
        .where('environment', '=', environment)
        .orderBy('id', 'desc')
        .executeTakeFirst();
      return row ? readReport(context.database, row.id) : null;
    },
  };
}

/** A group that failed for no fault of its modules is claimed anew, in the same turn. */
async function prepareNextGroup(
  context: EmbeddedContext,
  request: Parameters<DrivenPreparation['prepareNextGroup']>[0],
  progress: Progress,
): Promise<Turn> {
  for (;;) {
    const claim = await claimGroup(context, request);
    if (claim.kind !== 'claimed') return claim;
    const turn = await underLease(context, heldBy(claim), progress, {
      async work(signal) {
        const outcome = await claimOutcome(context, claim, signal);
        if (outcome.kind === 'verdicts') return recordVerdicts(context, claim, outcome.verdicts);
        await giveUpClaim(context, claim, outcome.kind);
        return undefined;
      },
      giveUp: (error) => giveUpClaim(context, claim, isFullDisk(error) ? 'full disk' : 'interrupted'),
    });
    if (turn) return turn;
  }
}

/** It says nothing of the modules, however often it is so. */
function isFullDisk(error: unknown): boolean {
  return error instanceof UpliftError && error.code === 'DISK_FULL';
}

function heldBy({ environment, token, group, units }: Claim) {
  const modules = units.flatMap(({ members }) => members.map(({ name }) => name));
  return { environment, token, modules, what: `Group ${group} of the preparation` };
}

async function closePreparation(
  { database }: EmbeddedContext,
  { preparation, broken }: { preparation: number; broken?: 'stopped' | 'failed' },
): Promise<PreparationReport> {
  await inTransaction(database, (transaction) => endPreparation(transaction, preparation, broken));
  return readReport(database, preparation);
}

/** Without effect on one that has ended, or that still has something to do and is not `broken` off. */
export async function endPreparation(
  transaction: PlatformTransaction,
  preparation: number,
  broken?: 'stopped' | 'failed',
): Promise<void> {
  const { environment, status, counts } = await executionOf(transaction, preparation);
  if (status !== 'running') return;
  await abandonClaims(transaction, environment, { all: broken !== undefined });
  const report = await readReport(transaction, preparation);
  if (report.left > 0 && !broken) return;
  const { prepared, preparedInIt, failed, skipped, notApplicable, left, failures } = report;
  const final = {
    ...parseCounts(counts),
    prepared,
    preparedInIt,
    failed,
    skipped,
    notApplicable,
    left,
    meanTimes: await readMeanTimes(transaction, environment, preparation),
    failures,
  };
  await transaction
    .updateTable('preparations')
    .set({ status: broken ?? finalStatus(report), ended_at: nowText, counts: JSON.stringify(final) })
    .set({ unfinished: JSON.stringify(await unfinishedModules(transaction, environment)) })
    .where('id', '=', preparation)
    .execute();
}

async function executionOf(database: PlatformDatabase, preparation: number) {
  return database.selectFrom('preparations').selectAll().where('id', '=', preparation).executeTakeFirstOrThrow();
}
