/** What goes wrong when somebody who was stopped beyond his lease goes on, and that the database itself refuses it. */
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import type { PlatformDatabase } from '../../platform/embedded/database.js';
import { embeddedDeployment } from '../../platform/embedded/deployment/deployment.js';
import { embeddedPreparation } from '../../platform/embedded/preparation/preparation.js';
import { withoutFences } from '../../platform/embedded/schema.js';
import { embeddedServer } from './embeddedServer.js';
import { obedientFrontEnds } from './obedientFrontEnds.js';
import { prepare, prepareRest } from './preparing.js';
import { publishModule } from './publishing.js';
import { endLeases, stoppable } from './stoppable.js';
import { newer, older, published, type TinyEnvironment, upgraded, upgradeServer } from './tinyFactory.js';

const signal = new AbortController().signal;
const fences = ['without the fence', 'with it'] as const;
type Fences = (typeof fences)[number];

/** After everybody has opened the database: opening it puts the fences up. */
async function arrange(database: PlatformDatabase, kind: Fences): Promise<void> {
  if (kind === 'with it') return;
  for (const statement of withoutFences) await sql.raw(statement).execute(database);
}

/** The end of the stopped work: nothing, or the code of its error. */
async function endOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: { code?: string }) => error.code ?? String(error),
  );
}

async function moduleRow({ context }: TinyEnvironment, name: string) {
  return context.database.selectFrom('modules').selectAll().where('name', '=', name).executeTakeFirstOrThrow();
}

async function refusedWrites({ context }: TinyEnvironment) {
  return context.database.selectFrom('refused_writes').select(['environment', 'module', 'what']).execute();
}

/** Prepares the only group and is stopped after its claim, until `meanwhile` has happened. */
async function stoppedPreparation(tiny: TinyEnvironment, kind: Fences, meanwhile: () => Promise<void>) {
  const worker = stoppable(tiny.context);
  const preparation = embeddedPreparation(worker.context);
  const { id } = await preparation.open({ environment: tiny.environment, requestedBy: 'test', everything: true });
  const request = { preparation: id, claimedBy: 'stopped lane' };
  const work = preparation.prepareNextGroup(request, { signal, heartbeat: () => worker.stop() });
  await worker.waiting;
  await arrange(tiny.context.database, kind);
  await endLeases(tiny.context.database);
  await meanwhile();
  worker.goOn();
  return endOf(work);
}

it.each(fences)(
  'PREP-04 %s: a worker stopped beyond its lease records a verdict for the release of before',
  async (fence) => {
    const tiny = await published({ base: {} });
    let right: Awaited<ReturnType<typeof moduleRow>> | undefined;
    const code = await stoppedPreparation(tiny, fence, async () => {
      await upgradeServer(tiny);
      await prepare(tiny, { claimedBy: 'another lane' });
      right = await moduleRow(tiny, 'base');
    });

    const recorded = await moduleRow(tiny, 'base');
    expect(right).toMatchObject({ state: 'prepared', release: newer });
    if (fence === 'with it') {
      expect(recorded).toEqual(right);
      expect(code).toBe('FENCED');
      expect(await refusedWrites(tiny)).toEqual([
        { environment: 'Development', module: 'base', what: 'Group 1 of the preparation' },
      ]);
    } else {
      expect(recorded).toMatchObject({ state: 'prepared', release: older });
      expect(recorded.artifact).not.toBe(right?.artifact);
      expect(code).toBeUndefined();
    }
  },
);

it.each(fences)('PREP-04 %s: it takes away the verdict on a newer source', async (fence) => {
  const tiny = await published({ base: {} });
  await obedientFrontEnds(tiny);
  let right: Awaited<ReturnType<typeof moduleRow>> | undefined;
  const code = await stoppedPreparation(tiny, fence, async () => {
    await publishModule(tiny, 'base', { source: 'export const newest = 1;\n' });
    right = await moduleRow(tiny, 'base');
  });

  const recorded = await moduleRow(tiny, 'base');
  if (fence === 'with it') {
    expect(recorded).toEqual(right);
    expect(code).toBe('FENCED');
  } else {
    expect(recorded).toMatchObject({ state: 'pending', published_source: right?.published_source });
  }
});

it.each(fences)('DEP-03 %s: a stopped deployment puts an older instance over a newer one', async (fence) => {
  const tiny = await upgraded({ base: {} });
  await prepare(tiny);
  await obedientFrontEnds(tiny);
  const { database } = tiny.context;
  const worker = stoppable(tiny.context);
  const deployment = embeddedDeployment(worker.context);
  const { id } = await deployment.open({ environment: tiny.environment, requestedBy: 'test' });
  const request = { deployment: id, claimedBy: 'stopped' };
  const work = deployment.deployNext(request, { signal, heartbeat: () => worker.stop() });
  await worker.waiting;
  await arrange(database, fence);
  await endLeases(database);
  await publishModule(tiny, 'base', { source: 'export const newest = 1;\n' });
  const wanted = await database.selectFrom('wanted_modules').selectAll().execute();
  const deployed = await database.selectFrom('deployed_modules').selectAll().execute();
  worker.goOn();
  const code = await endOf(work);

  const wantedThen = await database.selectFrom('wanted_modules').selectAll().execute();
  const deployedThen = await database.selectFrom('deployed_modules').selectAll().execute();
  if (fence === 'with it') {
    expect(wantedThen).toEqual(wanted);
    expect(deployedThen).toEqual(deployed);
    expect(code).toBe('FENCED');
    expect(await refusedWrites(tiny)).toEqual([
      { environment: 'Development', module: 'base', what: 'The deployment of 1 modules' },
    ]);
  } else {
    expect(wanted[0]?.instance).toBe(deployed[0]?.instance);
    expect(wantedThen[0]?.instance).not.toBe(deployedThen[0]?.instance);
  }
});

it.each(fences)(
  'SELF-01 %s: a server step goes on under a token that no longer holds the environment',
  async (fence) => {
    const tiny = await published({ base: {} });
    const { database } = tiny.context;
    const { environment } = tiny;
    const server = embeddedServer(tiny.context);
    const first = await server.hold({ environment, operation: 'upgrade', workflow: 'upgrade', release: newer });
    await server.hold({ environment, operation: 'upgrade', workflow: 'upgrade', release: newer });
    await arrange(database, fence);

    // As by a process that has asked before it was stopped.
    const write = database
      .updateTable('environments')
      .set({ service_center_release: newer, token: first.token })
      .where('name', '=', environment)
      .execute();
    const refusal = await write.then(
      () => undefined,
      (error: Error) => error.message,
    );

    const { service_center_release } = await database.selectFrom('environments').selectAll().executeTakeFirstOrThrow();
    expect(service_center_release).toBe(fence === 'with it' ? older : newer);
    expect(refusal).toBe(fence === 'with it' ? 'FENCED environments' : undefined);
  },
);

it('PREP-05 what a module is, runs or should run is written by the holder of its lock only, and only in its lease', async () => {
  const tiny = await upgraded({ base: {}, other: {} });
  const { database } = tiny.context;
  const worker = stoppable(tiny.context);
  const preparation = embeddedPreparation(worker.context);
  const { id } = await preparation.open({ environment: tiny.environment, requestedBy: 'test' });
  const work = preparation.prepareNextGroup({ preparation: id, claimedBy: 'lane' }, { signal, heartbeat: worker.stop });
  await worker.waiting;
  const lock = await database.selectFrom('locks').selectAll().executeTakeFirstOrThrow();
  const free = lock.module === 'base' ? 'other' : 'base';
  const record = (name: string, token: number) =>
    database.updateTable('modules').set({ state: 'prepared', token }).where('name', '=', name).execute();
  const want = (module: string, token: number) =>
    database.updateTable('wanted_modules').set({ instance: 'i', token }).where('module', '=', module).execute();

  await expect(record(lock.module, lock.token)).resolves.toBeDefined();
  await expect(want(lock.module, lock.token)).resolves.toBeDefined();
  await expect(record(lock.module, lock.token - 1)).rejects.toThrow('FENCED modules');
  await expect(record(free, lock.token)).rejects.toThrow('FENCED modules');
  await expect(want(free, lock.token)).rejects.toThrow('FENCED wanted_modules');
  await endLeases(database);
  await expect(record(lock.module, lock.token)).rejects.toThrow('FENCED modules');
  await expect(want(lock.module, lock.token)).rejects.toThrow('FENCED wanted_modules');
  worker.goOn();
  expect(await endOf(work)).toBe('FENCED');
  await prepareRest(tiny.context, id, 'another lane');
});
