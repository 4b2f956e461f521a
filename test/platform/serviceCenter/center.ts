/** A Service Center over real sockets, and who asks it. */
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { UpliftError } from '../../../domain/errors.js';
import type { ModuleState } from '../../../domain/modules/module.js';
import type { PlatformDatabase } from '../../../platform/embedded/database.js';
import type { Launcher, ServiceCenterOperations } from '../../../platform/embedded/serviceCenter/operations.js';
import { serviceCenter } from '../../../platform/embedded/serviceCenter/server.js';
import { startServiceCenter } from '../../../platform/embedded/serviceCenter/start.js';
import { openStore, type Store } from '../../../store/store.js';
import { environment, testPlatform, underLock } from '../serving.js';

const log = pino({ level: 'silent' });

export interface Center {
  readonly database: PlatformDatabase;
  readonly store: Store;
  readonly url: string;
  startAgain(): Promise<void>;
  /** Who was asked to launch what. */
  readonly launches: string[];
  api(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }>;
  page(path: string): Promise<string>;
  form(path: string, fields: Record<string, string>): Promise<Response>;
}

interface ModuleRow {
  readonly name: string;
  readonly state: ModuleState;
  readonly release?: string;
  readonly diagnostics?: unknown;
  readonly cause?: unknown;
  readonly producers?: readonly string[];
}

/** A Service Center on a real database, with these modules. `launched`: what a button leaves behind. */
export async function center(
  modules: readonly ModuleRow[] = [],
  launched?: (database: PlatformDatabase) => Promise<unknown>,
): Promise<Center> {
  const { database, data, serviceCenterPort } = await testPlatform();
  await database.insertInto('sources').values({ digest: 'none', files: new Uint8Array() }).execute();
  for (const module of modules) await addModule(database, module);
  const launches: string[] = [];
  const launch = (what: string) => async (by: string) => {
    launches.push(`${what} by ${by}`);
    await launched?.(database);
    return { workflow: `${what}/acme/${environment}`, link: 'http://127.0.0.1:8233/' };
  };
  const launcher: Launcher = { prepare: launch('prepare'), deploy: launch('deploy') };
  const store = openStore(data);
  const planPage = async (hash: string) => {
    if (hash === '0123456789ab') return `<p>The plan ${hash}</p>`;
    throw new UpliftError('PLAN_UNKNOWN', { what: `There is no plan ${hash}` });
  };
  const start = () => startServiceCenter({ database, dataFolder: data, environment, launcher, store, planPage, log });
  let serving = await start();
  onTestFinished(async () => {
    await serving.close();
    await store.destroy();
  });
  return {
    database,
    store,
    launches,
    async startAgain() {
      await serving.close();
      serving = await start();
    },
    ...client(`http://127.0.0.1:${serviceCenterPort}`),
  };
}

/** A Service Center whose operations are made up, for answers that only broken or busy worlds give. */
export async function centerWith(operations: Partial<ServiceCenterOperations>): Promise<ReturnType<typeof client>> {
  const nothing = async () => ({ workflow: 'none' });
  const server = serviceCenter({
    environment,
    operations: { latestPreparation: async () => undefined, ...operations } as ServiceCenterOperations,
    launcher: { prepare: nothing, deploy: nothing },
    pauses: { pause: async () => undefined, resume: async () => undefined, current: async () => null },
    planPage: async () => '',
    log,
  });
  onTestFinished(() => server.close());
  return client(await server.listen({ port: 0, host: '127.0.0.1' }));
}

function client(url: string) {
  return {
    url,
    async api(method: string, path: string, body?: unknown) {
      const response = await fetch(`${url}/api${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    page: async (path: string) => (await fetch(`${url}${path}`)).text(),
    form: (path: string, fields: Record<string, string>) =>
      fetch(`${url}${path}`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' }),
  };
}

async function addModule(database: PlatformDatabase, module: ModuleRow): Promise<void> {
  const { name, state, release = null, diagnostics, cause, producers = [] } = module;
  await underLock(database, name, (token) =>
    database
      .insertInto('modules')
      .values({
        environment,
        name,
        application: 'Claims',
        kind: 'web',
        version: '1.0.0',
        uploaded_source: 'none',
        published_source: 'none',
        published_at: null,
        state,
        release,
        diagnostics: diagnostics === undefined ? null : JSON.stringify(diagnostics),
        cause: cause === undefined ? null : JSON.stringify(cause),
        cost: 1,
        token,
      })
      .execute(),
  );
  for (const producer of producers) {
    await database.insertInto('module_references').values({ environment, consumer: name, producer }).execute();
  }
}

export const claims = '@acme/claims';
export const at = (name: string) => `/modules/${encodeURIComponent(name)}`;

/** Pages there are whatever stands in the environment, and that of a module. */
export const pagePaths = [
  '/ServiceCenter/',
  '/ServiceCenter/modules',
  `/ServiceCenter${at(claims)}`,
  '/ServiceCenter/upgrades',
];
