/**
 * What an environment is, beside its application data: releases, modules, references, configurations, what the front ends run.
 * Sources and artifacts are rows named by their content, which stay: their digests stand for them.
 */
import type { ModuleName } from '../../../domain/modules/module.js';
import type { PlatformDatabase } from '../database.js';
import type { ModuleRow } from '../schema.js';

export interface PlatformState {
  readonly releases: {
    readonly server: string;
    readonly serviceCenter: string;
    readonly systemComponents: string;
  };
  readonly frontEnds: readonly {
    readonly name: string;
    readonly release: string;
    readonly traffic: 'serving' | 'drained';
  }[];
  readonly modules: readonly KeptModule[];
  readonly references: readonly { readonly consumer: ModuleName; readonly producer: ModuleName }[];
  readonly configurations: readonly { readonly module: ModuleName; readonly settings: string }[];
  readonly wanted: readonly { readonly module: ModuleName; readonly instance: string }[];
  readonly deployed: readonly {
    readonly module: ModuleName;
    readonly instance: string;
    readonly release: string;
    readonly at: string;
    readonly by: string;
  }[];
}

/** A token belongs to the time in which it was given. */
export type KeptModule = Omit<ModuleRow, 'environment' | 'token'>;

/** One consistent reading when it is done in a transaction. */
export async function readPlatformState(database: PlatformDatabase, environment: string): Promise<PlatformState> {
  const releases = await database
    .selectFrom('environments')
    .select([
      'server_release as server',
      'service_center_release as serviceCenter',
      'system_components_release as systemComponents',
    ])
    .where('name', '=', environment)
    .executeTakeFirstOrThrow();
  const frontEnds = await database
    .selectFrom('front_ends')
    .select(['name', 'wanted_release as release', 'wanted_traffic as traffic'])
    .where('environment', '=', environment)
    .orderBy('name')
    .execute();
  const modules = await database
    .selectFrom('modules')
    .selectAll()
    .where('environment', '=', environment)
    .orderBy('name')
    .execute();
  const references = await database
    .selectFrom('module_references')
    .select(['consumer', 'producer'])
    .where('environment', '=', environment)
    .orderBy('consumer')
    .orderBy('producer')
    .execute();
  const configurations = await database
    .selectFrom('configurations')
    .select(['module', 'settings'])
    .where('environment', '=', environment)
    .orderBy('module')
    .execute();
  const wanted = await database
    .selectFrom('wanted_modules')
    .select(['module', 'instance'])
    .where('environment', '=', environment)
    .orderBy('module')
    .execute();
  const deployed = await database
    .selectFrom('deployed_modules')
    .select(['module', 'instance', 'release', 'at', 'by'])
    .where('environment', '=', environment)
    .orderBy('module')
    .execute();
  return { releases, frontEnds, modules: modules.map(keptModule), references, configurations, wanted, deployed };
}

function keptModule({ environment: _environment, token: _token, ...kept }: ModuleRow): KeptModule {
  return kept;
}

/** What the front ends run, and are to run. */
export function instancesOf({ wanted, deployed }: PlatformState): ReadonlySet<string> {
  return new Set([...wanted, ...deployed].map(({ instance }) => instance));
}

/** Keys of the artifacts that prepared modules stand on and the artifact store no longer has. */
export async function missingArtifacts(
  database: PlatformDatabase,
  { modules }: PlatformState,
): Promise<ReadonlySet<string>> {
  const rows = await database.selectFrom('artifacts').select('key').execute();
  const stored = new Set(rows.map(({ key }) => key));
  return new Set(modules.flatMap(({ artifact }) => (artifact === null || stored.has(artifact) ? [] : [artifact])));
}

/** The first source that a module needs and that is no longer there, as people can look for it. */
export async function missingSource(
  database: PlatformDatabase,
  { modules }: PlatformState,
): Promise<string | undefined> {
  const rows = await database.selectFrom('sources').select('digest').execute();
  const stored = new Set(rows.map(({ digest }) => digest));
  for (const { name, uploaded_source, published_source } of modules) {
    const digest = [uploaded_source, published_source].find((needed) => needed !== null && !stored.has(needed));
    if (digest) return `the source ${digest} of ${name}`;
  }
  return undefined;
}
