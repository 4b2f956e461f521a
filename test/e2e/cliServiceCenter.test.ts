/** Commands that talk to a Service Center: a real one, on a real database. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { readModuleFolder } from '../../client/cli/sources.js';
import { serviceCenter } from '../../client/serviceCenter.js';
import { assertNotPaused } from '../../store/pause.js';
import { environment } from '../platform/serving.js';
import { writeFactory } from '../platform/tinyFactory.js';
import { uplift } from './cliTerminal.js';
import { diagnostic, world } from './cliWorld.js';
import { freePort } from './freePort.js';

it('modules --json gives exactly the documented fields, for every module', async () => {
  const { data } = await world();
  const ran = await uplift('modules', '--data', data, '--json');
  expect({ exit: ran.exit, err: ran.err }).toEqual({ exit: 0, err: '' });
  expect(ran.json()).toEqual([
    {
      name: '@acme/claims',
      known: { kind: 'observed' },
      application: 'Claims',
      ownerTeam: null,
      kind: 'web',
      version: '1.0.0',
      state: 'skipped',
      release: '11.18.1',
      deployedRelease: null,
      publishable: false,
      lock: null,
      cause: { module: '@acme/money', path: ['@acme/claims', '@acme/money'] },
      diagnostics: [],
    },
    expect.objectContaining({ name: '@acme/money', state: 'failed', diagnostics: [diagnostic] }),
    expect.objectContaining({ name: '@acme/text', state: 'prepared', publishable: true }),
  ]);
});

it('modules are a table for people; --state leaves the others out', async () => {
  const { data } = await world();
  const { out } = await uplift('modules', environment, '--state', 'failed', '--data', data);
  expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['MODULE', 'APPLICATION', 'STATE', 'PREPARED', 'DEPLOYED', 'PUBLISH', 'WHY'],
    ['@acme/money', 'Claims', 'failed', '11.18.1', '-', 'yes', 'src/index.ts:3:7 TS2339'],
    ['1 module'],
  ]);
});

it('PREP-07 why names root and path of a skipped module, with what is wrong at the root', async () => {
  const { data } = await world();
  const ran = await uplift('why', 'claims', '--data', data, '--json');
  expect(ran.exit).toBe(0);
  expect(ran.json()).toMatchObject({
    name: '@acme/claims',
    cause: { module: '@acme/money', path: ['@acme/claims', '@acme/money'] },
    producers: ['@acme/money'],
    unpreparedProducers: ['@acme/money'],
    rootDiagnostics: [diagnostic],
    next: [
      expect.stringContaining(`uplift publish ${environment} @acme/money`),
      `uplift retry ${environment} prepares what it stopped`,
    ],
  });
  expect((await uplift('why', environment, 'claims', '--data', data)).out).toContain('src/index.ts:3:7 TS2339');
});

it('a module that does not exist: MODULE_UNKNOWN with the nearest, exit code 2', async () => {
  const { data } = await world();
  const ran = await uplift('why', 'clams', '--data', data, '--json');
  expect(ran.exit).toBe(2);
  expect(ran.json()).toEqual({
    error: {
      code: 'MODULE_UNKNOWN',
      message: `${environment} has no module clams`,
      next: 'perhaps @acme/claims is meant',
    },
  });
});

it('pause --all stops everything at once, resume --all lets it go on', async () => {
  const { data, store } = await world();
  const paused = await uplift('pause', '--all', '--as', 'ana', '--reason', 'incident', '--data', data);
  expect(paused).toMatchObject({ exit: 0, out: 'everything is paused' });
  await expect(assertNotPaused(store)).rejects.toMatchObject({ code: 'PAUSED', parts: { blockedBy: 'ana' } });
  const resumed = await uplift('resume', '--all', '--as', 'ana', '--reason', 'over', '--data', data, '--json');
  expect(resumed.json()).toEqual({ message: 'resume', environment: null, workflowIds: [], by: 'ana', reason: 'over' });
  await expect(assertNotPaused(store)).resolves.toBeUndefined();
});

it('publish --source reads package.json and what is TypeScript below src', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'uplift-module-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(path.join(folder, 'src', 'deep'), { recursive: true });
  await writeFile(path.join(folder, 'src', 'deep', 'amount.ts'), 'export const amount = 1;\n');
  await writeFile(path.join(folder, 'src', 'notes.md'), 'not TypeScript');
  await writeFile(path.join(folder, 'other.ts'), 'not below src');
  await expect(readModuleFolder(folder)).rejects.toMatchObject({
    message: expect.stringContaining('src/index.ts: is missing'),
  });
  await writeFile(path.join(folder, 'src', 'index.ts'), 'export {};\n');
  expect(await readModuleFolder(folder)).toEqual({
    'src/deep/amount.ts': 'export const amount = 1;\n',
    'src/index.ts': 'export {};\n',
  });
  await writeFile(path.join(folder, 'package.json'), '{}');
  expect(Object.keys(await readModuleFolder(folder)).sort()).toEqual([
    'package.json',
    'src/deep/amount.ts',
    'src/index.ts',
  ]);
});

it('publish --source refuses by name what it cannot read: other encodings, links out of the module, no folder', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'uplift-module-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(path.join(folder, 'src'));
  await writeFile(path.join(folder, 'src', 'index.ts'), Buffer.from([0x2f, 0x2f, 0xe9]));
  await symlink(os.tmpdir(), path.join(folder, 'src', 'away'));
  await expect(readModuleFolder(folder)).rejects.toMatchObject({
    code: 'FACTORY_INVALID',
    message: expect.stringMatching(/src\/away: is a link that leads out[\s\S]*src\/index\.ts:1: is not UTF-8/),
  });
  await expect(readModuleFolder(path.join(folder, 'gone'))).rejects.toMatchObject({ code: 'INPUT_INVALID' });
});

it('validate says everything that an import would refuse, for people and as JSON, with its exit code', async () => {
  const folder = writeFactory({ base: {}, user: { uses: ['base'] } });
  const well = await uplift('validate', folder);
  expect(well).toMatchObject({ exit: 0, out: `The factory ${folder} is well: 2 modules` });
  await rm(path.join(folder, 'modules/base'), { recursive: true });
  await symlink(os.tmpdir(), path.join(folder, 'modules/user/src/away'));
  const refused = await uplift('validate', folder);
  expect(refused.exit).toBe(2);
  expect(refused.out).toContain('modules/user/src/away: is a link that leads out of the factory');
  expect(refused.out).toMatch(/modules\/user\/package\.json:\d+: dependencies: there is no module base/);
  const one = await uplift('validate', path.join(folder, 'modules/user'), '--json');
  expect(one.exit).toBe(2);
  expect(one.json()).toMatchObject({
    kind: 'module',
    valid: false,
    complaints: [{ file: 'user/src/away', line: null, severity: 'refused' }],
  });
  expect(await uplift('validate', path.join(folder, 'gone'))).toMatchObject({ exit: 2 });
});

it('a Temporal server that is gone: NOT_RUNNING names the folder and uplift up', async () => {
  const { data } = await world();
  const ran = await uplift('status', '--data', data, '--json');
  expect(ran.exit).toBe(1);
  expect(ran.json()).toEqual({
    error: {
      code: 'NOT_RUNNING',
      message: expect.stringContaining(`${data}/run.json`),
      next: `uplift up --data ${data}`,
    },
  });
});

it('TEMPORAL_ADDRESS wins over run.json, and is named when nothing answers there', async () => {
  const { data } = await world();
  const address = `127.0.0.1:${await freePort()}`;
  vi.stubEnv('TEMPORAL_ADDRESS', address);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const ran = await uplift('prepare', '--data', data, '--json');
  expect(ran.json()).toMatchObject({
    error: { code: 'TEMPORAL_UNAVAILABLE', message: expect.stringMatching(new RegExp(`${address}.*TEMPORAL_ADDRESS`)) },
  });
});

it('a Temporal profile that does not exist: INPUT_INVALID names it, exit code 2', async () => {
  const { data } = await world();
  vi.stubEnv('TEMPORAL_ADDRESS', '127.0.0.1:1');
  vi.stubEnv('TEMPORAL_PROFILE', 'nosuch');
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const ran = await uplift('status', '--data', data);
  expect(ran).toMatchObject({ exit: 2, err: expect.stringContaining('nosuch') });
});

it('a Service Center that is gone: NOT_RUNNING', async () => {
  const gone = `http://127.0.0.1:${await freePort()}`;
  const center = serviceCenter({ name: environment, serviceCenterUrl: gone }, '.uplift');
  await expect(center.modules()).rejects.toMatchObject({ code: 'NOT_RUNNING', message: expect.stringContaining(gone) });
});

it('a refusal of Service Center arrives with its code and its words', async () => {
  const { url, data } = await world();
  const center = serviceCenter({ name: environment, serviceCenterUrl: url }, data);
  await expect(center.module('@acme/nosuch')).rejects.toMatchObject({
    code: 'MODULE_UNKNOWN',
    parts: { what: `${environment} has no module @acme/nosuch` },
  });
});
