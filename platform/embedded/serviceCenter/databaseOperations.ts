/** The operations of a Service Center on the embedded platform's own database: it works without Temporal. */
import { UpliftError } from '../../../domain/errors.js';
import type { ModuleName } from '../../../domain/modules/module.js';
import type { Progress } from '../../../port/progress.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction } from '../database.js';
import { embeddedInventory } from '../inventory.js';
import { readReport } from '../preparation/report.js';
import { moduleOperations } from '../publishing/operations.js';
import { uploadSource } from '../publishing/upload.js';
import { deploymentDetail, preparationDetail } from './executionDetails.js';
import { executions } from './executions.js';
import type { ModuleDetail, ServiceCenterOperations } from './operations.js';

/** `signal` ends publishes that are still going on; their modules are free again, and nothing of them has changed. */
export function databaseOperations(
  context: EmbeddedContext,
  environment: string,
  signal: AbortSignal,
): ServiceCenterOperations {
  const { database } = context;
  const inventory = embeddedInventory(context);
  const operations = moduleOperations(context);
  // Nobody waits for a sign of life: the publish keeps its lease itself.
  const progress: Progress = { signal, heartbeat: () => undefined };
  return {
    async facts() {
      const facts = (await inventory.environments()).find(({ name }) => name === environment);
      if (facts) return facts;
      throw new UpliftError('ENVIRONMENT_UNKNOWN', { what: `There is no environment ${environment}` });
    },
    modules: () => inventory.modules({ environment }),
    module: (name) => moduleDetail(context, environment, name),
    executions: () => executions(database, environment),
    async latestPreparation() {
      const latest = await database
        .selectFrom('preparations')
        .select('id')
        .where('environment', '=', environment)
        .orderBy('id', 'desc')
        .executeTakeFirst();
      return latest && readReport(database, latest.id);
    },
    preparation: (id) => preparationDetail(database, environment, id),
    deployment: (id) => deploymentDetail(context, environment, id),
    upload: (request) => inTransaction(database, (transaction) => uploadSource(transaction, request)),
    publish: (request) => operations.publish(request, progress),
    applyConfigurations: (request) => operations.applyConfigurations(request),
    deleteModule: (request) => operations.deleteModule(request),
  };
}

async function moduleDetail(
  context: EmbeddedContext,
  environment: string,
  name: ModuleName,
): Promise<ModuleDetail | undefined> {
  const { database } = context;
  const facts = (await embeddedInventory(context).modules({ environment })).find((module) => module.name === name);
  const row = await database
    .selectFrom('modules')
    .select(['version', 'published_at'])
    .where('environment', '=', environment)
    .where('name', '=', name)
    .executeTakeFirst();
  if (!facts || !row) return undefined;
  const references = await database
    .selectFrom('module_references')
    .select(['consumer', 'producer'])
    .where('environment', '=', environment)
    .where((eb) => eb.or([eb('consumer', '=', name), eb('producer', '=', name)]))
    .execute();
  const configuration = await database
    .selectFrom('configurations')
    .select('settings')
    .where('environment', '=', environment)
    .where('module', '=', name)
    .executeTakeFirst();
  return {
    ...facts,
    version: row.version,
    publishedAt: row.published_at,
    producers: references.flatMap(({ consumer, producer }) => (consumer === name ? [producer] : [])).sort(),
    consumers: references.flatMap(({ consumer, producer }) => (producer === name ? [consumer] : [])).sort(),
    settings: JSON.parse(configuration?.settings ?? '{}') as Record<string, string>,
  };
}
