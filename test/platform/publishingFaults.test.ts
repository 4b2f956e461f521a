/** Publishes that fail, are interrupted, come twice or meet each other: nothing of the module changes before it runs everywhere. */
import { expect, it } from 'vitest';
import { leaseFor, nowText } from '../../platform/embedded/database.js';
import { nextToken } from '../../platform/embedded/locks.js';
import { moduleOperations } from '../../platform/embedded/publishing/operations.js';
import { uploadSource } from '../../platform/embedded/publishing/upload.js';
import { obedientFrontEnds } from './obedientFrontEnds.js';
import { filesOf, publishModule } from './publishing.js';
import { endLeases, stoppable } from './stoppable.js';
import { published, quiet, type TinyEnvironment } from './tinyFactory.js';

/** What users and the next publish would notice of a module. */
async function traceOf({ context: { database } }: TinyEnvironment, module: string) {
  const row = await database.selectFrom('modules').selectAll().where('name', '=', module).executeTakeFirstOrThrow();
  const { uploaded_source: _, cost: __, token: ___, ...standing } = row;
  const instance = (table: 'wanted_modules' | 'deployed_modules') =>
    database.selectFrom(table).select('instance').where('module', '=', module).executeTakeFirst();
  return { ...standing, wanted: await instance('wanted_modules'), deployed: await instance('deployed_modules') };
}

async function locks({ context }: TinyEnvironment) {
  return context.database.selectFrom('locks').select(['module', 'holder', 'claimed_by']).execute();
}

/** A publish that was stopped right after it had its lock. */
async function stopped(tiny: TinyEnvironment, module: string, source: string, id = 'stopped') {
  const worker = stoppable(tiny.context);
  const { environment } = tiny;
  const request = { id, environment, module, user: 'ada', files: filesOf(module, source) };
  const publication = moduleOperations(worker.context).publish(request, { ...quiet, heartbeat: worker.stop });
  publication.catch(() => undefined);
  await worker.waiting;
  return { publication, goOn: worker.goOn };
}

const newSource = 'export const newest = 1;\n';

it('PREP-05 what does not compile changes nothing and frees the module', async () => {
  const tiny = await published({ base: {} });
  const before = await traceOf(tiny, 'base');
  await expect(publishModule(tiny, 'base', { source: 'export const one: number = "1";\n' })).rejects.toMatchObject({
    code: 'COMPILATION_FAILED',
    cause: { diagnostics: [{ module: 'base', file: 'src/index.ts', line: 1, code: 'TS2322' }] },
  });

  expect(await traceOf(tiny, 'base')).toEqual(before);
  expect(await locks(tiny)).toEqual([]);
});

it('PREP-05 what a front end cannot load goes on as it was, with the whole unit', async () => {
  const tiny = await published({ one: { uses: ['two'] }, two: { uses: ['one'] } });
  const frontEnds = await obedientFrontEnds(tiny);
  const before = [await traceOf(tiny, 'one'), await traceOf(tiny, 'two')];
  frontEnds.broken.add('two');
  await expect(publishModule(tiny, 'one', { source: newSource })).rejects.toMatchObject({
    code: 'FRONT_END_TIMEOUT',
    message: expect.stringMatching(/fe-\d could not load it: Error: broken/),
  });
  expect([await traceOf(tiny, 'one'), await traceOf(tiny, 'two')]).toEqual(before);

  frontEnds.broken.clear();
  await publishModule(tiny, 'one', { source: newSource });
  const [one, two] = [await traceOf(tiny, 'one'), await traceOf(tiny, 'two')];
  expect(one.deployed).toEqual(two.deployed);
  expect(one.deployed).not.toEqual(before[0]?.deployed);
});

it('PREP-05 a publish that is broken off while front ends load leaves nothing behind', async () => {
  const tiny = await published({ base: {} });
  const before = await traceOf(tiny, 'base');
  const ending = new AbortController();
  const request = {
    id: 'p',
    environment: tiny.environment,
    module: 'base',
    user: 'ada',
    files: filesOf('base', newSource),
  };
  const publication = moduleOperations(tiny.context).publish(request, { ...quiet, signal: ending.signal });
  const refusal = expect(publication).rejects.toThrow('ending');
  await expect.poll(async () => (await traceOf(tiny, 'base')).wanted, { timeout: 20_000 }).not.toEqual(before.wanted);
  ending.abort(new Error('ending'));
  await refusal;

  expect(await traceOf(tiny, 'base')).toEqual(before);
  expect(await locks(tiny)).toEqual([]);
});

it('PREP-05 what a publish that died has left wanted is taken back by the next one', async () => {
  const tiny = await published({ base: {} });
  const { database } = tiny.context;
  const before = await traceOf(tiny, 'base');
  const { environment } = tiny;
  const lock = {
    environment,
    module: 'base',
    operation: '1-Click Publish',
    holder: 'ada',
    claimed_by: 'dead',
    since: nowText,
  } as const;
  await database.transaction().execute(async (transaction) => {
    const token = await nextToken(transaction);
    await transaction
      .insertInto('locks')
      .values({ ...lock, token, lease_until: leaseFor(60_000) })
      .execute();
    await transaction.updateTable('wanted_modules').set({ instance: 'never recorded', token }).execute();
  });
  await endLeases(database);

  await expect(publishModule(tiny, 'base', { source: 'no program' })).rejects.toMatchObject({
    code: 'COMPILATION_FAILED',
  });
  expect(await traceOf(tiny, 'base')).toEqual(before);
});

it('APPS-01 a publish whose producer gets other declarations meanwhile is compiled again, and fails when it no longer fits', async () => {
  const tiny = await published({ base: {}, consumer: { uses: ['base'] } });
  await obedientFrontEnds(tiny);
  const before = await traceOf(tiny, 'consumer');
  const { publication, goOn } = await stopped(tiny, 'consumer', "export { name } from 'base';\n");
  await publishModule(tiny, 'base', { source: newSource });
  goOn();

  await expect(publication).rejects.toMatchObject({
    code: 'COMPILATION_FAILED',
    message: expect.stringContaining('TS2305'),
  });
  expect(await traceOf(tiny, 'consumer')).toEqual({ ...before, state: 'pending' });
});

it('APPS-01 what is uploaded during a publish is not part of it', async () => {
  const tiny = await published({ base: {} });
  await obedientFrontEnds(tiny);
  const { database } = tiny.context;
  const { publication, goOn } = await stopped(tiny, 'base', newSource);
  const { uploaded_source: mine } = await database.selectFrom('modules').selectAll().executeTakeFirstOrThrow();
  const { environment } = tiny;
  const files = filesOf('base', 'no program', []);
  await database
    .transaction()
    .execute((transaction) => uploadSource(transaction, { environment, module: 'base', files }));
  goOn();
  await publication;

  const row = await database.selectFrom('modules').selectAll().executeTakeFirstOrThrow();
  expect(row).toMatchObject({ state: 'prepared', published_source: mine, version: '1.0.0' });
  expect(row.uploaded_source).not.toBe(mine);
  await expect(publishModule(tiny, 'base')).rejects.toMatchObject({ code: 'COMPILATION_FAILED' });
});

it('PREP-05 a retry takes over its own publish at once and the first attempt is refused; another user has to wait', async () => {
  const tiny = await published({ base: {} });
  await obedientFrontEnds(tiny);
  const { publication, goOn } = await stopped(tiny, 'base', newSource, 'ada 1');
  await expect(publishModule(tiny, 'base', { user: 'bob' })).rejects.toThrow(
    /started by bob .* ongoing 1-Click Publish, started by ada .* locking 'base'/,
  );
  const retried = await publishModule(tiny, 'base', { id: 'ada 1', source: newSource });
  const after = await traceOf(tiny, 'base');
  goOn();

  await expect(publication).rejects.toMatchObject({ code: 'FENCED' });
  expect(await traceOf(tiny, 'base')).toEqual(after);
  expect(await publishModule(tiny, 'base', { id: 'ada 1' })).toEqual(retried);
});

it('APPS-01 a package.json of another module is refused, and one of its own is published with its references', async () => {
  const tiny = await published({ base: {}, other: {}, consumer: { uses: ['base'] } });
  await obedientFrontEnds(tiny);
  const files = filesOf('base', undefined, []);
  const request = { id: 'p', environment: tiny.environment, module: 'consumer', user: 'ada', files };
  await expect(moduleOperations(tiny.context).publish(request, quiet)).rejects.toMatchObject({
    code: 'FACTORY_INVALID',
  });
  await publishModule(tiny, 'consumer', { uses: ['other'], source: "export { name } from 'other';\n" });

  const references = await tiny.context.database
    .selectFrom('module_references')
    .select(['consumer', 'producer'])
    .execute();
  expect(references).toEqual([{ consumer: 'consumer', producer: 'other' }]);
  expect(await traceOf(tiny, 'consumer')).toMatchObject({ version: '2.0.0', uploaded_manifest: null });
});
