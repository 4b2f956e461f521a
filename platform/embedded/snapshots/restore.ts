/**
 * Bringing an environment back to a snapshot: what was kept is verified, the platform is taken over, the front ends follow, then the
 * application data, then traffic (LIVE-05). Each step asks the databases what is done, so that a restore that was interrupted
 * anywhere goes on to the same end.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { UpliftError } from '../../../domain/errors.js';
import type { Progress } from '../../../port/progress.js';
import type { RestoreReport } from '../../../port/snapshots.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction } from '../database.js';
import { ensureInstances } from '../ensureInstances.js';
import { underLease } from '../lease.js';
import { releaseLocks } from '../locks.js';
import { type KeptData, restoreApplicationData } from './applicationData.js';
import { beating } from './beating.js';
import { corrupted, manifestFile, platformFile, readManifest, snapshotFolder, verifyFiles } from './folder.js';
import { restoreTraffic, untilFrontEndsRun } from './frontEnds.js';
import { instancesOf, missingSource, type PlatformState } from './platformState.js';
import { type Attempt, assertNewest, finishedReport, type LostData, recordReport, restoreKey } from './restores.js';
import { type Steps, stepsOf } from './steps.js';
import type { SnapshotRequest } from './take.js';
import { takeOver } from './takeOver.js';

interface Kept extends KeptData {
  readonly state: PlatformState;
}

/**
 * Throws `ENVIRONMENT_HELD` unless the token is the hold of a rollback, `SNAPSHOT_MISSING`, `SNAPSHOT_CORRUPTED` before anything is
 * changed, `FRONT_END_TIMEOUT`, and `FENCED` when another attempt has gone on meanwhile.
 */
export async function restoreSnapshot(
  context: EmbeddedContext,
  request: SnapshotRequest,
  progress: Progress,
): Promise<RestoreReport> {
  const finished = await finishedBefore(context, request);
  if (finished) return finished;
  const steps = stepsOf(request, progress);
  steps.enter('verifying the snapshot');
  const kept = await beating(context, steps.beat, () => verified(context, request));
  steps.enter('taking over');
  const attempt = await takeOver(context, request, kept.state);
  const { environment, token } = attempt;
  const held = { environment, token, modules: [], what: `The restore of snapshot ${request.id}` };
  return underLease(context, held, progress, {
    work: (signal) => bringBack(context, attempt, kept, stepsOf(request, { ...progress, signal })),
    // An environment that is half restored stays locked, as long as the lease is.
    giveUp: async () => undefined,
  });
}

/** The front ends before the data: nobody must write to it in a newer way. Users come last. */
async function bringBack(
  context: EmbeddedContext,
  attempt: Attempt,
  kept: Kept,
  { enter, progress }: Steps,
): Promise<RestoreReport> {
  enter('front ends');
  await untilFrontEndsRun(context, attempt, kept.state, progress);
  enter('deployed modules');
  await writeDeployed(context, attempt, kept.state);
  enter('application data');
  const lost = await restoreApplicationData(context, attempt, kept, enter);
  enter('traffic');
  await restoreTraffic(context, attempt, kept.state, progress);
  enter('finishing');
  return finish(context, attempt, kept, lost);
}

/** What the same hold has restored already is not restored again. */
async function finishedBefore(
  { database }: EmbeddedContext,
  request: SnapshotRequest,
): Promise<RestoreReport | undefined> {
  return inTransaction(database, async (transaction) =>
    finishedReport(transaction, await restoreKey(transaction, request)),
  );
}

async function verified(context: EmbeddedContext, { environment, id }: SnapshotRequest): Promise<Kept> {
  const folder = snapshotFolder(context.dataFolder, environment, id);
  const manifest = await readManifest(folder);
  if (!manifest) {
    throw new UpliftError('SNAPSHOT_MISSING', {
      what: `${environment} has no snapshot ${id}`,
      next: `uplift rollback ${environment}, which restores the newest one`,
    });
  }
  if (manifest.environment !== environment || manifest.id !== id) throw corrupted(folder, manifestFile);
  await verifyFiles(folder, manifest);
  const state = JSON.parse(await readFile(path.join(folder, platformFile), 'utf8')) as PlatformState;
  const source = await missingSource(context.database, state);
  if (source) throw corrupted(folder, source);
  await ensureInstances(context, instancesOf(state)).catch((error: unknown) => {
    if (!(error instanceof UpliftError && error.code === 'ARTIFACT_CORRUPTED')) throw error;
    throw corrupted(folder, `what its front ends ran (${error.parts.what})`);
  });
  return { folder, manifest, state };
}

async function writeDeployed(
  { database }: EmbeddedContext,
  attempt: Attempt,
  { deployed }: PlatformState,
): Promise<void> {
  const { environment, token } = attempt;
  await inTransaction(database, async (transaction) => {
    await assertNewest(transaction, attempt);
    await transaction.deleteFrom('deployed_modules').where('environment', '=', environment).execute();
    for (const row of deployed) {
      await transaction
        .insertInto('deployed_modules')
        .values({ ...row, environment, token })
        .execute();
    }
  });
}

async function finish(
  { database }: EmbeddedContext,
  attempt: Attempt,
  { manifest }: Kept,
  { loss, kept }: LostData,
): Promise<RestoreReport> {
  const { id, release, modules, rows } = manifest;
  const report = { snapshot: id, release, modules, rows, lost: loss, kept };
  await inTransaction(database, async (transaction) => {
    await assertNewest(transaction, attempt);
    await recordReport(transaction, attempt, report);
    await releaseLocks(transaction, attempt.token);
  });
  return report;
}
