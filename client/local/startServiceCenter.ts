/** One environment's Service Center with all that it asks. Its buttons start workflows. */
import { Client, Connection } from '@temporalio/client';
import type { Serving } from '../../http/listen.js';
import { embeddedInstallation } from '../../platform/embedded/installation.js';
import { startServiceCenter } from '../../platform/embedded/serviceCenter/start.js';
import type { ServingContext } from '../../platform/embedded/servingProcess.js';
import { loadPlanDocument, planNamed } from '../../store/plans.js';
import { openStore } from '../../store/store.js';
import { temporalConfiguration } from '../../temporal/configuration.js';
import { planHtml } from '../pages/plan/planHtml.js';
import { temporalLauncher } from './launcher.js';

export async function startLaunchingServiceCenter({
  database,
  dataFolder,
  name,
  log,
}: ServingContext): Promise<Serving> {
  const { infrastructure } = await database
    .selectFrom('environments')
    .select('infrastructure')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  const { connectionOptions, namespace = 'default' } = temporalConfiguration();
  // Lazy: Service Center works without Temporal, but for Prepare and Deploy.
  const connection = Connection.lazy(connectionOptions);
  const store = openStore(dataFolder);
  const installation = await embeddedInstallation({ database, store });
  const client = new Client({ connection, namespace });
  const launcher = temporalLauncher(client, { infrastructure, environment: name, installation });
  const planPage = async (hash: string) => planHtml(await loadPlanDocument(store, await planNamed(store, hash)));
  const serving = await startServiceCenter({ database, dataFolder, environment: name, launcher, store, planPage, log });
  return {
    close: async () => {
      await serving.close();
      await connection.close();
      await store.destroy();
    },
  };
}
