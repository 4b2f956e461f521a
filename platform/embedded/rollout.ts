/**
 * Bringing modules to the front ends: the wanted row is written under the module's lock, every front end loads it and writes what
 * it observes. Nothing is told to a front end directly, so that one which was down finds out by itself.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ModuleName } from '../../domain/module.js';
import type { EmbeddedContext } from './context.js';
import { nowText, type PlatformDatabase } from './database.js';
import type { PlannedInstance } from './instances.js';

export interface Rollout {
  readonly environment: string;
  readonly token: number;
  /** Recorded as who deployed it. */
  readonly by: string;
  readonly modules: ReadonlyMap<ModuleName, PlannedInstance>;
}

export type RolloutResult = { readonly kind: 'deployed' } | { readonly kind: 'failed'; readonly reason: string };

/** How often observed state is read, in milliseconds. Front ends look at theirs about as often. */
const observeEvery = 50;

/**
 * Wants the modules, waits until every front end of the environment serves them, records them as deployed. A module that a front
 * end cannot load is wanted as it was before, and so goes on running.
 */
export async function rollOut(
  context: EmbeddedContext,
  rollout: Rollout,
  signal: AbortSignal,
): Promise<ReadonlyMap<ModuleName, RolloutResult>> {
  const { database } = context;
  const before = await deployedInstances(database, rollout.environment);
  await want(database, rollout, new Map([...rollout.modules].map(([name, { id }]) => [name, id])));
  const results = await observe(context, rollout, signal);
  const failed = [...results].filter(([, { kind }]) => kind === 'failed').map(([name]) => name);
  await want(database, rollout, new Map(failed.map((name) => [name, before.get(name)])));
  await recordDeployed(
    database,
    rollout,
    [...results.keys()].filter((name) => !failed.includes(name)),
  );
  return results;
}

async function deployedInstances(
  database: PlatformDatabase,
  environment: string,
): Promise<ReadonlyMap<ModuleName, string>> {
  const rows = await database
    .selectFrom('deployed_modules')
    .select(['module', 'instance'])
    .where('environment', '=', environment)
    .execute();
  return new Map(rows.map(({ module, instance }) => [module, instance]));
}

/** `undefined` for an instance: the module is not wanted at all. */
async function want(
  database: PlatformDatabase,
  { environment, token }: Rollout,
  instances: ReadonlyMap<ModuleName, string | undefined>,
): Promise<void> {
  if (instances.size === 0) return;
  await database.transaction().execute(async (transaction) => {
    for (const [module, instance] of instances) {
      if (instance === undefined) {
        await transaction
          .deleteFrom('wanted_modules')
          .where('environment', '=', environment)
          .where('module', '=', module)
          .execute();
      } else {
        await transaction
          .insertInto('wanted_modules')
          .values({ environment, module, instance, token })
          .onConflict((conflict) => conflict.columns(['environment', 'module']).doUpdateSet({ instance, token }))
          .execute();
      }
    }
  });
}

async function observe(
  { database, settings }: EmbeddedContext,
  { environment, modules }: Rollout,
  signal: AbortSignal,
): Promise<Map<ModuleName, RolloutResult>> {
  const frontEnds = await database
    .selectFrom('front_ends')
    .select('name')
    .where('environment', '=', environment)
    .execute();
  const names = frontEnds.map(({ name }) => name);
  const deadline = Date.now() + settings.frontEndPatience;
  const results = new Map<ModuleName, RolloutResult>();
  for (;;) {
    const rows = await database.selectFrom('front_end_modules').selectAll().where('front_end', 'in', names).execute();
    const observed = new Map(rows.map((row) => [`${row.front_end} ${row.module}`, row]));
    for (const [module, { id }] of modules) {
      if (results.has(module)) continue;
      const seen = names.map((name) => observed.get(`${name} ${module}`)).filter((row) => row?.instance === id);
      const broken = seen.find((row) => row?.error);
      if (broken)
        results.set(module, { kind: 'failed', reason: `${broken.front_end} could not load it: ${broken.error}` });
      else if (seen.length === names.length) results.set(module, { kind: 'deployed' });
    }
    if (results.size === modules.size) return results;
    if (Date.now() > deadline) break;
    await delay(observeEvery, undefined, { signal });
  }
  for (const [module, { id }] of modules) {
    if (results.has(module)) continue;
    const rows = await database
      .selectFrom('front_end_modules')
      .select('front_end')
      .where('module', '=', module)
      .where('instance', '=', id)
      .execute();
    const late = names.filter((name) => !rows.some(({ front_end }) => front_end === name));
    results.set(module, {
      kind: 'failed',
      reason: `${late.join(', ')} did not load it within ${settings.frontEndPatience / 1000} s`,
    });
  }
  return results;
}

async function recordDeployed(
  database: PlatformDatabase,
  { environment, token, by, modules }: Rollout,
  names: readonly ModuleName[],
): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    for (const module of names) {
      const planned = modules.get(module);
      if (!planned) continue;
      const row = { instance: planned.id, release: planned.release, at: nowText, by, token };
      await transaction
        .insertInto('deployed_modules')
        .values({ environment, module, ...row })
        .onConflict((conflict) => conflict.columns(['environment', 'module']).doUpdateSet(row))
        .execute();
    }
  });
}
