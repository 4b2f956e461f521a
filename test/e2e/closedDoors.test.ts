/** Doors nobody meant to open: what a web page, another user of the machine or a module's code finds of a running `uplift up`. */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { portsFrom } from '../../client/local/ports.js';
import { ask } from '../platform/serving.js';
import { newer, temporaryFolder } from '../platform/tinyFactory.js';
import { screen, writeTinyFactory } from './factories.js';
import { until } from './until.js';
import { startedBy, startUplift, type Uplift } from './uplift.js';

/** A shell in which much is set up for other programs; nothing answers at the proxy. */
const shell = {
  TEMPORAL_API_KEY: 'key-of-another-server',
  TEMPORAL_TLS: 'true',
  TEMPORAL_NAMESPACE: 'elsewhere',
  NODE_OPTIONS: '--no-deprecation',
  CLOUD_TOKEN: 'token-of-the-operator',
  https_proxy: 'http://127.0.0.1:9',
  http_proxy: 'http://127.0.0.1:9',
};

let uplift: Uplift;

beforeAll(async () => {
  const dataFolder = path.join(temporaryFolder(), 'a #b?c%20d');
  mkdirSync(dataFolder);
  chmodSync(dataFolder, 0o755);
  uplift = await startUplift(writeTinyFactory(newer, { home: { source: screen('Home') } }), shell, dataFolder);
});

afterAll(async () => {
  await uplift.close();
});

const at = (port: number) => `http://127.0.0.1:${port}`;

describe('a web page that is open in a browser of this machine', () => {
  it('ends no run through the Temporal UI, and reads nothing there under a name of its own', async () => {
    const url = at(portsFrom(uplift.firstPort).temporalUi);
    const namespaces = '/api/v1/namespaces';

    const terminate = { method: 'POST', path: `${namespaces}/default/workflows/some/terminate` };

    expect((await ask(url, { ...terminate, headers: { origin: 'http://evil.example' } })).status).toBe(403);
    expect((await ask(url, { path: namespaces, headers: { host: 'evil.example' } })).status).toBe(403);
    expect(await ask(url, { path: namespaces })).toMatchObject({
      status: 200,
      text: expect.stringContaining('default'),
    });
  });

  it('reads nothing of metrics, Service Center, balancer and front ends under a name of its own', async () => {
    const { workerMetrics, environment } = portsFrom(uplift.firstPort);
    const { balancer, serviceCenter, frontEnds } = environment(0);
    const headers = { host: 'evil.example' };

    const answers = await Promise.all(
      [workerMetrics, balancer, serviceCenter, frontEnds].map((port) => ask(at(port), { path: '/metrics', headers })),
    );

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    const metrics = await ask(at(workerMetrics), { path: '/metrics' });
    expect(metrics).toMatchObject({ status: 200, text: expect.stringContaining('temporal_num_pollers') });
  });
});

it.runIf(process.platform === 'linux')('no process is given what the shell has for other programs', async () => {
  const processes = await startedBy(uplift.dataFolder);
  const environments = processes.map(({ pid }) => readFileSync(`/proc/${pid}/environ`, 'utf8'));

  expect(processes.map(({ name }) => name)).toEqual(expect.arrayContaining(['temporal', 'worker', 'front-end fe-1']));
  for (const text of environments) {
    expect(text).not.toMatch(/key-of-another-server|token-of-the-operator|NODE_OPTIONS|_proxy|TEMPORAL_TLS/);
  }
});

it('runs in the namespace of its own server, and says so to commands of the same shell', async () => {
  expect(uplift.run.temporal.namespace).toBe('default');
  for (const [name, value] of Object.entries(shell)) vi.stubEnv(name, value);

  const doctor = await uplift.cli('doctor');

  vi.unstubAllEnvs();
  expect(doctor).toMatchObject({ exit: 0, out: expect.stringContaining(uplift.run.temporal.address) });
});

it('nobody else may read the data folder or anything in it', () => {
  const { dataFolder } = uplift;
  const open = ['', ...readdirSync(dataFolder, { recursive: true, encoding: 'utf8' })]
    .map((name) => path.join(dataFolder, name))
    .filter((file) => existsSync(file) && (statSync(file).mode & 0o077) !== 0);

  // What the test itself has made: the output of the process it starts.
  expect(open.filter((file) => path.basename(file) !== 'up.txt')).toEqual([]);
});

it('keeps everything in the data folder whatever that is called, and starts again on it', async () => {
  expect(existsSync(path.join(uplift.dataFolder, 'temporal.db'))).toBe(true);
  expect(readdirSync(path.dirname(uplift.dataFolder))).toEqual([path.basename(uplift.dataFolder)]);
  expect(await uplift.stop()).toBe(0);

  await uplift.startAgain();

  await until('the schedule that was made before', async () =>
    (await uplift.cli('schedule', '--json')).out.includes('nightly/'),
  );
});
