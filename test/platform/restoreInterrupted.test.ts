/** A restore goes on to the same end wherever it was interrupted, and holds nobody up. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import v8 from 'node:v8';
import vm from 'node:vm';
import { beforeAll, describe, expect, it } from 'vitest';
import { applicationDatabaseFile } from '../../platform/embedded/frontEnd/applicationDatabase.js';
import { openConnection } from '../../platform/embedded/snapshots/sqlite.js';
import { addRows, applicationData, held, keptEnvironments, platformData } from './keptEnvironment.js';
import { running } from './running.js';
import { environment, eventually } from './serving.js';
import { id, restored, taken, upgradeServer } from './snapshotting.js';
import { quiet } from './tinyFactory.js';

let kept: Awaited<ReturnType<typeof keptEnvironments>>;

beforeAll(async () => {
  kept = await keptEnvironments();
});

describe('a restore that is interrupted', () => {
  /** The steps of a restore of one table, in their order. */
  const steps = [
    'verifying the snapshot',
    'taking over',
    'front ends',
    'deployed modules',
    'application data',
    'application data: claims',
    'recording what is lost',
    'taking the mark off',
    'traffic',
    'finishing',
  ];

  /** An environment that was upgraded and written to since its snapshot, with what it was. */
  async function changed() {
    const tiny = kept();
    await running(tiny);
    addRows(tiny.data, 'claims', 1000);
    const before = { data: applicationData(tiny.data), platform: await platformData(tiny) };
    const { takenAt } = await taken(tiny);
    await upgradeServer(tiny);
    addRows(tiny.data, 'claims', 25, new Date(Date.parse(takenAt) + 60_000));
    tiny.data.exec('create table later (a)');
    return { tiny, before };
  }

  it('LIVE-05 goes on to the same end when its process is killed at each step, and counts what is lost once', async () => {
    const { tiny, before } = await changed();

    for (const step of steps) {
      const { token } = await held(tiny, 'rollback');
      expect(await killedAt(step, tiny.context.dataFolder, token), step).toBe('SIGKILL');
    }
    const report = await restored(tiny);

    expect(applicationData(tiny.data)).toEqual(before.data);
    expect(await platformData(tiny)).toEqual(before.platform);
    expect(report).toMatchObject({ rows: 1000, lost: { rows: 25 } });
  });

  it('LIVE-05 stops between steps when it is told to, and goes on with the next call; the steps are these', async () => {
    const { tiny, before } = await changed();
    const stop = new AbortController();
    const stopping = (details: Record<string, unknown>) => {
      if (details['step'] === 'recording what is lost') stop.abort(new Error('cancelled'));
    };
    await expect(restored(tiny, { signal: stop.signal, heartbeat: stopping })).rejects.toThrow('cancelled');
    expect(applicationData(tiny.data)).not.toEqual(before.data);

    const entered: unknown[] = [];
    const report = await restored(tiny, {
      ...quiet,
      heartbeat: ({ step }) => step !== undefined && entered.push(step),
    });

    expect(applicationData(tiny.data)).toEqual(before.data);
    expect(report.lost.rows).toBe(25);
    expect(entered).toEqual(steps.filter((step) => step !== 'application data: claims'));
  });

  it('LIVE-05 leaves nothing of an interrupted one to the rollback that comes instead', async () => {
    const { tiny, before } = await changed();
    const stop = new AbortController();
    const stopping = ({ step }: Record<string, unknown>) => {
      if (step === 'recording what is lost') stop.abort(new Error('cancelled'));
    };
    await expect(restored(tiny, { signal: stop.signal, heartbeat: stopping })).rejects.toThrow('cancelled');
    await tiny.platform.server.release({ environment, token: (await held(tiny, 'rollback')).token });
    addRows(tiny.data, 'claims', 2, new Date());

    expect((await restored(tiny)).lost.rows).toBe(2);
    expect(applicationData(tiny.data)).toEqual(before.data);
  });

  it('LIVE-05 repeats its report to the hold that has it, and restores again for a later one', async () => {
    const { tiny, before } = await changed();
    const report = await restored(tiny);
    addRows(tiny.data, 'claims', 7, new Date());

    expect(await restored(tiny)).toEqual(report);
    expect(applicationData(tiny.data)).not.toEqual(before.data);

    await tiny.platform.server.release({ environment, token: (await held(tiny, 'rollback')).token });
    expect((await restored(tiny)).lost.rows).toBe(7);
    expect(applicationData(tiny.data)).toEqual(before.data);
  });

  it('LIVE-05 leaves it to the newest attempt: the one before can no longer write, not even data', async () => {
    const { tiny, before } = await changed();
    const { database } = tiny.context;
    const reached = new Set<unknown>();
    tiny.data.exec('begin immediate');
    const first = restored(tiny, { ...quiet, heartbeat: ({ step }) => reached.add(step) }).catch(
      (error: unknown) => error,
    );
    await eventually('the first waits for the data', async () => reached.has('application data'));
    const [{ token } = { token: 0 }] = await database.selectFrom('restores').select('token').execute();

    const second = restored(tiny);
    await eventually('the second has taken over', async () => {
      const [row] = await database.selectFrom('restores').select('token').execute();
      return (row?.token ?? 0) > token;
    });
    tiny.data.exec('commit');

    expect(await first).toMatchObject({ code: 'ENVIRONMENT_HELD' });
    expect((await second).lost.rows).toBe(25);
    expect(applicationData(tiny.data)).toEqual(before.data);
  });

  it('LIVE-05 says which front end it waits for, touches no data before it is back, and goes on once it is', async () => {
    const tiny = kept({ frontEndPatience: 300 });
    addRows(tiny.data, 'claims', 3);
    await taken(tiny);
    addRows(tiny.data, 'claims', 4);

    await expect(restored(tiny)).rejects.toMatchObject({
      code: 'FRONT_END_TIMEOUT',
      message: expect.stringMatching(/after 0.3 s fe-1 runs nothing yet, not 11.18.1/),
    });
    expect(tiny.data.prepare('select count(*) as rows from claims').all()).toEqual([{ rows: 7 }]);

    await running(tiny);
    expect((await restored(tiny)).lost.rows).toBe(4);
    expect(tiny.data.prepare('select count(*) as rows from claims').all()).toEqual([{ rows: 3 }]);
  });
});

it('LIVE-05 keeps the event loop free while it waits for a writer, whatever the garbage collector does', async () => {
  const tiny = kept();
  const connection = await openConnection(applicationDatabaseFile(tiny.context.dataFolder, environment));
  for (let query = 0; query < 20; query++) await connection.all('select count(*) from sqlite_schema');
  tiny.data.exec('begin immediate');
  const waiting = connection.exec('begin immediate');
  v8.setFlagsFromString('--expose-gc');
  const collectGarbage = vm.runInNewContext('gc') as () => void;

  let longest = 0;
  for (let turn = 0; turn < 10; turn++) {
    const started = performance.now();
    collectGarbage();
    await delay(5);
    longest = Math.max(longest, performance.now() - started);
  }
  tiny.data.exec('commit');
  await waiting;
  connection.close();

  expect(longest).toBeLessThan(2_000);
});

/** Runs a restore in a process of the built code that kills itself at `step`; the result is what ended it. */
async function killedAt(step: string, data: string, token: number): Promise<number | string> {
  const entry = path.resolve('dist', 'platform', 'embedded', 'platform.js');
  if (!fs.existsSync(entry)) throw new Error(`${entry} is missing: npm run build`);
  const script = `
    import { embeddedDriven, openEmbeddedContext } from ${JSON.stringify(pathToFileURL(entry).href)};
    const { snapshots } = embeddedDriven(openEmbeddedContext(${JSON.stringify(data)}));
    const heartbeat = ({ step }) => { if (step === ${JSON.stringify(step)}) process.kill(process.pid, 'SIGKILL'); };
    const signal = new AbortController().signal;
    await snapshots.restore({ environment: '${environment}', id: '${id}', token: ${token} }, { signal, heartbeat });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return code ?? signal ?? 'unknown';
}
