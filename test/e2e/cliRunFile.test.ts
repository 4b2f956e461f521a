/** run.json: what is written is what is read, whole or not at all. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type RunFile, readRunFile, removeRunFile, runFilePath, writeRunFile } from '../../store/runFile.js';

const run: RunFile = {
  infrastructure: 'acme',
  pid: 4711,
  startedAt: '2026-03-01T10:00:00.000Z',
  temporal: { address: '127.0.0.1:7233', namespace: 'default', ui: null },
  installation: { id: '7e577e57', madeAt: '2026-03-01T10:00:00.000Z', formerQueue: false },
  environments: [
    {
      name: 'Development',
      stage: 'development',
      applicationsUrl: 'http://127.0.0.1:8240',
      serviceCenterUrl: 'http://127.0.0.1:8241',
    },
  ],
};

async function folder(): Promise<string> {
  const made = await mkdtemp(path.join(os.tmpdir(), 'uplift-run-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

it('gives back what was written, and nothing once it was removed', async () => {
  const data = await folder();
  expect(await readRunFile(data)).toBeUndefined();
  await writeRunFile(data, run);
  expect(await readRunFile(data)).toEqual(run);
  await removeRunFile(data);
  expect(await readRunFile(data)).toBeUndefined();
  await removeRunFile(data);
});

it('makes the data folder, and leaves nothing but the file in it', async () => {
  const data = path.join(await folder(), 'new', 'data');
  await writeRunFile(data, run);
  expect(await readdir(data)).toEqual(['run.json']);
});

it('is never seen half written', async () => {
  const data = await folder();
  const environments = Array.from({ length: 400 }, (_, index) => ({ ...run.environments[0], name: `E${index}` }));
  const large = { ...run, environments } as RunFile;
  await writeRunFile(data, run);
  let writing = true;
  const sizes = new Set<number>();
  const reading = (async () => {
    while (writing) sizes.add((await readRunFile(data))?.environments.length ?? -1);
  })();
  for (let times = 0; times < 40; times++) await writeRunFile(data, times % 2 === 0 ? large : run);
  writing = false;
  await reading;
  expect([...sizes].filter((size) => size !== 1 && size !== 400)).toEqual([]);
});

const unusable: readonly (readonly [what: string, text: string, named: string])[] = [
  ['no JSON', '{"infrastructure": "ac', 'expected object'],
  ['a field of another version', JSON.stringify({ ...run, color: 'red' }), 'color'],
  ['a missing field', JSON.stringify({ ...run, temporal: { address: 'x:1', namespace: 'y' } }), 'ui'],
  ['no environment', JSON.stringify({ ...run, environments: [] }), 'environments'],
];

it.each(unusable)('with %s: INPUT_INVALID names file and field', async (_, text, named) => {
  const data = await folder();
  await writeFile(runFilePath(data), text);
  await expect(readRunFile(data)).rejects.toMatchObject({
    code: 'INPUT_INVALID',
    message: expect.stringMatching(new RegExp(`run\\.json.*${named}`)),
    parts: { next: expect.stringContaining('uplift up') },
  });
});

it('is not written with what could not be read', async () => {
  const data = await folder();
  await expect(writeRunFile(data, { ...run, pid: -1 })).rejects.toThrow('pid');
  expect(await readdir(data)).toEqual([]);
});
