/** The process of one environment's Service Center: `--data DIR --environment NAME`. Its buttons start workflows. */
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { defaultSettings } from '../../platform/embedded/context.js';
import { databaseOperations } from '../../platform/embedded/serviceCenter/databaseOperations.js';
import { serviceCenter } from '../../platform/embedded/serviceCenter/server.js';
import { explainedListenError, runServingProcess } from '../../platform/embedded/servingProcess.js';
import { pauseEverything, resumeEverything } from '../../store/pause.js';
import { openStore } from '../../store/store.js';
import { temporalLauncher } from './launcher.js';

await runServingProcess('environment', async ({ database, dataFolder, name, log }) => {
  const { infrastructure, service_center_port: port } = await database
    .selectFrom('environments')
    .select(['infrastructure', 'service_center_port'])
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  // Lazy: Service Center works without Temporal, but for Prepare and Deploy.
  const connection = Connection.lazy(connectionOptions);
  const store = openStore(dataFolder);
  const ending = new AbortController();
  const server = serviceCenter({
    environment: name,
    operations: databaseOperations({ database, dataFolder, settings: defaultSettings }, name, ending.signal),
    launcher: temporalLauncher(new Client({ connection, namespace }), { infrastructure, environment: name }),
    pauses: {
      pause: (by, reason) => pauseEverything(store, by, reason),
      resume: () => resumeEverything(store),
    },
    log,
  });
  try {
    await server.listen({ host: '127.0.0.1', port });
  } catch (error) {
    throw explainedListenError(error, port, `the Service Center of ${name}`);
  }
  log.info({ port }, 'Service Center serves');
  return {
    close: async () => {
      ending.abort();
      await server.close();
      await connection.close();
      await store.destroy();
    },
  };
});
