/** A tiny environment that runs: processes on ports of their own. A front end is replaced when another release is wanted of it. */
import { onTestFinished } from 'vitest';
import { openPlatformDatabase } from '../../platform/embedded/database.js';
import { repeat } from '../../platform/embedded/follow.js';
import { freePort } from '../e2e/freePort.js';
import { eventually, startProcess, type TestProcess } from './serving.js';
import type { TinyEnvironment } from './tinyFactory.js';

/** Gives the address of the balancer, once every front end serves. All of it ends with the test. */
export async function running({ context, environment }: TinyEnvironment): Promise<string> {
  const { database, dataFolder } = context;
  const balancerPort = await freePort();
  await database
    .updateTable('environments')
    .set({ balancer_port: balancerPort })
    .where('name', '=', environment)
    .execute();
  const frontEnds = await database.selectFrom('front_ends').select('name').execute();
  for (const { name } of frontEnds) {
    await database
      .updateTable('front_ends')
      .set({ port: await freePort() })
      .where('name', '=', name)
      .execute();
    keep(dataFolder, name);
  }
  await startProcess('balancer', ['--data', dataFolder, '--environment', environment]);
  await eventually('every front end serves', async () => {
    const rows = await database.selectFrom('front_ends').select('observed_traffic').execute();
    return rows.every(({ observed_traffic }) => observed_traffic === 'serving');
  });
  return `http://127.0.0.1:${balancerPort}`;
}

/** Keeps a front end running, as the supervisor does. */
function keep(dataFolder: string, name: string): void {
  const database = openPlatformDatabase(dataFolder);
  let running: TestProcess | undefined;
  let release: string | undefined;
  const keeping = repeat(
    20,
    async () => {
      const row = await database
        .selectFrom('front_ends')
        .selectAll()
        .where('name', '=', name)
        .executeTakeFirstOrThrow();
      if (row.wanted_release === release) return;
      await running?.end('SIGTERM');
      release = row.wanted_release;
      running = await startProcess('frontEnd', ['--data', dataFolder, '--front-end', name]);
    },
    (error) => {
      throw error;
    },
  );
  onTestFinished(async () => {
    await keeping.close();
    await running?.end('SIGKILL');
    await database.destroy();
  });
}
