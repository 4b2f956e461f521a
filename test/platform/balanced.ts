/** A balancer before real front ends. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { startBalancer } from '../../platform/embedded/balancer/balancer.js';
import { openPlatformDatabase } from '../../platform/embedded/database.js';
import { environment, eventually, type TestPlatform, type TestProcess, testPlatform } from './serving.js';

interface Balanced {
  readonly platform: TestPlatform;
  readonly url: string;
  readonly processes: Map<string, TestProcess>;
  row(frontEnd: string): Promise<{ observed_traffic: string; observed_release: string | null }>;
  wantTraffic(frontEnd: string, traffic: 'serving' | 'drained'): Promise<void>;
}

/** Says which front end shows it. */
const whoCode = `export const Who = { name: 'Who', render: ({ method }) =>
  globalThis[Symbol.for('uplift.host')].frontEnd + ' ' + method };`;

/** A balancer with front ends that all run the same module, all serving. */
export async function balanced(frontEnds: readonly string[], code = whoCode): Promise<Balanced> {
  const platform = await testPlatform(frontEnds);
  await platform.instance({ id: 'first', module: '@acme/who', release: '11.18.1', code });
  await platform.want('@acme/who', 'first');
  const processes = new Map<string, TestProcess>();
  for (const name of frontEnds) processes.set(name, await platform.startFrontEnd(name));
  const { database } = platform;
  const own = openPlatformDatabase(platform.data);
  const balancer = await startBalancer({ database: own, name: environment, log: pino({ level: 'silent' }) });
  onTestFinished(async () => {
    await balancer.close();
    await own.destroy();
  });
  const row = (name: string) =>
    database.selectFrom('front_ends').selectAll().where('name', '=', name).executeTakeFirstOrThrow();
  for (const name of frontEnds) {
    await eventually(`${name} serves`, async () => (await row(name)).observed_traffic === 'serving');
  }
  return {
    platform,
    url: `http://127.0.0.1:${platform.balancerPort}`,
    processes,
    row,
    async wantTraffic(name, traffic) {
      await database.updateTable('front_ends').set({ wanted_traffic: traffic }).where('name', '=', name).execute();
    },
  };
}

export async function frontEndOf(url: string): Promise<string | null> {
  return (await fetch(url)).headers.get('x-front-end');
}

/** A screen that leaves a mark when it begins, and answers once the gate is there. */
function gated(platform: { data: string }) {
  const begun = path.join(platform.data, 'begun');
  const gate = path.join(platform.data, 'gate');
  const code = `import { appendFileSync, existsSync } from 'node:fs';
    const host = globalThis[Symbol.for('uplift.host')];
    export const Slow = { name: 'Slow', async render() {
      appendFileSync(${JSON.stringify(begun)}, host.frontEnd + '\\n');
      while (!existsSync(${JSON.stringify(gate)})) await new Promise((resolve) => setTimeout(resolve, 10));
      return 'shown by ' + host.frontEnd;
    } };`;
  return {
    code,
    open: () => writeFile(gate, ''),
    begun: async () => (existsSync(begun) ? (await readFile(begun, 'utf8')).trim().split('\n') : []),
  };
}

/** Front ends that run the gated screen beside the other one. */
export async function balancedWithGate(frontEnds: readonly string[]) {
  const all = await balanced(frontEnds);
  const gate = gated(all.platform);
  await all.platform.instance({ id: 'gated', module: '@acme/gated', release: '11.18.1', code: gate.code });
  await all.platform.want('@acme/gated', 'gated');
  await eventually('every front end has the gated screen', async () => {
    const rows = await all.platform.database.selectFrom('front_end_modules').select('instance').execute();
    return rows.filter(({ instance }) => instance === 'gated').length === frontEnds.length;
  });
  return { ...all, gate };
}
