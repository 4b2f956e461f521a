/** Taking a snapshot: complete under its name, or not there at all. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sql } from 'kysely';
import { makeFolder, publishFolder } from '../../../database/disk.js';
import { writing } from '../../../database/fullDisk.js';
import type { Progress } from '../../../port/progress.js';
import type { Snapshot } from '../../../port/snapshots.js';
import { readArtifact } from '../compile/artifacts.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction, nowText } from '../database.js';
import { ensureInstances } from '../ensureInstances.js';
import { assertHeld } from '../fence.js';
import { applicationDatabaseFile } from '../frontEnd/applicationDatabase.js';
import { copyApplicationData } from './applicationCopy.js';
import { beating } from './beating.js';
import {
  applicationFile,
  asSnapshot,
  corrupted,
  fileDigest,
  type ManifestParts,
  manifestFile,
  manifestText,
  platformFile,
  readManifest,
  snapshotFolder,
  unfinished,
  verifyFiles,
} from './folder.js';
import { instancesOf, missingArtifacts, type PlatformState, readPlatformState } from './platformState.js';

export interface SnapshotRequest {
  readonly environment: string;
  readonly id: string;
  /** Of the environment's hold. */
  readonly token: number;
}

/**
 * Throws `ENVIRONMENT_HELD` when the token no longer holds the environment, `SNAPSHOT_CORRUPTED` when the one that is there under
 * this id is damaged, `ARTIFACT_CORRUPTED` when something the environment runs could not be brought back, and `DISK_FULL`.
 */
export async function takeSnapshot(
  context: EmbeddedContext,
  request: SnapshotRequest,
  progress: Progress,
): Promise<Snapshot> {
  const beat = () => progress.heartbeat({ snapshot: request.id });
  return beating(context, beat, async () => {
    const folder = snapshotFolder(context.dataFolder, request.environment, request.id);
    return (await complete(folder)) ?? (await take(context, request, folder, progress));
  });
}

async function complete(folder: string): Promise<Snapshot | undefined> {
  const manifest = await readManifest(folder);
  if (!manifest) return undefined;
  await verifyFiles(folder, manifest);
  return asSnapshot(manifest);
}

async function take(
  context: EmbeddedContext,
  request: SnapshotRequest,
  folder: string,
  progress: Progress,
): Promise<Snapshot> {
  const state = await readState(context, request);
  await assertRestorable(context, state);
  return writing(`The snapshot ${request.id}`, folder, () => makeSnapshot(context, request, state, folder, progress));
}

async function makeSnapshot(
  context: EmbeddedContext,
  request: SnapshotRequest,
  state: State,
  folder: string,
  progress: Progress,
): Promise<Snapshot> {
  const parent = path.dirname(folder);
  const making = path.join(parent, `${unfinished}${randomBytes(6).toString('hex')}`);
  try {
    await makeEmpty(parent, making);
    await fill(context, request, state, making);
    progress.signal.throwIfAborted();
    await inTransaction(context.database, (transaction) => assertHeld(transaction, request.environment, request.token));
    await publishFolder(making, folder);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    // Another attempt was quicker.
    const other = await complete(folder);
    if (other) return other;
    throw error;
  }
  const taken = await readManifest(folder);
  if (!taken) throw corrupted(folder, manifestFile);
  return asSnapshot(taken);
}

interface Moment {
  readonly takenAt: string;
  readonly errors: number;
}

type State = PlatformState & Moment;

async function readState({ database }: EmbeddedContext, { environment, token }: SnapshotRequest): Promise<State> {
  return inTransaction(database, async (transaction) => {
    await assertHeld(transaction, environment, token);
    const { rows } = await sql<Moment>`
      select ${nowText} as "takenAt", (select coalesce(max(id), 0) from error_log) as errors`.execute(transaction);
    const { takenAt = '', errors = 0 } = rows[0] ?? {};
    return { takenAt, errors, ...(await readPlatformState(transaction, environment)) };
  });
}

/** What the snapshot only names is there. A damaged artifact is found out now, while its module can still be prepared again. */
async function assertRestorable(context: EmbeddedContext, state: PlatformState): Promise<void> {
  for (const key of await missingArtifacts(context.database, state)) await readArtifact(context.database, key);
  await ensureInstances(context, instancesOf(state));
}

/** Those left behind by attempts that were ended are removed. */
async function makeEmpty(parent: string, making: string): Promise<void> {
  await makeFolder(parent);
  for (const name of await readdir(parent)) {
    if (name.startsWith(unfinished)) await rm(path.join(parent, name), { recursive: true, force: true });
  }
  await mkdir(making);
}

async function fill(
  { dataFolder }: EmbeddedContext,
  { environment, id, token }: SnapshotRequest,
  { takenAt, errors, ...state }: State,
  making: string,
): Promise<void> {
  const application = path.join(making, applicationFile);
  const platform = path.join(making, platformFile);
  const tables = await copyApplicationData(applicationDatabaseFile(dataFolder, environment), application);
  await writeFile(platform, `${JSON.stringify(state, null, 2)}\n`);
  const parts: ManifestParts = {
    id,
    environment,
    release: state.releases.server,
    token,
    takenAt,
    errors,
    modules: state.modules.length,
    rows: Object.values(tables).reduce((sum, rows) => sum + rows, 0),
    tables,
    files: { [applicationFile]: await fileDigest(application), [platformFile]: await fileDigest(platform) },
  };
  await writeFile(path.join(making, manifestFile), manifestText(parts));
}
