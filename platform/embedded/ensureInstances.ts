/**
 * The folders of instances: made from their artifacts, and what a disk has lost of them made again. A folder that is there is
 * compared with its artifact to the last byte before anything is loaded from it.
 */
import { existsSync } from 'node:fs';
import { UpliftError } from '../../domain/errors.js';
import type { ModuleName } from '../../domain/modules/module.js';
import { readArtifact } from './compile/artifacts.js';
import { type Instance, materialise } from './compile/instances.js';
import type { EmbeddedContext } from './context.js';
import { ensureRelease } from './ensureRelease.js';
import { layout } from './layout.js';
import { filesByMember } from './memberFiles.js';

type Context = Pick<EmbeddedContext, 'database' | 'dataFolder'>;

interface Recorded {
  readonly artifact: string;
  readonly release: string;
  readonly producers: readonly string[];
}

/**
 * Also for every instance that they consume, directly or not; those in `done` are known to be whole. Throws `RELEASE_CORRUPTED`, and
 * `ARTIFACT_CORRUPTED` when a folder is missing and cannot be made.
 */
export async function ensureInstances(
  context: Context,
  instances: Iterable<string>,
  done: Set<string> = new Set(),
): Promise<void> {
  for (const id of instances) await ensureInstance(context, id, done);
}

/** Producers first: what a folder links to is there before it. */
async function ensureInstance(context: Context, id: string, done: Set<string>): Promise<void> {
  if (done.has(id)) return;
  const recorded = await recordedInstance(context, id);
  await ensureInstances(context, recorded?.producers ?? [], done);
  if (recorded && !done.has(recorded.release)) {
    await ensureRelease(context, recorded.release);
    done.add(recorded.release);
  }
  const instance = await instanceOf(context, id, recorded).catch((error: unknown) => {
    // Its folder is all that is left of it.
    if (isCorrupted(error) && existsSync(layout.instance(context.dataFolder, id))) return undefined;
    throw error;
  });
  if (instance) await materialise(instance);
  done.add(id);
}

async function recordedInstance({ database }: Context, id: string): Promise<Recorded | undefined> {
  const row = await database.selectFrom('instances').selectAll().where('id', '=', id).executeTakeFirst();
  return row && { ...row, producers: JSON.parse(row.producers) as string[] };
}

/** As its folder has to be. */
async function instanceOf(context: Context, id: string, recorded: Recorded | undefined): Promise<Instance> {
  const { database, dataFolder } = context;
  const { artifact, release, producers } = recorded ?? { artifact: id, release: '', producers: [] };
  const { files, declarations } = await readArtifact(database, artifact);
  const code = filesByMember(files, (path) => path.endsWith('.js'));
  return {
    dataFolder,
    version: release,
    id,
    members: Object.keys(declarations).map((name) => ({ name, files: code.get(name) ?? [] })),
    producers: await producersOf(context, producers),
  };
}

/** Every member of a producing unit is linked: one more than the code asks for does no harm. */
async function producersOf(context: Context, ids: readonly string[]): Promise<ReadonlyMap<ModuleName, string>> {
  const linked = new Map<ModuleName, string>();
  for (const id of ids) {
    const recorded = await recordedInstance(context, id);
    const { declarations } = await readArtifact(context.database, recorded?.artifact ?? id);
    for (const member of Object.keys(declarations)) linked.set(member, id);
  }
  return linked;
}

function isCorrupted(error: unknown): boolean {
  return error instanceof UpliftError && error.code === 'ARTIFACT_CORRUPTED';
}
