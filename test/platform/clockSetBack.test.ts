/** A clock that is set back by a day between two things: what came first stays first. */

import fs from 'node:fs';
import path from 'node:path';
import { asyncLocalStorage, Context, type Info } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { sql } from 'kysely';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { type Activities, createActivities } from '../../activities/index.js';
import { embeddedPlatform } from '../../platform/embedded/platform.js';
import { manifestText, snapshotFolder } from '../../platform/embedded/snapshots/folder.js';
import type { Snapshot } from '../../port/snapshots.js';
import { openStore } from '../../store/store.js';
import { installation } from '../e2e/cliWorld.js';
import { addRows, held, type KeptEnvironment, keptEnvironments } from './keptEnvironment.js';
import { running } from './running.js';
import { environment } from './serving.js';
import { older, quiet } from './tinyFactory.js';

let kept: Awaited<ReturnType<typeof keptEnvironments>>;

beforeAll(async () => {
  kept = await keptEnvironments();
});

const infrastructureOf = async ({ context }: KeptEnvironment) =>
  (await context.database.selectFrom('infrastructures').select('name').executeTakeFirstOrThrow()).name;

/** Everything recorded so far says a day more: the clock has been set back since. */
async function setClockBack({ context: { database, dataFolder } }: KeptEnvironment): Promise<void> {
  const dayLater = (column: string) => sql<string>`strftime('%Y-%m-%dT%H:%M:%fZ', ${sql.ref(column)}, '+1 day')`;
  await database
    .updateTable('holds')
    .set({ since: dayLater('since') })
    .execute();
  await database
    .updateTable('error_log')
    .set({ at: dayLater('at') })
    .execute();
  const snapshots = path.join(dataFolder, 'snapshots', environment);
  for (const name of fs.existsSync(snapshots) ? fs.readdirSync(snapshots) : []) {
    rewriteManifest(path.join(snapshots, name), ({ takenAt, ...parts }) => ({
      ...parts,
      takenAt: new Date(Date.parse(takenAt) + 24 * 3_600_000).toISOString(),
    }));
  }
}

type Parts = Parameters<typeof manifestText>[0];

function rewriteManifest(folder: string, change: (parts: Parts) => Partial<Parts>): void {
  const file = path.join(folder, 'manifest.json');
  const { digest, ...parts } = JSON.parse(fs.readFileSync(file, 'utf8'));
  fs.writeFileSync(file, manifestText(change(parts) as Parts));
}

/** The activities of a worker, as one attempt calls them. */
function activitiesOf({ context }: KeptEnvironment): Activities {
  const platform = embeddedPlatform(context);
  const store = openStore(context.dataFolder);
  onTestFinished(() => store.destroy());
  const activities = createActivities({ platform, store, client: {} as Client, installation });
  const attempt = new Context(
    { workflowExecution: { workflowId: `rollback/acme/${environment}`, runId: 'run' }, activityId: '1' } as Info,
    new Promise<never>(() => undefined),
    new AbortController().signal,
    () => undefined,
    undefined,
    {} as Context['log'],
    {} as Context['metricMeter'],
    {} as never,
  );
  const called = Object.entries(activities).map(([name, activity]) => [
    name,
    (input: never) => asyncLocalStorage.run(attempt, () => (activity as (input: never) => unknown)(input)),
  ]);
  return Object.fromEntries(called);
}

async function taken(tiny: KeptEnvironment, id: string, token: number): Promise<Snapshot> {
  const infrastructure = await infrastructureOf(tiny);
  return activitiesOf(tiny).takeSnapshot({ infrastructure, environment, id, token });
}

it('LIVE-01 an upgrade takes a snapshot of its own, and a rollback goes back to it and no further', async () => {
  const tiny = kept();
  await running(tiny);
  const first = await held(tiny, 'upgrade');
  await taken(tiny, 'acme#1', first.token);
  await tiny.platform.server.release({ environment, token: first.token });
  addRows(tiny.data, 'claims', 10);
  await setClockBack(tiny);
  const second = await held(tiny, 'upgrade');
  const infrastructure = await infrastructureOf(tiny);

  await expect(activitiesOf(tiny).holdForRollback({ infrastructure, environment })).rejects.toMatchObject({
    type: 'SNAPSHOT_MISSING',
  });
  expect(await taken(tiny, 'acme#2', second.token)).toMatchObject({ id: 'acme#2', rows: 10, token: second.token });
  addRows(tiny.data, 'claims', 5);
  const { hold, snapshot } = await activitiesOf(tiny).holdForRollback({ infrastructure, environment });
  const report = await tiny.platform.snapshots.restore({ environment, id: snapshot.id, token: hold.token }, quiet);

  expect(report).toMatchObject({ snapshot: 'acme#2', rows: 10, lost: { rows: 5 } });
});

it('LIVE-01 an upgrade that is started again keeps the snapshot it took before its first change', async () => {
  const tiny = kept();
  const { token } = await held(tiny, 'upgrade');
  await setClockBack(tiny);
  const snapshot = await taken(tiny, 'acme#1', token);
  const again = await held(tiny, 'upgrade');
  const infrastructure = await infrastructureOf(tiny);

  expect(again.token).toBeGreaterThan(token);
  expect(await taken(tiny, 'acme#2', again.token)).toEqual(snapshot);
  const rollback = await activitiesOf(tiny).holdForRollback({ infrastructure, environment });
  expect(rollback).toMatchObject({ snapshot: { id: 'acme#1' }, hold: { release: older } });
});

it('LIVE-05 a second rollback to the same snapshot restores it, though its clock says what the first one’s did', async () => {
  const tiny = kept();
  await running(tiny);
  const { token } = await held(tiny, 'upgrade');
  await taken(tiny, 'acme#1', token);
  const restore = async () => {
    const rollback = await held(tiny, 'rollback');
    await tiny.context.database.updateTable('holds').set({ since: '2026-03-01T22:00:00.000Z' }).execute();
    const request = { environment, id: 'acme#1', token: rollback.token };
    const { lost } = await tiny.platform.snapshots.restore(request, quiet);
    await tiny.platform.server.release({ environment, token: rollback.token });
    return lost.rows;
  };
  addRows(tiny.data, 'claims', 3);
  expect(await restore()).toBe(3);
  addRows(tiny.data, 'claims', 4);

  expect(await restore()).toBe(4);
});

it('TEST-01 what is logged after the snapshot is new', async () => {
  const tiny = kept();
  const log = (message: string) =>
    tiny.context.database
      .insertInto('error_log')
      .values({ environment, front_end: 'fe-1', module: 'screen', message, at: new Date().toISOString() })
      .execute();
  await log('known before');
  const { token } = await held(tiny, 'upgrade');
  await taken(tiny, 'acme#1', token);
  await setClockBack(tiny);
  const since = (await tiny.platform.snapshots.newest({ environment }))?.takenAt ?? '';
  await log('known before');
  await log('new since');

  const found = await tiny.platform.checks.newErrors({ environment }, since);

  expect(found).toEqual([{ module: 'screen', message: 'new since', count: 1 }]);
});

it('LIVE-05 goes on with a hold and a snapshot of an older program, which kept no tokens', async () => {
  const tiny = kept();
  const { token } = await held(tiny, 'upgrade');
  await taken(tiny, 'acme#1', token);
  await tiny.context.database.updateTable('holds').set({ first_token: null }).execute();
  const store = openStore(tiny.context.dataFolder);
  await store.deleteFrom('holds').execute();
  await store.destroy();
  rewriteManifest(
    snapshotFolder(tiny.context.dataFolder, environment, 'acme#1'),
    ({ token: _token, errors: _errors, ...parts }) => parts,
  );
  const again = await held(tiny, 'upgrade');
  const infrastructure = await infrastructureOf(tiny);

  expect(await taken(tiny, 'acme#2', again.token)).toMatchObject({ id: 'acme#1', token: null });
  await tiny.platform.server.release({ environment, token: again.token });
  const next = await held(tiny, 'upgrade');
  await expect(activitiesOf(tiny).holdForRollback({ infrastructure, environment })).rejects.toMatchObject({
    type: 'SNAPSHOT_MISSING',
  });
  expect(await taken(tiny, 'acme#3', next.token)).toMatchObject({ id: 'acme#3' });
});
