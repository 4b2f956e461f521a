/**
 * A factory whose compiler is a function: what a module declares and whether it compiles stands in its source, and an artifact's
 * key says what it was made from. Everything else is the platform's own: claims, locks, verdicts, publishes on a real database.
 */
import { packSource, unpackSource } from '../../platform/embedded/compile/sources.js';
import { defaultSettings, type EmbeddedContext } from '../../platform/embedded/context.js';
import {
  nowText,
  openPlatformDatabase,
  type PlatformDatabase,
  type PlatformTransaction,
} from '../../platform/embedded/database.js';
import type { FactoryModules } from '../../platform/embedded/moduleGraph.js';
import type { ClaimedUnit } from '../../platform/embedded/preparation/claim.js';
import type { UnitVerdict, Verdict } from '../../platform/embedded/preparation/compileClaim.js';
import { temporaryFolder } from './tinyFactory.js';

export const environment = 'Development';
const release = '11.41.0';

/** `declares` is what consumers see of it; two sources that differ in `code` alone declare the same. */
export interface PaperSource {
  readonly declares: number;
  readonly code: number;
  readonly broken: boolean;
}

/** What the key of a paper artifact says. */
export interface MadeFrom {
  readonly sources: Readonly<Record<string, string | null>>;
  readonly producers: Readonly<Record<string, string>>;
}

export function filesOf(source: PaperSource): Readonly<Record<string, string>> {
  return { 'src/index.ts': JSON.stringify(source) };
}

export interface PaperModule {
  /** Its producers, by their index. */
  readonly references: readonly number[];
  /** It was published on another release and does not compile on this one. */
  readonly broken: boolean;
}

/** Every module published and pending. */
export async function paperFactory(modules: readonly PaperModule[]): Promise<EmbeddedContext> {
  const dataFolder = temporaryFolder();
  const database = openPlatformDatabase(dataFolder);
  await database.transaction().execute(async (transaction) => {
    await insertEnvironment(transaction);
    for (const [index, module] of modules.entries()) await insertModule(transaction, index, module);
  });
  return { database, dataFolder, settings: { ...defaultSettings, groupUnits: 2, lease: 3_600_000 } };
}

async function insertEnvironment(transaction: PlatformTransaction): Promise<void> {
  await transaction.insertInto('infrastructures').values({ name: 'paper' }).execute();
  await transaction.insertInto('releases').values({ version: release, digest: 'd', compiler: 'none' }).execute();
  await transaction
    .insertInto('environments')
    .values({
      name: environment,
      infrastructure: 'paper',
      stage: 'development',
      position: 0,
      server_release: release,
      service_center_release: release,
      system_components_release: release,
      balancer_port: 1,
      service_center_port: 2,
    })
    .execute();
}

async function insertModule(
  transaction: PlatformTransaction,
  index: number,
  { references, broken }: PaperModule,
): Promise<void> {
  const { digest, blob, bytes } = packSource(filesOf({ declares: 0, code: 0, broken }));
  await transaction
    .insertInto('sources')
    .values({ digest, files: blob })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const source = { uploaded_source: digest, published_source: digest, published_at: nowText, cost: bytes };
  const words = { application: 'paper', kind: 'library', version: '1.0.0', state: 'pending' } as const;
  await transaction
    .insertInto('modules')
    .values({ environment, name: `m${index}`, ...words, ...source })
    .execute();
  for (const producer of new Set(references)) {
    if (producer === index) continue;
    const reference = { environment, consumer: `m${index}`, producer: `m${producer}` };
    await transaction.insertInto('module_references').values(reference).execute();
  }
}

/** The verdicts on `units`, in order, as a compiler would find them that sees the factory as it was claimed. */
export async function compiledOnPaper(
  database: PlatformDatabase,
  factory: FactoryModules,
  units: readonly ClaimedUnit[],
): Promise<readonly UnitVerdict[]> {
  const sources = await readSources(database);
  const own = new Set(units.flatMap(({ members }) => members.map(({ name }) => name)));
  const declarations = new Map<string, string>();
  for (const [name, row] of factory.modules)
    if (row.state === 'prepared' && row.declarations && !own.has(name)) declarations.set(name, row.declarations);
  return units.map((unit) => {
    const known = unit.producers.flatMap((name) => {
      const digest = declarations.get(name);
      return digest === undefined ? [] : [[name, digest] as const];
    });
    const verdict =
      known.length < unit.producers.length ? ({ kind: 'below a failure' } as const) : verdictOn(unit, known, sources);
    if (verdict.kind === 'prepared')
      for (const [name, digest] of Object.entries(verdict.declarations)) declarations.set(name, digest);
    return { unit, madeFrom: new Map(known), verdict };
  });
}

function verdictOn(
  { members }: ClaimedUnit,
  producers: readonly (readonly [string, string])[],
  sources: ReadonlyMap<string, PaperSource>,
): Verdict {
  const sourceOf = (digest: string | null) => sources.get(digest ?? '') ?? { declares: -1, code: -1, broken: true };
  const broken = members.filter(({ published_source }) => sourceOf(published_source).broken);
  if (broken.length > 0) {
    const diagnostic = { file: 'src/index.ts', line: 1, column: 1, code: 'PAPER', message: 'broken' };
    return { kind: 'failed', diagnostics: Object.fromEntries(broken.map(({ name }) => [name, [diagnostic]])) };
  }
  const madeFrom: MadeFrom = {
    sources: Object.fromEntries(members.map(({ name, published_source }) => [name, published_source])),
    producers: Object.fromEntries(producers),
  };
  const declarations = members.map(({ name, published_source }) => [
    name,
    `${name} ${sourceOf(published_source).declares}`,
  ]);
  return {
    kind: 'prepared',
    key: JSON.stringify(madeFrom),
    reused: true,
    files: [],
    declarations: Object.fromEntries(declarations),
  };
}

async function readSources(database: PlatformDatabase): Promise<ReadonlyMap<string, PaperSource>> {
  const rows = await database.selectFrom('sources').selectAll().execute();
  return new Map(
    rows.map(({ digest, files }) => [digest, JSON.parse(unpackSource(files)['src/index.ts'] ?? '') as PaperSource]),
  );
}
