/** Front ends and balancers of all environments of a data folder, as `uplift up` runs them: processes that its supervisor keeps. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pino } from 'pino';
import type { ProcessSpec } from '../../client/local/processSpec.js';
import { databaseProcessTable } from '../../client/local/processTable.js';
import { supervisor } from '../../client/local/supervisor.js';
import { environmentSecrets } from '../../platform/embedded/environmentSecrets.js';
import { layout } from '../../platform/embedded/layout.js';
import type { TinyEnvironment } from '../platform/tinyFactory.js';

export interface ServingProcesses {
  /** Resolves once all of them answer. */
  readonly ready: () => Promise<void>;
  /** Resolves once all of them have ended. */
  readonly close: () => Promise<void>;
}

/** Milliseconds. */
const readyWithin = 60_000;
const lookEvery = 100;
const stopGrace = 5_000;

/** By the folder of their code: the option that names one, and the path by which it tells that it serves. */
const kinds = {
  frontEnd: { option: '--front-end', health: '/_platform/health' },
  balancer: { option: '--environment', health: '/_balancer/status' },
} as const;

/** They run the built code. */
export function startServing({ context }: TinyEnvironment): ServingProcesses {
  const { database, dataFolder } = context;
  const log = pino({ level: 'silent' });
  const processes = supervisor({
    dataFolder,
    table: databaseProcessTable(database),
    wanted,
    log,
    interval: lookEvery,
  });
  processes.run();
  return {
    ready: async () => {
      const names = (await wanted()).map(({ name }) => name);
      await processes.waitReady(names, readyWithin);
    },
    close: processes.stopAll,
  };

  async function wanted(): Promise<readonly ProcessSpec[]> {
    const frontEnds = await database.selectFrom('front_ends').selectAll().execute();
    const environments = await database.selectFrom('environments').selectAll().execute();
    return [
      ...frontEnds.map(({ name, environment, port, wanted_release }) =>
        spec('frontEnd', { name, environment, port, generation: wanted_release }),
      ),
      ...environments.map(({ name, balancer_port }) =>
        spec('balancer', { name, environment: name, port: balancer_port, generation: 'any release' }),
      ),
    ];
  }

  function spec(
    kind: keyof typeof kinds,
    { name, environment, port, generation }: { name: string; environment: string; port: number; generation: string },
  ): ProcessSpec {
    const script = path.resolve('dist', 'platform', 'embedded', kind, 'main.js');
    if (!existsSync(script)) throw new Error(`${script} is missing: npm run build`);
    const { option, health } = kinds[kind];
    return {
      name: `${kind} ${name}`,
      command: process.execPath,
      args: [script, '--data', dataFolder, option, name],
      ports: [port],
      logFile: layout.log(dataFolder, `${kind}-${name}`),
      stopGrace,
      ready: async () => {
        const headers = (await environmentSecrets(database, environment)).headersOf('supervisor');
        return (await fetch(`http://127.0.0.1:${port}${health}`, { headers })).ok;
      },
      generation,
    };
  }
}
