/**
 * Which instance each module would run as: its artifact, bound to the instances of its producers (a Merkle tree), so that a
 * producer whose code changed gives its consumers a new instance without a compilation.
 */
import type { ModuleName } from '../../domain/modules/module.js';
import { instanceId } from './compile/instances.js';
import { loadRelease, type Release } from './compile/release.js';
import type { EmbeddedContext } from './context.js';
import { ensureInstances } from './ensureInstances.js';
import type { FactoryModules } from './moduleGraph.js';

export interface PlannedInstance {
  readonly id: string;
  readonly key: string;
  readonly release: string;
  readonly members: readonly ModuleName[];
  /** Instance of each module it consumes outside its unit. */
  readonly producers: ReadonlyMap<ModuleName, string>;
}

/** The instance of every prepared module whose producers are all prepared too, by module. */
export async function plannedInstances(
  { dataFolder }: EmbeddedContext,
  factory: FactoryModules,
): Promise<ReadonlyMap<ModuleName, PlannedInstance>> {
  const planned = new Map<ModuleName, PlannedInstance>();
  const releases = new Map<string, Release>();
  for (const unit of factory.graph.units.values()) {
    const rows = unit.members.flatMap((name) => factory.modules.get(name) ?? []);
    const { artifact: key, release: version } = rows[0] ?? {};
    // Members of one artifact: a unit that has just come together is compiled as one before it runs.
    if (!key || !version || rows.some(({ state, artifact }) => state !== 'prepared' || artifact !== key)) continue;
    const outside = [...new Set(unit.members.flatMap((name) => factory.producersOf(name)))].filter(
      (name) => !unit.members.includes(name),
    );
    const producers = new Map(
      outside.flatMap((name): [ModuleName, string][] => {
        const instance = planned.get(name);
        return instance ? [[name, instance.id]] : [];
      }),
    );
    if (producers.size < outside.length) continue;
    const release = releases.get(version) ?? (await loadRelease(dataFolder, version));
    releases.set(version, release);
    const id = instanceId({ key, codeDigest: release.codeDigest, producers: [...new Set(producers.values())].sort() });
    for (const member of unit.members)
      planned.set(member, { id, key, release: version, members: unit.members, producers });
  }
  return planned;
}

/**
 * Records `module`'s instance and every instance that it consumes, directly or not, and makes their folders; those in `done` have
 * theirs. Throws `ARTIFACT_CORRUPTED` and `RELEASE_CORRUPTED`.
 */
export async function materialiseInstance(
  context: EmbeddedContext,
  planned: ReadonlyMap<ModuleName, PlannedInstance>,
  module: ModuleName,
  done: Set<string> = new Set(),
): Promise<void> {
  const instance = planned.get(module);
  if (!instance || done.has(instance.id)) return;
  for (const producer of instance.producers.keys()) await materialiseInstance(context, planned, producer, done);
  await context.database
    .insertInto('instances')
    .values({
      id: instance.id,
      artifact: instance.key,
      release: instance.release,
      producers: JSON.stringify([...instance.producers.values()]),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await ensureInstances(context, [instance.id], done);
}
