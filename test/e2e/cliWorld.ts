/** A data folder as `uplift up` leaves it, with a real Service Center; the Temporal server it names is up to the test. */
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { type Installation, taskQueueOf } from '../../contract/installation.js';
import { startServiceCenter } from '../../platform/embedded/serviceCenter/start.js';
import { writeRunFile } from '../../store/runFile.js';
import { openStore, type Store } from '../../store/store.js';
import { environment, testPlatform, underLock } from '../platform/serving.js';
import { freePort } from './freePort.js';

export const installation: Installation = { id: '7e577e57', madeAt: '2026-03-01T10:00:00.000Z', formerQueue: false };
export const taskQueue = taskQueueOf(installation);

export interface World {
  readonly data: string;
  readonly store: Store;
  /** Of Service Center. */
  readonly url: string;
}

export const diagnostic = {
  file: 'src/index.ts',
  line: 3,
  column: 7,
  code: 'TS2339',
  message: 'Property x does not exist.',
};

const modules = [
  { name: '@acme/text', state: 'prepared', diagnostics: null, cause: null },
  { name: '@acme/money', state: 'failed', diagnostics: JSON.stringify([diagnostic]), cause: null },
  {
    name: '@acme/claims',
    state: 'skipped',
    diagnostics: null,
    cause: JSON.stringify({ module: '@acme/money', path: ['@acme/claims', '@acme/money'] }),
  },
] as const;

/** Nobody presses a button of Service Center here. */
const launcher = { prepare: async () => ({ workflow: '' }), deploy: async () => ({ workflow: '' }) };

/** `@acme/money` failed, `@acme/claims` is skipped below it, `@acme/text` is prepared. Without `temporal` no server answers. */
export async function world(temporal?: string): Promise<World> {
  const { database, data, serviceCenterPort, balancerPort } = await testPlatform();
  await database.insertInto('sources').values({ digest: 'none', files: new Uint8Array() }).execute();
  const shared = { environment, application: 'Claims', kind: 'web', version: '1.0.0', cost: 1 } as const;
  const source = { uploaded_source: 'none', published_source: 'none', published_at: null, release: '11.18.1' };
  for (const module of modules) {
    await underLock(database, module.name, (token) =>
      database
        .insertInto('modules')
        .values({ ...shared, ...source, ...module, token })
        .execute(),
    );
  }
  await database
    .insertInto('module_references')
    .values({ environment, consumer: '@acme/claims', producer: '@acme/money' })
    .execute();
  const store = openStore(data);
  const log = pino({ level: 'silent' });
  const planPage = async () => '';
  const serving = await startServiceCenter({ database, dataFolder: data, environment, launcher, store, planPage, log });
  onTestFinished(async () => {
    await serving.close();
    await store.destroy();
  });
  const url = `http://127.0.0.1:${serviceCenterPort}`;
  await writeRunFile(data, {
    infrastructure: 'acme',
    pid: process.pid,
    startedAt: '2026-03-01T10:00:00.000Z',
    temporal: { address: temporal ?? `127.0.0.1:${await freePort()}`, namespace: 'default', ui: 'http://127.0.0.1:1' },
    installation,
    environments: [
      {
        name: environment,
        stage: 'development',
        applicationsUrl: `http://127.0.0.1:${balancerPort}`,
        serviceCenterUrl: url,
      },
    ],
  });
  return { data, store, url };
}
