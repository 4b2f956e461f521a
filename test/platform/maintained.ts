/** An environment that is held for an upgrade, with its door. */
import { defaultSettings, type EmbeddedContext, type EmbeddedSettings } from '../../platform/embedded/context.js';
import { embeddedDoor } from '../../platform/embedded/door.js';
import type { MaintenanceNotice } from '../../port/door.js';
import { embeddedServer } from './embeddedServer.js';
import { environment, eventually, ready, type TestPlatform, type TestProcess, testPlatform } from './serving.js';
import { quiet } from './tinyFactory.js';

export const signal = new AbortController().signal;

interface Maintained {
  readonly platform: TestPlatform;
  readonly balancer: TestProcess;
  readonly url: string;
  close(notice?: MaintenanceNotice): Promise<void>;
  open(): Promise<void>;
}

/** An environment that is held for an upgrade. */
export async function held(platform: TestPlatform, settings: Partial<EmbeddedSettings> = {}) {
  const context: EmbeddedContext = {
    database: platform.database,
    dataFolder: platform.data,
    settings: { ...defaultSettings, ...settings },
  };
  const hold = await embeddedServer(context).hold({
    environment,
    operation: 'upgrade',
    workflow: 'upgrade/acme',
    release: '11.18.1',
  });
  return { context, token: hold.token, maintenance: embeddedDoor(context) };
}

/** A balancer and front ends that all run this module as `@acme/who`, each a process, and serve. */
export async function maintained(frontEnds: readonly string[], code: (data: string) => string): Promise<Maintained> {
  const platform = await testPlatform(frontEnds);
  await platform.instance({ id: 'first', module: '@acme/who', release: '11.18.1', code: code(platform.data) });
  await platform.want('@acme/who', 'first');
  for (const name of frontEnds) await platform.startFrontEnd(name);
  for (const name of frontEnds) await ready(platform, name);
  const balancer = await platform.startBalancer();
  const url = `http://127.0.0.1:${platform.balancerPort}`;
  await eventually('users are served', async () => (await fetch(`${url}/`)).ok);
  const { maintenance, token } = await held(platform);
  return {
    platform,
    balancer,
    url,
    close: (notice) => maintenance.close({ ...door(token), ...(notice ? { notice } : {}) }, quiet),
    open: () => maintenance.open(door(token), quiet),
  };
}

/** As a run moves it. */
export const door = (token: number, run = 'first run') => ({
  environment,
  token,
  by: { workflow: 'upgrade/acme', run },
  reason: 'acme#1 brings it to 11.41.0',
});

export const doorOf = ({ database }: TestPlatform) =>
  database
    .selectFrom('environments')
    .select(['wanted_door as wanted', 'observed_door as observed'])
    .executeTakeFirstOrThrow();
