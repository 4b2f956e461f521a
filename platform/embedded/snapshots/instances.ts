/** The instances a snapshot runs: folders that are still there, else made again from their artifacts. */
import { existsSync } from 'node:fs';
import type { ModuleName } from '../../../domain/module.js';
import { readArtifact } from '../compile/artifacts.js';
import { materialise } from '../compile/instances.js';
import type { EmbeddedContext } from '../context.js';
import { layout } from '../layout.js';
import { filesByMember } from '../memberFiles.js';
import type { PlatformState } from './platformState.js';

interface Recorded {
  readonly artifact: string;
  readonly release: string;
  readonly producers: readonly string[];
}

/** Throws `ARTIFACT_CORRUPTED` when a folder is gone and cannot be made again. */
export async function ensureInstances(
  context: EmbeddedContext,
  { wanted, deployed }: Pick<PlatformState, 'wanted' | 'deployed'>,
): Promise<void> {
  const rows = await context.database.selectFrom('instances').selectAll().execute();
  const recorded = new Map(
    rows.map(({ id, producers, ...row }) => [id, { ...row, producers: JSON.parse(producers) as string[] }]),
  );
  const done = new Set<string>();
  for (const { instance } of [...wanted, ...deployed]) await ensureInstance(context, recorded, instance, done);
}

/** Producers first: what a folder links to is there before it. */
async function ensureInstance(
  context: EmbeddedContext,
  recorded: ReadonlyMap<string, Recorded>,
  id: string,
  done: Set<string>,
): Promise<void> {
  if (done.has(id)) return;
  done.add(id);
  const { artifact, release, producers } = recorded.get(id) ?? { artifact: id, release: '', producers: [] };
  for (const producer of producers) await ensureInstance(context, recorded, producer, done);
  if (existsSync(layout.instance(context.dataFolder, id))) return;
  const { files, declarations } = await readArtifact(context.database, artifact);
  const code = filesByMember(files, (path) => path.endsWith('.js'));
  await materialise({
    dataFolder: context.dataFolder,
    version: release,
    id,
    members: Object.keys(declarations).map((name) => ({ name, files: code.get(name) ?? [] })),
    producers: await producersOf(context, recorded, producers),
  });
}

/** Every member of a producing unit is linked: one more than the code asks for does no harm. */
async function producersOf(
  { database }: EmbeddedContext,
  recorded: ReadonlyMap<string, Recorded>,
  ids: readonly string[],
): Promise<ReadonlyMap<ModuleName, string>> {
  const linked = new Map<ModuleName, string>();
  for (const id of ids) {
    const { declarations } = await readArtifact(database, recorded.get(id)?.artifact ?? id);
    for (const member of Object.keys(declarations)) linked.set(member, id);
  }
  return linked;
}
