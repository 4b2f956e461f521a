/** From units to verdicts: what the artifact store already has is taken from there, the rest is compiled. */
import type { UnitId } from '../../../domain/modules/graph.js';
import type { Diagnostic, ModuleName } from '../../../domain/modules/module.js';
import { type ArtifactFile, readArtifact } from '../compile/artifacts.js';
import { type CompileUnit, compileGroup, type ProducerDeclarations } from '../compile/compiler.js';
import { compilerMemory } from '../compile/compilerMemory.js';
import { compilersInTurn } from '../compile/compilerPool.js';
import type { CompilePurpose } from '../compile/compilerTurns.js';
import { unitKey } from '../compile/keys.js';
import { loadRelease, type Release } from '../compile/release.js';
import { unpackSource } from '../compile/sources.js';
import { defaultSettings, type EmbeddedContext } from '../context.js';
import type { PlatformDatabase } from '../database.js';
import { ensureRelease } from '../ensureRelease.js';
import { filesByMember } from '../memberFiles.js';
import type { FactoryModules } from '../moduleGraph.js';
import type { ClaimedUnit } from './claim.js';

export interface UnitVerdict {
  readonly unit: ClaimedUnit;
  /** Declarations of the producers it was made from, as they must still be when it is recorded. */
  readonly madeFrom: ReadonlyMap<ModuleName, string>;
  readonly verdict: Verdict;
}

export type Verdict =
  | {
      readonly kind: 'prepared';
      readonly key: string;
      readonly reused: boolean;
      readonly files: readonly ArtifactFile[];
      readonly declarations: Readonly<Record<ModuleName, string>>;
    }
  | { readonly kind: 'failed'; readonly diagnostics: Readonly<Record<ModuleName, readonly Diagnostic[]>> }
  | { readonly kind: 'below a failure' };

export interface CompileRequest {
  readonly version: string;
  /** In dependency order. */
  readonly units: readonly ClaimedUnit[];
  readonly factory: FactoryModules;
  readonly token: number;
  readonly purpose: CompilePurpose;
}

/**
 * Compiles `units`, in dependency order, for `version`. Throws `COMPILER_FAULT` when the compiler failed for no module's fault,
 * `COMPILER_TIMEOUT` when it did not end in its time, `RELEASE_CORRUPTED`, and `ARTIFACT_CORRUPTED` when a producer's artifact is damaged
 * (it is pending again then).
 */
export async function compileUnits(
  context: EmbeddedContext,
  request: CompileRequest,
  signal: AbortSignal,
): Promise<readonly UnitVerdict[]> {
  const { database, dataFolder } = context;
  const { units, factory } = request;
  await ensureRelease(context, request.version);
  const release = await loadRelease(dataFolder, request.version);
  const declarations = knownDeclarations(factory, units);
  const reused = await reuseArtifacts(database, release, units, declarations);
  const remaining = units.filter(({ id }) => !reused.has(id));
  const compiled = await compileRemaining(context, release, remaining, { ...request, reused, signal });

  return units.map((unit) => {
    const madeFrom = new Map(unit.producers.flatMap((name) => entry(name, declarations.get(name))));
    const hit = reused.get(unit.id);
    const verdict = hit ?? keyed(release, unit, compiled.get(unit.id), declarations);
    if (verdict.kind === 'prepared')
      for (const [name, digest] of Object.entries(verdict.declarations)) declarations.set(name, digest);
    return { unit, madeFrom, verdict };
  });
}

/** Of what is prepared, but for the units themselves, which get others. */
function knownDeclarations(factory: FactoryModules, units: readonly ClaimedUnit[]): Map<ModuleName, string> {
  const own = new Set(units.flatMap(({ members }) => members.map(({ name }) => name)));
  const known = new Map<ModuleName, string>();
  for (const [name, { state, declarations }] of factory.modules)
    if (state === 'prepared' && declarations && !own.has(name)) known.set(name, declarations);
  return known;
}

type Prepared = Extract<Verdict, { kind: 'prepared' }>;

/** Units whose key the store knows, walked in dependency order so that a reused producer lets its consumers be found too. */
async function reuseArtifacts(
  database: PlatformDatabase,
  release: Release,
  units: readonly ClaimedUnit[],
  known: Map<ModuleName, string>,
): Promise<Map<UnitId, Prepared>> {
  const reused = new Map<UnitId, Prepared>();
  for (const unit of units) {
    if (!unit.producers.every((name) => known.has(name))) continue;
    const key = keyOf(release, unit, known);
    const row = await database.selectFrom('artifacts').select('declarations').where('key', '=', key).executeTakeFirst();
    if (!row) continue;
    const declarations = JSON.parse(row.declarations) as Record<ModuleName, string>;
    reused.set(unit.id, { kind: 'prepared', key, reused: true, files: [], declarations });
    for (const [name, digest] of Object.entries(declarations)) known.set(name, digest);
  }
  return reused;
}

async function compileRemaining(
  { database, dataFolder, settings }: EmbeddedContext,
  release: Release,
  units: readonly ClaimedUnit[],
  {
    factory,
    token,
    purpose,
    reused,
    signal,
  }: CompileRequest & { readonly reused: ReadonlyMap<UnitId, Prepared>; readonly signal: AbortSignal },
) {
  if (units.length === 0) return new Map();
  const inGroup = new Set(units.map(({ id }) => id));
  const sources = await readSources(database, units);
  const compileGroupUnits: CompileUnit[] = units.map((unit) => ({
    id: unit.id,
    members: unit.members.map((row) => ({
      name: row.name,
      files: sources.get(row.name) ?? {},
      references: factory.producersOf(row.name),
    })),
    producers: (factory.graph.units.get(unit.id)?.producers ?? []).filter((id) => inGroup.has(id)),
  }));
  const outside = units
    .flatMap(({ producers }) => producers)
    .filter((name) => !inGroup.has(factory.graph.unitOf.get(name) ?? ''));
  const producers = await readDeclarations(database, factory, reused, outside);
  const patience = settings.compilerPatience * Math.ceil(units.length / defaultSettings.groupUnits);
  const memory = settings.compilerMemory ?? compilerMemory();
  const inTurn = compilersInTurn(dataFolder);
  return compileGroup({
    release,
    units: compileGroupUnits,
    producers,
    token,
    inTurn,
    purpose,
    signal,
    patience,
    memory,
  });
}

async function readSources(
  database: PlatformDatabase,
  units: readonly ClaimedUnit[],
): Promise<Map<ModuleName, Readonly<Record<string, string>>>> {
  const rows = units.flatMap(({ members }) => members);
  const digests = rows.flatMap(({ published_source }) => published_source ?? []);
  const blobs = await database.selectFrom('sources').selectAll().where('digest', 'in', digests).execute();
  const byDigest = new Map(blobs.map(({ digest, files }) => [digest, files]));
  const sources = new Map<ModuleName, Readonly<Record<string, string>>>();
  for (const { name, published_source } of rows) {
    const blob = byDigest.get(published_source ?? '');
    if (blob) sources.set(name, unpackSource(blob));
  }
  return sources;
}

/** The declaration files of `modules` and of everything they reference, directly or not. */
async function readDeclarations(
  database: PlatformDatabase,
  factory: FactoryModules,
  reused: ReadonlyMap<UnitId, Prepared>,
  modules: readonly ModuleName[],
): Promise<Map<ModuleName, ProducerDeclarations>> {
  const found = new Map<ModuleName, ProducerDeclarations>();
  const artifactOf = (name: ModuleName) =>
    reused.get(factory.graph.unitOf.get(name) ?? '')?.key ?? factory.modules.get(name)?.artifact;
  const queue = [...modules];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const key = artifactOf(name);
    if (found.has(name) || !key) continue;
    const { files } = await readArtifact(database, key);
    for (const [member, declarations] of filesByMember(files, (path) => path.endsWith('.d.ts'))) {
      if (artifactOf(member) !== key) continue; // it has left the unit since
      const references = factory.producersOf(member);
      found.set(member, { files: declarations, references });
      queue.push(...references);
    }
  }
  return found;
}

function keyed(
  release: Release,
  unit: ClaimedUnit,
  result: Awaited<ReturnType<typeof compileGroup>> extends ReadonlyMap<string, infer Result>
    ? Result | undefined
    : never,
  declarations: ReadonlyMap<ModuleName, string>,
): Verdict {
  switch (result?.kind) {
    case 'prepared':
      return {
        kind: 'prepared',
        key: keyOf(release, unit, declarations),
        reused: false,
        files: result.files,
        declarations: result.declarations,
      };
    case 'failed':
      return { kind: 'failed', diagnostics: result.diagnostics };
    default:
      return { kind: 'below a failure' };
  }
}

function keyOf(release: Release, unit: ClaimedUnit, declarations: ReadonlyMap<ModuleName, string>): string {
  return unitKey({
    typesDigest: release.typesDigest,
    members: unit.members.map(({ name, published_source }) => ({ name, sourceDigest: published_source ?? '' })),
    producers: unit.producers.map((name) => ({ name, declarationsDigest: declarations.get(name) ?? '' })),
  });
}

function entry<T>(name: ModuleName, value: T | undefined): [ModuleName, T][] {
  return value === undefined ? [] : [[name, value]];
}
