/** A tiny environment that runs: its front ends and its balancer, on ports of their own. A front end is replaced when another release is wanted of it. */
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { startBalancer } from '../../platform/embedded/balancer/balancer.js';
import { openPlatformDatabase } from '../../platform/embedded/database.js';
import { repeat } from '../../platform/embedded/follow.js';
import { startFrontEnd } from '../../platform/embedded/frontEnd/frontEnd.js';
import type { Serving } from '../../platform/embedded/servingProcess.js';
import { freePort } from '../e2e/freePort.js';
import { eventually } from './serving.js';
import type { TinyEnvironment } from './tinyFactory.js';

const log = pino({ level: 'silent' });

/** Gives the address of the balancer, once every front end serves. All of it ends with the test. */
export async function running({ context, environment }: TinyEnvironment): Promise<string> {
  const { database, dataFolder } = context;
  const frontEnds = await database.selectFrom('front_ends').selectAll().where('environment', '=', environment).execute();
  const balancerPort = await freePort();
  await database.updateTable('environments').set({ balancer_port: balancerPort }).where('name', '=', environment).execute();
  for (const { name } of frontEnds) {
    await database.updateTable('front_ends').set({ port: await freePort() }).where('name', '=', name).execute();
    onTestFinished(await kept(dataFolder, name));
  }
  const own = openPlatformDatabase(dataFolder);
  const balancer = await startBalancer({ database: own, name: environment, log });
  onTestFinished(async () => {
    await balancer.close();
    await own.destroy();
  });
  await eventually('every front end serves', async () => {
    const rows = await database.selectFrom('front_ends').select('observed_traffic').execute();
    return rows.every(({ observed_traffic }) => observed_traffic === 'serving');
  });
  return `http://127.0.0.1:${balancerPort}`;
}

/** Keeps a front end running as the supervisor does; the result ends it. */
async function kept(dataFolder: string, name: string): Promise<() => Promise<void>> {
  const own = openPlatformDatabase(dataFolder);
  let serving: Serving | undefined;
  let release: string | undefined;
  const keeping = repeat(
    20,
    async () => {
      const row = await own.selectFrom('front_ends').selectAll().where('name', '=', name).executeTakeFirstOrThrow();
      if (row.wanted_release === release) return;
      await serving?.close();
      release = row.wanted_release;
      serving = await startFrontEnd({ database: own, dataFolder, name, log });
    },
    (error) => {
      throw error;
    },
  );
  return async () => {
    await keeping.close();
    await serving?.close();
    await own.destroy();
  };
}
