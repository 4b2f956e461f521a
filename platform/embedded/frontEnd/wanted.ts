/** What a front end is told and what it tells, through the platform database only. */
import { sql } from 'kysely';
import type { ModuleName } from '../../../domain/modules/module.js';
import { inTransaction, nowText, type PlatformDatabase } from '../database.js';
import { readWhenChanged } from '../follow.js';

export interface WantedModule {
  readonly name: ModuleName;
  readonly application: string;
  readonly instance: string;
  /** The release the instance was compiled for. */
  readonly release: string;
  /** The lock under which it is wanted; another one asks for another attempt. */
  readonly token: number;
  /** What was last deployed with success: the way back when the wanted instance cannot be loaded. */
  readonly deployed: { readonly instance: string; readonly release: string } | undefined;
}

export interface Wanted {
  readonly modules: readonly WantedModule[];
  readonly settings: ReadonlyMap<ModuleName, Readonly<Record<string, string>>>;
}

/** What happened to an instance that was wanted. */
export interface Observation {
  readonly module: ModuleName;
  readonly instance: string;
  readonly error: string | null;
}

/**
 * Reads what is wanted; the same object comes back while nothing of it changed. Most of what is written to the database is none of a
 * front end's business, and one text tells at a fraction of the cost.
 */
export function wantedReader(database: PlatformDatabase, environment: string): () => Promise<Wanted> {
  let known: { readonly fingerprint: string; readonly wanted: Wanted } | undefined;
  return readWhenChanged(database, async () => {
    const fingerprint = await readFingerprint(database, environment);
    if (known?.fingerprint !== fingerprint) known = { fingerprint, wanted: await readWanted(database, environment) };
    return known.wanted;
  });
}

/** Another text whenever another instance is wanted, or one is wanted under another lock, or a setting is applied. */
async function readFingerprint(database: PlatformDatabase, environment: string): Promise<string> {
  const { rows } = await sql<{ wanted: string | null; settings: string | null }>`select
    (select group_concat(module || ' ' || instance || ' ' || token) from wanted_modules where environment = ${environment}) as wanted,
    (select group_concat(module || ' ' || settings) from configurations where environment = ${environment}) as settings`.execute(
    database,
  );
  return JSON.stringify(rows);
}

async function readWanted(database: PlatformDatabase, environment: string): Promise<Wanted> {
  const modules = await database
    .selectFrom('wanted_modules as wanted')
    .leftJoin('instances', 'instances.id', 'wanted.instance')
    .leftJoin('modules', (join) =>
      join.onRef('modules.environment', '=', 'wanted.environment').onRef('modules.name', '=', 'wanted.module'),
    )
    .leftJoin('deployed_modules as deployed', (join) =>
      join.onRef('deployed.environment', '=', 'wanted.environment').onRef('deployed.module', '=', 'wanted.module'),
    )
    .select(['wanted.module', 'wanted.instance', 'wanted.token', 'instances.release', 'modules.application'])
    .select(['deployed.instance as deployedInstance', 'deployed.release as deployedRelease'])
    .where('wanted.environment', '=', environment)
    .orderBy('wanted.module')
    .execute();
  const settings = await database
    .selectFrom('configurations')
    .select(['module', 'settings'])
    .where('environment', '=', environment)
    .execute();
  return {
    modules: modules.map(({ module, instance, token, release, application, deployedInstance, deployedRelease }) => ({
      name: module,
      application: application ?? 'Other modules',
      instance,
      release: release ?? 'an unknown release',
      token,
      deployed:
        deployedInstance && deployedRelease ? { instance: deployedInstance, release: deployedRelease } : undefined,
    })),
    settings: new Map(settings.map(({ module, settings: text }) => [module, JSON.parse(text)])),
  };
}

/** A process that starts has loaded nothing yet, whatever one before it has observed. */
export async function forgetObserved(database: PlatformDatabase, frontEnd: string): Promise<void> {
  await inTransaction(database, async (transaction) => {
    await transaction.deleteFrom('front_end_modules').where('front_end', '=', frontEnd).execute();
    await transaction.updateTable('front_ends').set({ observed_release: null }).where('name', '=', frontEnd).execute();
  });
}

/** `release`: everything wanted at the start is loaded, and this is what the front end runs on. */
export async function recordObserved(
  database: PlatformDatabase,
  frontEnd: string,
  {
    observations,
    dropped,
    release,
  }: { observations: readonly Observation[]; dropped: readonly ModuleName[]; release: string },
): Promise<void> {
  await inTransaction(database, async (transaction) => {
    for (const { module, instance, error } of observations) {
      const row = { instance, error, at: nowText };
      await transaction
        .insertInto('front_end_modules')
        .values({ front_end: frontEnd, module, ...row })
        .onConflict((conflict) => conflict.columns(['front_end', 'module']).doUpdateSet(row))
        .execute();
    }
    for (const module of dropped) {
      await transaction
        .deleteFrom('front_end_modules')
        .where('front_end', '=', frontEnd)
        .where('module', '=', module)
        .execute();
    }
    await transaction
      .updateTable('front_ends')
      .set({ observed_release: release })
      .where('name', '=', frontEnd)
      .execute();
  });
}
