/** A platform for tests of the serving processes: a data folder, a release or two, instances written by hand, real processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { leaseFor, nowText, openPlatformDatabase, type PlatformDatabase } from '../../platform/embedded/database.js';
import { environmentSecrets } from '../../platform/embedded/environmentSecrets.js';
import { layout, moduleFolder } from '../../platform/embedded/layout.js';
import { patience } from '../e2e/until.js';

export const environment = 'Development';

export interface TestPlatform {
  readonly data: string;
  readonly database: PlatformDatabase;
  readonly balancerPort: number;
  readonly serviceCenterPort: number;
  /** Address of a front end by its name. */
  url(frontEnd: string): string;
  release(version: string, files?: Readonly<Record<string, string>>): Promise<void>;
  instance(request: { id: string; module: string; release: string; code: string }): Promise<void>;
  /** Wants an instance under a fresh lock, as a deployment does; of modules that reference each other, at once for all. */
  want(modules: string | readonly string[], instance: string): Promise<void>;
  unwant(module: string): Promise<void>;
  deployed(module: string, instance: string, release: string): Promise<void>;
  startFrontEnd(name: string): Promise<TestProcess>;
  startBalancer(): Promise<TestProcess>;
}

export interface TestProcess {
  /** Sends the signal and gives the exit code, or the signal that ended it. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string>;
  output(): string;
}

/** Everything is removed and every process ended when the test has finished. */
export async function testPlatform(frontEnds: readonly string[] = ['fe-1']): Promise<TestPlatform> {
  const data = await mkdtemp(path.join(os.tmpdir(), 'uplift-serving-'));
  const database = openPlatformDatabase(data);
  const ports = await freePorts(frontEnds.length + 2);
  const [balancerPort = 0, serviceCenterPort = 0, ...frontEndPorts] = ports;
  onTestFinished(async () => {
    await database.destroy();
    await rm(data, { recursive: true, force: true, maxRetries: 3 });
  });
  await addRelease(database, '11.18.1');
  await database.insertInto('infrastructures').values({ name: 'acme' }).execute();
  await database
    .insertInto('environments')
    .values({
      name: environment,
      infrastructure: 'acme',
      stage: 'development',
      position: 1,
      server_release: '11.18.1',
      service_center_release: '11.18.1',
      system_components_release: '11.18.1',
      balancer_port: balancerPort,
      service_center_port: serviceCenterPort,
    })
    .execute();
  for (const [index, name] of frontEnds.entries()) {
    await database
      .insertInto('front_ends')
      .values({
        name,
        environment,
        zone: 'main',
        port: frontEndPorts[index] ?? 0,
        wanted_release: '11.18.1',
        wanted_traffic: 'serving',
        observed_traffic: 'drained',
      })
      .execute();
  }

  const platform: TestPlatform = {
    data,
    database,
    balancerPort,
    serviceCenterPort,
    url: (frontEnd) => `http://127.0.0.1:${frontEndPorts[frontEnds.indexOf(frontEnd)]}`,
    async release(version, files = {}) {
      await addRelease(database, version);
      for (const [file, text] of Object.entries(files)) {
        await write(path.join(layout.release(data, version), file), text);
      }
    },
    async instance({ id, module, release, code }) {
      const folder = path.join(layout.instance(data, id), moduleFolder(module));
      await write(path.join(folder, 'package.json'), JSON.stringify({ name: module, type: 'module' }));
      await write(path.join(folder, 'src', 'index.js'), code);
      const components = path.join(layout.release(data, release), 'node_modules', '@system');
      if (existsSync(components)) {
        await mkdir(path.join(folder, 'node_modules'), { recursive: true });
        await symlink(components, path.join(folder, 'node_modules', '@system'), 'junction');
      }
      await database
        .insertInto('instances')
        .values({ id, artifact: id, release, producers: '[]' })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    async want(modules, instance) {
      await underLock(database, modules, (token) =>
        database
          .insertInto('wanted_modules')
          .values([modules].flat().map((module) => ({ environment, module, instance, token })))
          .onConflict((conflict) => conflict.columns(['environment', 'module']).doUpdateSet({ instance, token }))
          .execute(),
      );
    },
    async unwant(module) {
      await database.deleteFrom('wanted_modules').where('module', '=', module).execute();
    },
    async deployed(module, instance, release) {
      await underLock(database, module, (token) =>
        database
          .insertInto('deployed_modules')
          .values({ environment, module, instance, release, at: nowText, by: 'somebody', token })
          .execute(),
      );
    },
    startFrontEnd: (name) => startProcess('frontEnd', ['--data', data, '--front-end', name]),
    startBalancer: () => startProcess('balancer', ['--data', data, '--environment', environment]),
  };
  return platform;
}

/** Waits for a condition that gives something, and gives that; fails telling what it waited for. */
export async function eventually<T>(what: string, condition: () => Promise<T | undefined | false | null>): Promise<T> {
  const deadline = Date.now() + patience.condition;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      const found = await condition();
      if (found) return found;
    } catch (error) {
      last = error;
    }
    await delay(20);
  }
  throw new Error(`Waited in vain until ${what}`, { cause: last });
}

/** Fetches from a server of the environment itself: the platform's own paths as its supervisor does, all else as its balancer does. */
export async function fetchFrom({ database }: TestPlatform, url: string, init: RequestInit = {}): Promise<Response> {
  const caller = new URL(url).pathname.startsWith('/_') ? 'supervisor' : 'balancer';
  const headers = new Headers(init.headers);
  const own = (await environmentSecrets(database, environment)).headersOf(caller);
  for (const [name, value] of Object.entries(own)) headers.set(name, value);
  return fetch(url, { ...init, headers });
}

export interface Asked {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request as no browser would send it: under any name, for any target. */
export async function ask(url: string, { path: target, method = 'GET', headers = {} }: Asked) {
  const { hostname, port } = new URL(url);
  const sent = request({ hostname, port, path: target, method, headers, agent: false });
  sent.end();
  const [response] = await once(sent, 'response');
  let text = '';
  for await (const part of response.setEncoding('utf8')) text += part;
  return { status: response.statusCode as number, text };
}

/** Waits until a front end is ready. */
export async function ready(platform: TestPlatform, frontEnd: string): Promise<void> {
  const url = `${platform.url(frontEnd)}/_platform/health`;
  await eventually(`${frontEnd} is ready`, async () => (await fetchFrom(platform, url)).ok);
}

async function addRelease(database: PlatformDatabase, version: string): Promise<void> {
  await database
    .insertInto('releases')
    .values({ version, digest: version, compiler: 'none' })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Does something under a lock of modules, as what writes a module's row must. */
export async function underLock(
  database: PlatformDatabase,
  modules: string | readonly string[],
  work: (token: number) => Promise<unknown>,
): Promise<void> {
  const { token } = await database
    .insertInto('tokens')
    .values({ given: nowText })
    .returning('token')
    .executeTakeFirstOrThrow();
  await database
    .insertInto('locks')
    .values(
      [modules].flat().map((module) => ({
        environment,
        module,
        token,
        operation: 'Modules deployment' as const,
        holder: 'Deployment Service',
        claimed_by: 'test',
        since: nowText,
        lease_until: leaseFor(60_000),
      })),
    )
    .execute();
  await work(token);
  await database.deleteFrom('locks').where('token', '=', token).execute();
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** Ports that nobody has now, all different. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  return ports;
}

/** Runs the built code: what is started here is what `npm run build` has made. */
export async function startProcess(kind: 'frontEnd' | 'balancer', parameters: readonly string[]): Promise<TestProcess> {
  const entry = path.resolve('dist', 'platform', 'embedded', kind, 'main.js');
  if (!existsSync(entry)) throw new Error(`${entry} is missing: npm run build`);
  const child = spawn(process.execPath, [entry, ...parameters], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += String(chunk);
    });
  }
  await once(child, 'spawn');
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended(child);
  };
  onTestFinished(async () => {
    await end('SIGKILL');
  });
  return { end, output: () => output };
}

async function ended(child: ChildProcess): Promise<number | string> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode ?? 'unknown';
}
