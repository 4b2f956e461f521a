/** The process of one environment's Service Center: `--data DIR --environment NAME`. Its buttons start workflows. */
import { Client, Connection } from '@temporalio/client';
import { embeddedInstallation } from '../../platform/embedded/installation.js';
import { startServiceCenter } from '../../platform/embedded/serviceCenter/start.js';
import { runServingProcess } from '../../platform/embedded/servingProcess.js';
import { openStore } from '../../store/store.js';
import { temporalConfiguration } from '../../temporal/configuration.js';
import { temporalLauncher } from './launcher.js';

await runServingProcess('environment', async ({ database, dataFolder, name, log }) => {
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
  const serving = await startServiceCenter({ database, dataFolder, environment: name, launcher, store, log });
  return {
    close: async () => {
      await serving.close();
      await connection.close();
      await store.destroy();
    },
  };
});
