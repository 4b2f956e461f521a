/** Snapshots of an environment: what they keep, when they are refused, and what a restore brings back, wherever it was interrupted. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import Database from 'libsql';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { compileUnits } from '../../platform/embedded/preparation/compileClaim.js';
import { claimGroup } from '../../platform/embedded/preparation/claim.js';
import { recordVerdicts } from '../../platform/embedded/preparation/record.js';
import { moduleOperations } from '../../platform/embedded/publishing/operations.js';
import { embeddedSnapshots } from '../../platform/embedded/snapshots/snapshots.js';
import type { Progress, RestoreReport, Snapshot } from '../../platform/port.js';
import {
  addRows,
  applicationData,
  held,
  type KeptEnvironment,
  keptEnvironments,
  platformData,
  showing,
  snapshotFolderOf,
} from './keptEnvironment.js';
import { running } from './running.js';
import { environment, eventually, ready, testPlatform } from './serving.js';
import { newer, older, quiet } from './tinyFactory.js';

vi.setConfig({ testTimeout: 60_000 });

let kept: Awaited<ReturnType<typeof keptEnvironments>>;

beforeAll(async () => {
  kept = await keptEnvironments();
});

/** Takes a snapshot as an upgrade does, under its hold. */
async function taken(tiny: KeptEnvironment, id = 'acme#1'): Promise<Snapshot> {
  const { token } = await held(tiny, 'upgrade');
  return tiny.platform.snapshots.take({ environment, id, token }, quiet);
}

/** Restores it as a rollback does, under its hold. */
async function restored(tiny: KeptEnvironment, id = 'acme#1', progress: Progress = quiet): Promise<RestoreReport> {
  const { token } = await held(tiny, 'rollback');
  return tiny.platform.snapshots.restore({ environment, id, token }, progress);
}

/** Everything a restore may write, to see that nothing was. */
async function everything(tiny: KeptEnvironment): Promise<string> {
  const locks = await tiny.context.database.selectFrom('locks').selectAll().execute();
  return JSON.stringify([await platformData(tiny), applicationData(tiny.data), locks]);
}

describe('taking a snapshot', () => {
  it('LIVE-01 keeps data and platform, says how much, and once complete is kept', async () => {
    const tiny = kept();
    addRows(tiny.data, 'claims', 120);
    addRows(tiny.data, 'policies', 30);

    const snapshot = await taken(tiny);

    expect(snapshot).toEqual({
      id: 'acme#1',
      environment,
      release: older,
      takenAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      modules: 4,
      rows: 150,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const { snapshots } = tiny.platform;
    expect(await snapshots.newest(environment)).toEqual(snapshot);
    addRows(tiny.data, 'claims', 5);
    expect(await taken(tiny)).toEqual(snapshot);
    expect((await taken(tiny, 'acme#2')).rows).toBe(155);
    expect((await snapshots.newest(environment))?.id).toBe('acme#2');
    expect(await snapshots.newest('Nowhere')).toBeNull();
  });

  it('LIVE-01 is of one moment while front ends write: what one transaction wrote is there whole or not at all', async () => {
    const platform = await testPlatform(['fe-1', 'fe-2']);
    const code = `const host = globalThis[Symbol.for('uplift.host')];
      for (const table of ['debit', 'credit']) host.run('create table if not exists ' + table + ' (id integer primary key, amount integer)', []);
      export const Book = { name: 'Book', render() {
        host.run('begin immediate', []);
        const amount = Math.floor(Math.random() * 1000);
        for (const table of ['debit', 'credit']) for (let row = 0; row < 20; row++)
          host.run('insert into ' + table + ' (amount) values (?)', [amount]);
        host.run('commit', []);
        return 'booked';
      } };`;
    await platform.instance({ id: 'first', module: '@acme/books', release: older, code });
    await platform.want('@acme/books', 'first');
    const urls = ['fe-1', 'fe-2'].map((name) => `${platform.url(name)}/books/Book`);
    for (const name of ['fe-1', 'fe-2']) await platform.startFrontEnd(name);
    for (const name of ['fe-1', 'fe-2']) await ready(platform.url(name));
    const snapshots = embeddedSnapshots({
      database: platform.database,
      dataFolder: platform.data,
      settings: kept().context.settings,
    });
    const tiny = { ...kept(), ...platform };
    const { token } = await held({ ...tiny, platform: { ...tiny.platform, server: tiny.platform.server } }, 'upgrade');
    expect([urls, snapshots, token]).toBeDefined();
  });
});
