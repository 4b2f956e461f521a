/** A data folder from before installations had ids: it gets one, and its runs and nights go on. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { expect, it, onTestFinished, vi } from 'vitest';
import { readRunFile } from '../../client/local/runFile.js';
import { temporaryFolder } from '../platform/tinyFactory.js';
import { uplift } from './cliTerminal.js';
import { spawnUplift } from './commandProcess.js';
import { freeFirstPort } from './freePort.js';
import { storeRows } from './state.js';
import { until } from './until.js';
import { endStartedBy } from './uplift.js';

vi.setConfig({ testTimeout: 240_000 });

const former = fileURLToPath(new URL('../dataFolders/before-migrations.tar.gz', import.meta.url));

it('moves its nights to the queue of its new id, and goes on serving the runs on the former one', async () => {
  const folder = temporaryFolder();
  execFileSync('tar', ['xzf', former, '-C', folder]);
  const dataFolder = path.join(folder, 'data');
  onTestFinished(() => endStartedBy(dataFolder)); // after `up` itself, which was spawned later

  const up = await spawnUplift(['up', '--data', dataFolder, '--port', String(await freeFirstPort())]);
  const run = await until('uplift up', () => readRunFile(dataFolder), 120_000).catch((error) => {
    throw new Error(up.output(), { cause: error });
  });

  const { id, formerQueue } = run.installation;
  expect([id, formerQueue]).toEqual([expect.stringMatching(/^[0-9a-f]{8}$/), true]);
  expect(up.output()).toContain(`Installation    ${id}, task queue uplift-${id}`);
  const connection = await Connection.connect({ address: run.temporal.address });
  const { schedule, workflow } = new Client({ connection });
  for (const { name } of run.environments) {
    const { action } = await schedule.getHandle(`nightly/${run.infrastructure}/${name}`).describe();
    expect(action).toMatchObject({ taskQueue: `uplift-${id}`, memo: { owner: { id, dataFolder } } });
  }
  const waiting = `upgrade/${run.infrastructure}/environments/Production`;
  expect((await workflow.getHandle(waiting).describe()).taskQueue).toBe('uplift');
  const doctor = await uplift('doctor', '--json', '--data', dataFolder);
  const { findings } = doctor.json() as { findings: { check: string; ok: boolean; detail: string }[] };
  for (const [check, queues] of [
    ['workers', [`uplift-${id}`, 'uplift']],
    ['compile workers', [`uplift-${id}-compile`, 'uplift-compile']],
  ] as const) {
    const found = findings.find((finding) => finding.check === check);
    expect(found).toMatchObject({ ok: true });
    for (const queue of queues) expect(found?.detail).toMatch(new RegExp(`of ${id} on queue ${queue}(;|$)`));
  }
  await connection.close();
  expect(await up.end('SIGTERM')).toBe(0);

  const again = await spawnUplift(['up', '--data', dataFolder, '--port', String(await freeFirstPort())]);
  await until('uplift up again', () => again.output().includes(`Installation    ${id}`), 120_000);
  expect(await again.end('SIGTERM')).toBe(0);
  expect(storeRows({ dataFolder }, 'select id, former_queue from installation')).toEqual([{ id, former_queue: 1 }]);
});
