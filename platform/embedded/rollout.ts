/**
 * Bringing modules to the front ends: a process of its own tries to load them; what it could load is wanted by a row written under
 * the module's lock; every front end loads it and writes what it observes. Nothing is told to a front end directly, so that one which
 * was down finds out by itself.
 */
import type { ModuleName } from '../../domain/modules/module.js';
import type { EmbeddedContext } from './context.js';
import { inTransaction, nowText, type PlatformTransaction } from './database.js';
import { trialLoad } from './frontEnd/trial.js';
import type { PlannedInstance } from './instances.js';
import { observeModules, type RolloutResult } from './observation.js';
import { wantAsDeployed, wantModule } from './wantedModules.js';

export interface Rollout {
  readonly environment: string;
  readonly token: number;
  /** Recorded as who deployed it. */
  readonly by: string;
  readonly modules: ReadonlyMap<ModuleName, PlannedInstance>;
}

/** Writes what follows from the results, a result for every module. */
export type RecordResults<T> = (
  transaction: PlatformTransaction,
  results: ReadonlyMap<ModuleName, RolloutResult>,
) => Promise<T>;

/**
 * Tries the modules, wants them, waits until every front end of the environment serves them, records them as deployed, and what
 * `record` writes in the same transaction. What a trial could not load is wanted of no front end; what a front end cannot load is
 * wanted as it was before and so goes on running, with its whole unit; and everything, when the rollout is broken off or `record` throws.
 */
export async function rollOut<T>(
  context: EmbeddedContext,
  rollout: Rollout,
  signal: AbortSignal,
  record: RecordResults<T>,
): Promise<T> {
  const { database } = context;
  const tried = await trialFailures(context, rollout, signal);
  const loadable = new Map([...rollout.modules].filter(([name]) => !tried.has(name)));
  await inTransaction(database, (transaction) => want(transaction, { ...rollout, modules: loadable }));
  try {
    const observed = await observeModules(context, { ...rollout, modules: loadable }, signal);
    const results = byUnit(rollout, new Map([...tried, ...observed]));
    const ended = (kind: RolloutResult['kind']) =>
      [...results.keys()].filter((name) => results.get(name)?.kind === kind);
    return await inTransaction(database, async (transaction) => {
      await wantAsDeployed(transaction, rollout, ended('failed'));
      await recordDeployed(transaction, rollout, ended('deployed'));
      return record(transaction, results);
    });
  } catch (error) {
    const everything = [...rollout.modules.keys()];
    // Without the lock it is up to whoever has it now.
    await inTransaction(database, (transaction) => wantAsDeployed(transaction, rollout, everything)).catch(
      () => undefined,
    );
    throw error;
  }
}

async function trialFailures(
  context: EmbeddedContext,
  rollout: Rollout,
  signal: AbortSignal,
): Promise<ReadonlyMap<ModuleName, RolloutResult>> {
  const problems = await trialLoad(context, rollout, signal);
  return new Map([...problems].map(([name, reason]) => [name, { kind: 'failed', reason }]));
}

async function want(transaction: PlatformTransaction, { environment, token, modules }: Rollout): Promise<void> {
  for (const [module, { id: instance }] of modules) {
    await wantModule(transaction, { environment, module, instance, token });
    // An attempt that failed before says nothing about this one, which every front end makes anew.
    await transaction
      .deleteFrom('front_end_modules')
      .where('module', '=', module)
      .where('instance', '=', instance)
      .where('error', 'is not', null)
      .where('front_end', 'in', (eb) =>
        eb.selectFrom('front_ends').select('name').where('environment', '=', environment),
      )
      .execute();
  }
}

/** Modules of one instance are deployed together: what fails for one of them fails for all. */
function byUnit(
  { modules }: Rollout,
  results: ReadonlyMap<ModuleName, RolloutResult>,
): ReadonlyMap<ModuleName, RolloutResult> {
  const failures = new Map<string, RolloutResult>();
  for (const [module, { id }] of modules) {
    const result = results.get(module);
    if (result?.kind === 'failed' && !failures.has(id)) failures.set(id, result);
  }
  return new Map(
    [...results].map(([module, result]) => [module, failures.get(modules.get(module)?.id ?? '') ?? result]),
  );
}

async function recordDeployed(
  transaction: PlatformTransaction,
  { environment, token, by, modules }: Rollout,
  names: readonly ModuleName[],
): Promise<void> {
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
}
