/**
 * Bringing modules to the front ends: the wanted row is written under the module's lock, every front end loads it and writes what
 * it observes. Nothing is told to a front end directly, so that one which was down finds out by itself.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ModuleName } from '../../domain/module.js';
import type { EmbeddedContext } from './context.js';
import { inTransaction, nowText, type PlatformDatabase, type PlatformTransaction } from './database.js';
import type { PlannedInstance } from './instances.js';
import { assertLocked, releaseLocks, takeLocks } from './locks.js';

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

/** Writes what follows from the results, a result for every module. */
export type RecordResults<T> = (
  transaction: PlatformTransaction,
  results: ReadonlyMap<ModuleName, RolloutResult>,
) => Promise<T>;

/**
 * Wants the modules, waits until every front end of the environment serves them, records them as deployed, and what `record` writes
 * in the same transaction. What a front end cannot load is wanted as it was before and so goes on running, with its whole unit; and
 * everything, when the rollout is broken off or `record` throws.
 */
export async function rollOut<T>(
  context: EmbeddedContext,
  rollout: Rollout,
  signal: AbortSignal,
  record: RecordResults<T>,
): Promise<T> {
  const { database } = context;
  await inTransaction(database, (transaction) => want(transaction, rollout));
  try {
    const results = byUnit(rollout, await observe(context, rollout, signal));
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

/** What is wanted of `modules` beyond what is deployed is no longer: a rollout of it failed, or was never brought to its end. */
export async function wantAsDeployed(
  transaction: PlatformTransaction,
  { environment, token }: { environment: string; token: number },
  modules: readonly ModuleName[],
): Promise<void> {
  const unrecorded = await transaction
    .selectFrom('wanted_modules as wanted')
    .leftJoin('deployed_modules as deployed', (join) =>
      join.onRef('deployed.environment', '=', 'wanted.environment').onRef('deployed.module', '=', 'wanted.module'),
    )
    .select(['wanted.module', 'deployed.instance'])
    .where('wanted.environment', '=', environment)
    .where('wanted.module', 'in', modules)
    .where('deployed.instance', 'is not', (eb) => eb.ref('wanted.instance'))
    .execute();
  if (unrecorded.length === 0) return;
  await assertLocked(transaction, token); // the fence guards no deletion
  for (const { module, instance } of unrecorded) {
    const ofModule = { environment, module };
    if (instance !== null) await wantOne(transaction, { ...ofModule, instance, token });
    else
      await transaction
        .deleteFrom('wanted_modules')
        .where('environment', '=', environment)
        .where('module', '=', module)
        .execute();
  }
}

/**
 * Ends whatever locks `modules`, before its time: its holder is refused from now on, and what it was rolling out without having
 * recorded it is wanted no longer.
 */
export async function breakOff(
  transaction: PlatformTransaction,
  environment: string,
  modules: readonly ModuleName[],
): Promise<void> {
  if (modules.length === 0) return;
  await transaction.deleteFrom('locks').where('environment', '=', environment).where('module', 'in', modules).execute();
  const token = await takeLocks(transaction, {
    environment,
    modules,
    operation: 'Modules deployment',
    holder: 'Deployment Service',
    claimedBy: 'break off',
    lease: 60_000,
  });
  await wantAsDeployed(transaction, { environment, token }, modules);
  await releaseLocks(transaction, token);
}

async function want(transaction: PlatformTransaction, { environment, token, modules }: Rollout): Promise<void> {
  for (const [module, { id: instance }] of modules) {
    await wantOne(transaction, { environment, module, instance, token });
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

async function wantOne(
  transaction: PlatformTransaction,
  row: { environment: string; module: ModuleName; instance: string; token: number },
): Promise<void> {
  await transaction
    .insertInto('wanted_modules')
    .values(row)
    .onConflict((conflict) => conflict.columns(['environment', 'module']).doUpdateSet(row))
    .execute();
}

/** Until every module has loaded or failed on every front end, or their time is over. */
async function observe(
  { database, settings }: EmbeddedContext,
  { environment, modules }: Rollout,
  signal: AbortSignal,
): Promise<ReadonlyMap<ModuleName, RolloutResult>> {
  const frontEnds = await database
    .selectFrom('front_ends')
    .select('name')
    .where('environment', '=', environment)
    .orderBy('name')
    .execute();
  const names = frontEnds.map(({ name }) => name);
  const deadline = Date.now() + settings.frontEndPatience;
  for (;;) {
    const seen = await readObservations(database, names, [...modules.keys()]);
    const late = Date.now() > deadline ? settings.frontEndPatience / 1000 : undefined;
    const results = new Map<ModuleName, RolloutResult>();
    for (const [module, { id }] of modules) {
      const observations = seen.filter((row) => row.module === module && row.instance === id);
      const result = resultOf(names, observations, late);
      if (result) results.set(module, result);
    }
    if (results.size === modules.size) return results;
    await delay(observeEvery, undefined, { signal });
  }
}

interface Observation {
  readonly front_end: string;
  readonly module: ModuleName;
  readonly instance: string;
  readonly error: string | null;
}

async function readObservations(
  database: PlatformDatabase,
  frontEnds: readonly string[],
  modules: readonly ModuleName[],
): Promise<readonly Observation[]> {
  return database
    .selectFrom('front_end_modules')
    .selectAll()
    .where('front_end', 'in', frontEnds)
    .where('module', 'in', modules)
    .execute();
}

/** Undefined while it is not known. `late`: seconds that were given in vain. */
function resultOf(
  frontEnds: readonly string[],
  observations: readonly Observation[],
  late: number | undefined,
): RolloutResult | undefined {
  const broken = observations.find(({ error }) => error !== null);
  if (broken) return { kind: 'failed', reason: `${broken.front_end} could not load it: ${broken.error}` };
  const missing = frontEnds.filter((name) => !observations.some(({ front_end }) => front_end === name));
  if (missing.length === 0) return { kind: 'deployed' };
  return late === undefined
    ? undefined
    : { kind: 'failed', reason: `${missing.join(', ')} did not load it within ${late} s` };
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
