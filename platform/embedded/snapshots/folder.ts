/**
 * Where snapshots stand, and how one is known to be whole.
 *
 *     snapshots/<environment>/<id>/application.db   the application data
 *     snapshots/<environment>/<id>/platform.json    releases, modules, configurations, what the front ends run
 *     snapshots/<environment>/<id>/manifest.json    SHA-256 of both and rows by table, with a digest over all of that
 *
 * A folder under its own name is complete: it is made beside it, brought to the disk and renamed.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { withOpenFile } from '../../../database/openFiles.js';
import { UpliftError } from '../../../domain/errors.js';
import { newestFirst } from '../../../domain/goLive/snapshotOrder.js';
import type { Snapshot } from '../../../port/snapshots.js';
import { digestOf } from '../compile/digest.js';
import { layout } from '../layout.js';

/** The files of a snapshot beside its manifest. */
export const applicationFile = 'application.db';
export const platformFile = 'platform.json';
export const manifestFile = 'manifest.json';

export interface Manifest extends Snapshot {
  /** The last entry that the error log had then; null when an older program has taken it. */
  readonly errors: number | null;
  /** Rows of application data by table. */
  readonly tables: Readonly<Record<string, number>>;
  /** SHA-256 by file. */
  readonly files: Readonly<Record<string, string>>;
}

export type ManifestParts = Omit<Manifest, 'digest'>;

export function manifestText(parts: ManifestParts): string {
  return `${JSON.stringify({ ...parts, digest: digestOf(parts) }, null, 2)}\n`;
}

/** Absolute; the same for the same id, whatever characters it is of. */
export function snapshotFolder(dataFolder: string, environment: string, id: string): string {
  return path.join(layout.snapshots(dataFolder, folderName(environment)), folderName(id));
}

/** A folder that is being made has a name that no id gives. */
export const unfinished = '+';

/** The manifest of a complete snapshot; undefined when there is none. Throws `SNAPSHOT_CORRUPTED` when it is not the one that was written. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  if (!existsSync(folder)) return undefined;
  const text = await readFile(path.join(folder, manifestFile), 'utf8').catch(() => '');
  const { digest, ...parts } = parsed(text) ?? {};
  if (parts === undefined || digest !== digestOf(parts)) throw corrupted(folder, manifestFile);
  return { token: null, errors: null, ...parts, digest } as Manifest;
}

/** Throws `SNAPSHOT_CORRUPTED`, naming the first file that is not what the manifest says. */
export async function verifyFiles(folder: string, { files }: Manifest): Promise<void> {
  for (const [file, digest] of Object.entries(files)) {
    const found = await fileDigest(path.join(folder, file)).catch(() => undefined);
    if (found !== digest) throw corrupted(folder, file);
  }
}

/** Newest first. Throws `SNAPSHOT_CORRUPTED` when one of them cannot be read: it might be the newest, and an older one loses more. */
export async function readManifests(dataFolder: string, environment: string): Promise<readonly Manifest[]> {
  const folder = layout.snapshots(dataFolder, folderName(environment));
  if (!existsSync(folder)) return [];
  const names = (await readdir(folder)).filter((name) => !name.startsWith(unfinished));
  const all = await Promise.all(names.map((name) => withOpenFile(() => readManifest(path.join(folder, name)))));
  return all.flatMap((manifest) => (manifest ? [manifest] : [])).sort(newestFirst);
}

export async function newestSnapshot(dataFolder: string, environment: string): Promise<Snapshot | null> {
  const [newest] = await readManifests(dataFolder, environment);
  return newest ? asSnapshot(newest) : null;
}

export function asSnapshot({ id, environment, release, token, takenAt, modules, rows, digest }: Manifest): Snapshot {
  return { id, environment, release, token, takenAt, modules, rows, digest };
}

/** SHA-256 as lower-case hex, read in pieces. */
export async function fileDigest(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** `what`: the file, or what the snapshot needs and no longer finds. */
export function corrupted(folder: string, what: string): UpliftError {
  return new UpliftError('SNAPSHOT_CORRUPTED', {
    what: `The snapshot ${folder} is damaged: ${what} is missing or not what was kept. Nothing was changed`,
    next: 'bring it back from a copy of the data folder, or restore another snapshot',
  });
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const content: unknown = JSON.parse(text);
    return typeof content === 'object' && content !== null ? (content as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** One level, inside its parent, another one for another text. */
function folderName(text: string): string {
  return encodeURIComponent(text).replace(/^\./, '%2E');
}
