/**
 * The moment from which an environment is what its snapshot says, as one transaction: whoever still prepares, deploys or publishes
 * has lost its lock, releases, modules and configurations are written back, and the front ends are told what to run.
 */
import { sql } from 'kysely';
import type { EmbeddedContext } from '../context.js';
import { inTransaction, leaseFor, nowText, type PlatformTransaction } from '../database.js';
import { nextToken } from '../locks.js';
import { endPreparation } from '../preparation/preparation.js';
import { type KeptModule, missingArtifacts, type PlatformState } from './platformState.js';
import { type Attempt, type RestoreKey, restoreKey, startAttempt } from './restores.js';

/** Throws `ENVIRONMENT_HELD` unless `token` is the hold of a rollback. */
export async function takeOver(
  { database, settings }: EmbeddedContext,
  request: { environment: string; id: string; token: number },
  state: PlatformState,
): Promise<Attempt> {
  const { environment } = request;
  return inTransaction(database, async (transaction) => {
    const key = await restoreKey(transaction, request);
    await stopExecutions(transaction, environment);
    const token = await lockEverything(transaction, key, state, settings.lease);
    await startAttempt(transaction, key, token);
    await writeReleases(transaction, environment, request.token, state);
    await writeModules(transaction, environment, token, state);
    await writeWanted(transaction, environment, token, state);
    return { ...key, hold: request.token, token };
  });
}

/** They stay in the history, with how far they came. */
async function stopExecutions(transaction: PlatformTransaction, environment: string): Promise<void> {
  const running = (table: 'preparations' | 'deployments') =>
    transaction
      .selectFrom(table)
      .select('id')
      .where('environment', '=', environment)
      .where('status', '=', 'running')
      .execute();
  for (const { id } of await running('preparations')) await endPreparation(transaction, id, 'stopped');
  for (const { id } of await running('deployments')) {
    await transaction
      .updateTable('deployment_items')
      .set({ state: 'pending' })
      .where('deployment', '=', id)
      .where('state', '=', 'deploying')
      .execute();
    await transaction
      .updateTable('deployments')
      .set({ status: 'stopped', ended_at: nowText })
      .where('id', '=', id)
      .execute();
  }
}

/** Under one fresh token, whoever holds a lock now: nobody else works on a module until the restore has ended. */
async function lockEverything(
  transaction: PlatformTransaction,
  { environment, workflow }: RestoreKey,
  state: PlatformState,
  lease: number,
): Promise<number> {
  const modules = await namesOf(transaction, environment, state);
  const token = await nextToken(transaction);
  await transaction.deleteFrom('locks').where('environment', '=', environment).execute();
  for (const module of modules) {
    await transaction
      .insertInto('locks')
      .values({
        environment,
        module,
        token,
        operation: 'Environment rollback',
        holder: workflow,
        claimed_by: workflow,
        since: nowText,
        lease_until: leaseFor(lease),
      })
      .execute();
  }
  return token;
}

/** Every module that is there or comes back. */
async function namesOf(
  transaction: PlatformTransaction,
  environment: string,
  { modules, wanted, deployed }: PlatformState,
): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ name: string }>`
    select name from modules where environment = ${environment}
    union select module from wanted_modules where environment = ${environment}
    union select module from deployed_modules where environment = ${environment}`.execute(transaction);
  const kept = [...modules.map(({ name }) => name), ...[...wanted, ...deployed].map(({ module }) => module)];
  return new Set([...rows.map(({ name }) => name), ...kept]);
}

async function writeReleases(
  transaction: PlatformTransaction,
  environment: string,
  hold: number,
  { releases, frontEnds }: PlatformState,
): Promise<void> {
  await transaction
    .updateTable('environments')
    .set({
      server_release: releases.server,
      service_center_release: releases.serviceCenter,
      system_components_release: releases.systemComponents,
      token: hold,
    })
    .where('name', '=', environment)
    .execute();
  const present = await transaction
    .selectFrom('front_ends')
    .select(['name', 'wanted_release'])
    .where('environment', '=', environment)
    .execute();
  for (const { name, wanted_release } of present) {
    const release = frontEnds.find((kept) => kept.name === name)?.release ?? releases.server;
    if (wanted_release === release) continue;
    await transaction.updateTable('front_ends').set({ wanted_release: release }).where('name', '=', name).execute();
  }
}

async function writeModules(
  transaction: PlatformTransaction,
  environment: string,
  token: number,
  state: PlatformState,
): Promise<void> {
  for (const table of ['module_references', 'configurations'] as const) {
    await transaction.deleteFrom(table).where('environment', '=', environment).execute();
  }
  await transaction.deleteFrom('modules').where('environment', '=', environment).execute();
  const gone = await missingArtifacts(transaction, state);
  for (const module of state.modules) {
    await transaction
      .insertInto('modules')
      .values({ ...broughtBack(module, gone), environment, token })
      .execute();
  }
  for (const reference of state.references) {
    await transaction
      .insertInto('module_references')
      .values({ ...reference, environment })
      .execute();
  }
  for (const configuration of state.configurations) {
    await transaction
      .insertInto('configurations')
      .values({ ...configuration, environment })
      .execute();
  }
}

/** What was just being prepared, or stands on an artifact that is gone, has to be prepared again. */
function broughtBack(module: KeptModule, gone: ReadonlySet<string>): KeptModule {
  const { state, artifact } = module;
  const lost = artifact !== null && gone.has(artifact);
  return {
    ...module,
    ...(lost ? { artifact: null, declarations: null } : {}),
    state: state === 'preparing' || (state === 'prepared' && lost) ? 'pending' : state,
  };
}

async function writeWanted(
  transaction: PlatformTransaction,
  environment: string,
  token: number,
  { wanted }: PlatformState,
): Promise<void> {
  await transaction.deleteFrom('wanted_modules').where('environment', '=', environment).execute();
  for (const row of wanted) {
    await transaction
      .insertInto('wanted_modules')
      .values({ ...row, environment, token })
      .execute();
  }
}
