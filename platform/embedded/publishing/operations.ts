/** The three operations of Service Center on a module, each recorded with its outcome under the id it was asked with. */
import { type ErrorCode, UpliftError } from '../../../domain/errors.js';
import type { ModuleName, Operation } from '../../../domain/modules/module.js';
import type { Progress } from '../../../port/progress.js';
import type { Publication, PublishRequest } from '../../../port/publishing.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction, nowText, type PlatformTransaction } from '../database.js';
import { assertUnsealed } from '../fence.js';
import { publish } from './publish.js';
import { assertFree } from './refusals.js';

interface ModuleRequest {
  readonly id: string;
  readonly environment: string;
  readonly module: ModuleName;
  readonly user: string;
}

interface ConfigurationRequest extends ModuleRequest {
  /** Site properties by name; those not given stay. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface ModuleOperations {
  publish(request: PublishRequest, progress: Progress): Promise<Publication>;
  applyConfigurations(
    request: ConfigurationRequest,
  ): Promise<{ readonly id: string; readonly settings: Readonly<Record<string, string>> }>;
  deleteModule(request: ModuleRequest): Promise<{ readonly id: string }>;
}

/** Key of each: `id`. A repeated id gets the recorded answer, or takes over what its first attempt left unfinished. */
export function moduleOperations(context: EmbeddedContext): ModuleOperations {
  return {
    publish: (request, progress) =>
      recorded(context, request, '1-Click Publish', () => publish(context, request, progress)),
    applyConfigurations: (request) =>
      recorded(context, request, 'Configuration update', () => applyConfigurations(context, request)),
    deleteModule: (request) => recorded(context, request, 'Delete module', () => deleteModule(context, request)),
  };
}

/** What is stored of an answer: the result, or the error to raise again. */
type Answer<T> =
  | { readonly result: T }
  | { readonly error: { code: ErrorCode; parts: UpliftError['parts']; cause?: unknown } };

async function recorded<T>(
  context: EmbeddedContext,
  { id, environment, module, user }: ModuleRequest,
  operation: Operation,
  work: () => Promise<T>,
): Promise<T> {
  const { database } = context;
  const earlier = await database.selectFrom('publications').selectAll().where('id', '=', id).executeTakeFirst();
  if (earlier && earlier.status !== 'running') return answered(JSON.parse(earlier.answer ?? '{}') as Answer<T>);
  await database
    .insertInto('publications')
    .values({ id, environment, module, user, operation, status: 'running', started_at: nowText })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const end = (status: 'finished' | 'refused' | 'failed', answer: Answer<T>) =>
    database
      .updateTable('publications')
      .set({ status, answer: JSON.stringify(answer), ended_at: nowText })
      .where('id', '=', id)
      .execute();
  try {
    const result = await work();
    await end('finished', { result });
    return result;
  } catch (error) {
    if (error instanceof UpliftError && error.class !== 'retry') {
      const { code, parts, cause } = error;
      await end(error.class === 'refuse' ? 'refused' : 'failed', { error: { code, parts, cause } });
    }
    throw error;
  }
}

function answered<T>(answer: Answer<T>): T {
  if ('result' in answer) return answer.result;
  throw new UpliftError(answer.error.code, answer.error.parts, { cause: answer.error.cause });
}

async function applyConfigurations(
  { database }: EmbeddedContext,
  { id, environment, module, user, settings }: ConfigurationRequest,
) {
  return inTransaction(database, async (transaction) => {
    await assertExists(transaction, environment, module);
    await assertUnsealed(transaction, environment);
    await assertFree(transaction, {
      environment,
      modules: [module],
      operation: 'Configuration update',
      user,
      claimedBy: id,
    });
    const row = await transaction
      .selectFrom('configurations')
      .select('settings')
      .where('environment', '=', environment)
      .where('module', '=', module)
      .executeTakeFirst();
    const merged = { ...(JSON.parse(row?.settings ?? '{}') as Record<string, string>), ...settings };
    await transaction
      .insertInto('configurations')
      .values({ environment, module, settings: JSON.stringify(merged) })
      .onConflict((conflict) =>
        conflict.columns(['environment', 'module']).doUpdateSet({ settings: JSON.stringify(merged) }),
      )
      .execute();
    return { id, settings: merged };
  });
}

async function deleteModule({ database }: EmbeddedContext, { id, environment, module, user }: ModuleRequest) {
  return inTransaction(database, async (transaction) => {
    await assertExists(transaction, environment, module);
    await assertUnsealed(transaction, environment);
    await assertFree(transaction, { environment, modules: [module], operation: 'Delete module', user, claimedBy: id });
    await assertNoConsumers(transaction, environment, module);
    for (const table of ['wanted_modules', 'deployed_modules', 'configurations'] as const) {
      await transaction.deleteFrom(table).where('environment', '=', environment).where('module', '=', module).execute();
    }
    await transaction
      .deleteFrom('module_references')
      .where('environment', '=', environment)
      .where('consumer', '=', module)
      .execute();
    await transaction.deleteFrom('modules').where('environment', '=', environment).where('name', '=', module).execute();
    return { id };
  });
}

async function assertExists(transaction: PlatformTransaction, environment: string, module: ModuleName): Promise<void> {
  const row = await transaction
    .selectFrom('modules')
    .select('name')
    .where('environment', '=', environment)
    .where('name', '=', module)
    .executeTakeFirst();
  if (!row)
    throw new UpliftError('MODULE_UNKNOWN', {
      what: `${environment} has no module ${module}`,
      next: `uplift modules ${environment}`,
    });
}

async function assertNoConsumers(
  transaction: PlatformTransaction,
  environment: string,
  module: ModuleName,
): Promise<void> {
  const consumers = await transaction
    .selectFrom('module_references')
    .select('consumer')
    .where('environment', '=', environment)
    .where('producer', '=', module)
    .orderBy('consumer')
    .execute();
  if (consumers.length === 0) return;
  throw new UpliftError('MODULE_HAS_CONSUMERS', {
    what: `${module} cannot be deleted from ${environment}: ${consumers.length} modules consume it`,
    blockedBy: consumers
      .map(({ consumer }) => consumer)
      .slice(0, 5)
      .join(', '),
    next: 'remove their references and publish them first',
  });
}
