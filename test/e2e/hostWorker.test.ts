/** The worker of a host that cannot serve: it says why, and ends. */
import { chmodSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commandHost } from '../platform/commandHost.js';
import { temporaryFolder } from '../platform/tinyFactory.js';
import { uplift } from './cliTerminal.js';
import { spawnUplift } from './commandProcess.js';

it('HOST_FILE_INVALID when others could change what it runs', async () => {
  const { file } = await commandHost({ up: '' });
  chmodSync(file, 0o606);
  const worker = await spawnUplift(['worker', '--role', 'host:controller', '--commands', file]);
  expect(await worker.exited()).toBe(2);
  expect(worker.output()).toContain(`${file} may be changed by others (mode 0606)`);
  expect(worker.output()).toContain('(HOST_FILE_INVALID)');
});

it('NOT_RUNNING where there are no plans', async () => {
  const { file } = await commandHost({ up: '' });
  const folder = temporaryFolder();
  const words = ['worker', '--role', 'host:controller', '--commands', file, '--data', folder];
  const worker = await spawnUplift(words);
  expect(await worker.exited()).toBe(1);
  expect(worker.output()).toContain(`${folder} is the folder of no installation`);
});

it.each([
  ['without a file', ['--role', 'host:controller']],
  ['with another role', ['--role', 'host:controller', '--role', 'compile', '--commands', 'commands.yaml']],
  ['with a file for no host', ['--commands', 'commands.yaml']],
])('INPUT_INVALID %s', async (_, words) => {
  expect(await uplift('worker', ...words)).toMatchObject({
    exit: 2,
    err: expect.stringContaining('A host has one role, host:NAME, and a file'),
  });
});
