/** A preparation with real compilers on real rows: what it takes, what it says, when it starts anew. */
import { expect, it } from 'vitest';
import { markupOf } from '../../http/html.js';
import { embeddedInventory } from '../../platform/embedded/inventory.js';
import { embeddedPreparation } from '../../platform/embedded/preparation/preparation.js';
import { uploadSource } from '../../platform/embedded/publishing/upload.js';
import { preparationDetail } from '../../platform/embedded/serviceCenter/executionDetails.js';
import { preparationPage } from '../../platform/embedded/serviceCenter/pages/preparation.js';
import type { ModuleFacts } from '../../port/inventory.js';
import { embeddedServer } from './embeddedServer.js';
import { obedientFrontEnds } from './obedientFrontEnds.js';
import { prepare, prepareRest } from './preparing.js';
import { filesOf, publishModule } from './publishing.js';
import { stoppable } from './stoppable.js';
import {
  attemptsOf,
  breaking,
  newer,
  older,
  published,
  quiet,
  repaired,
  statesOf,
  type TinyEnvironment,
  upgraded,
} from './tinyFactory.js';

const chain = {
  base: {},
  broken: { source: breaking },
  consumer: { uses: ['broken'] },
  indirect: { uses: ['consumer', 'base'] },
  independent: { uses: ['base'] },
  draft: { published: false },
};

async function factsOf({ context, environment }: TinyEnvironment): Promise<Record<string, ModuleFacts>> {
  const modules = await embeddedInventory(context).modules({ environment });
  return Object.fromEntries(modules.map((module) => [module.name, module]));
}

it('PREP-01 PREP-02 PREP-07 prepares what compiles, fails what does not, skips below it with root and path, leaves drafts alone', async () => {
  const tiny = await upgraded(chain);
  const report = await prepare(tiny);

  expect(await statesOf(tiny)).toEqual({
    base: 'prepared',
    broken: 'failed',
    consumer: 'skipped',
    draft: 'not applicable',
    independent: 'prepared',
    indirect: 'skipped',
  });
  expect(report).toMatchObject({
    status: 'finished with errors',
    prepared: 2,
    failed: 1,
    skipped: 2,
    notApplicable: 1,
    left: 0,
    percent: 100,
  });
  const { indirect, broken } = await factsOf(tiny);
  expect(indirect?.cause).toEqual({ module: 'broken', path: ['indirect', 'consumer', 'broken'] });
  expect(broken?.diagnostics).toMatchObject([{ file: 'src/index.ts', line: 2, code: 'TS2339' }]);
});

it('PREP-08 PREP-09 a retry compiles what failed, was skipped or never started, and nothing that is prepared or published since', async () => {
  const tiny = await upgraded(chain);
  await obedientFrontEnds(tiny);
  const first = await prepare(tiny);
  await publishModule(tiny, 'broken', { source: repaired });
  const before = (await attemptsOf(tiny)).length;

  expect(await prepare(tiny)).toMatchObject({
    status: 'finished',
    prepared: 5,
    preparedInIt: 2,
    failed: 0,
    skipped: 0,
  });
  const retried = (await attemptsOf(tiny)).slice(before).map(({ module }) => module);
  expect(retried.sort()).toEqual(['consumer', 'indirect']);
  expect(await embeddedPreparation(tiny.context).report(first.preparation)).toEqual(first);
  expect(first).toMatchObject({ preparedInIt: 2, failed: 1, skipped: 2 });
  expect(first.failures).toMatchObject([{ module: 'broken', problem: expect.stringContaining('src/index.ts:2:') }]);
  const { database } = tiny.context;
  expect((await preparationDetail(database, tiny.environment, first.preparation))?.unfinished).toMatchObject([
    { name: 'broken', state: 'failed', diagnostics: [{ file: 'src/index.ts', line: 2 }] },
    { name: 'consumer', state: 'skipped', cause: { module: 'broken' } },
    { name: 'indirect', state: 'skipped', cause: { module: 'broken' } },
  ]);
});

it('PREP-15 the mean times of each execution are measured, kept, and shown on its page', async () => {
  const tiny = await upgraded(chain);
  const { preparation: id, startedAt, endedAt, meanTimes } = await prepare(tiny);
  const took = Date.parse(endedAt ?? '') - Date.parse(startedAt);
  const { perModule, untilPublishable } = meanTimes ?? {};
  expect(perModule).toBeGreaterThan(0);
  expect(perModule).toBeLessThan(took);
  expect(untilPublishable).toBeGreaterThan(0);
  expect(untilPublishable).toBeLessThanOrEqual(took);

  await embeddedPreparation(tiny.context).open({ environment: tiny.environment, requestedBy: 'ada' });
  const page = async (preparation: number) => {
    const detail = await preparationDetail(tiny.context.database, tiny.environment, preparation);
    return detail ? markupOf(preparationPage(detail).content) : '';
  };
  const seconds = (milliseconds = 0) => `${(milliseconds / 1000).toFixed(2)} s`;
  const shown = await page(id);
  expect(shown).toContain(`<dt>Mean time to prepare a module</dt><dd>${seconds(perModule ?? 0)}</dd>`);
  expect(shown).toContain(
    `<dt>Mean time until a module could be published</dt><dd>${seconds(untilPublishable ?? 0)}</dd>`,
  );
  expect(await page(id + 1)).not.toContain('Mean time');
});

it('PREP-10 a preparation whose step failed says so, and what it has done stays', async () => {
  const { context, environment } = await upgraded({ base: {} });
  const preparation = embeddedPreparation(context);
  const { id } = await preparation.open({ environment, requestedBy: 'ada' });

  expect(await preparation.close({ preparation: id, broken: 'failed' })).toMatchObject({ status: 'failed', left: 1 });
  expect(await preparation.open({ environment, requestedBy: 'ada' })).toMatchObject({ joined: false, modules: 1 });
});

it('PREP-12 opening a second time joins; another release is refused, naming both', async () => {
  const { context, environment } = await upgraded({ base: {}, other: {} });
  const preparation = embeddedPreparation(context);
  const first = await preparation.open({ environment, requestedBy: 'ada' });
  const second = await preparation.open({ environment, requestedBy: 'bob', release: newer });

  expect(first).toMatchObject({ joined: false, release: newer, modules: 2 });
  expect(second).toEqual({ ...first, joined: true });
  const build = await preparation.open({ environment, requestedBy: 'bob', release: `${newer}.52345` });
  expect(build).toEqual({ ...first, joined: true });
  await expect(preparation.open({ environment, requestedBy: 'bob', release: older })).rejects.toMatchObject({
    code: 'PREPARATION_OTHER_RELEASE',
    message: expect.stringMatching(/11\.41\.0.*11\.18\.1/),
  });
});

it('PREP-10 is refused in the vendor’s words before Service Center and System Components agree with the server', async () => {
  const { context, environment } = await published({ base: {} });
  const server = embeddedServer(context);
  const { token } = await server.hold({ environment, operation: 'upgrade', workflow: 'test', release: newer });
  const open = () => embeddedPreparation(context).open({ environment, requestedBy: 'ada' });
  await context.database.updateTable('front_ends').set({ wanted_release: newer, observed_release: newer }).execute();
  for (const part of ['server', 'service center'] as const) {
    await server.install({ environment, part, release: newer, token }, quiet);
    await expect(open()).rejects.toMatchObject({
      code: 'SERVER_STEP_UNFINISHED',
      message: expect.stringMatching(/^There was an error preparing your modules\. .*System Components 11\.18\.1/),
    });
  }
  await server.install({ environment, part: 'system components', release: newer, token }, quiet);
  await expect(open()).resolves.toMatchObject({ joined: false });
});

it('PREP-02 an upload without a publish changes nothing that is compiled', async () => {
  const tiny = await upgraded({ base: {}, consumer: { uses: ['base'] } });
  const { context, environment } = tiny;
  const files = filesOf('consumer', 'this is no program', ['base']);
  await context.database
    .transaction()
    .execute((transaction) => uploadSource(transaction, { environment, module: 'consumer', files }));

  expect(await prepare(tiny)).toMatchObject({ status: 'finished', prepared: 2 });
});

it('APPS-02 everything that was ever published is prepared again when asked for, from the store where nothing changed', async () => {
  const tiny = await upgraded({ base: {}, consumer: { uses: ['base'] }, draft: { published: false } });
  await prepare(tiny);
  const report = await prepare(tiny, { everything: true });

  expect(report).toMatchObject({ status: 'finished', prepared: 2, notApplicable: 1 });
  expect((await attemptsOf(tiny)).slice(2)).toMatchObject([
    { module: 'base', outcome: 'reused' },
    { module: 'consumer', outcome: 'reused' },
  ]);
});

it('PREP-06 a consumer whose producer is published with other declarations while it compiles is compiled again, never recorded stale', async () => {
  const tiny = await upgraded({ base: {}, consumer: { uses: ['base'] } }, { groupUnits: 1 });
  await obedientFrontEnds(tiny);
  const { context, environment } = tiny;
  const worker = stoppable(context);
  const preparation = embeddedPreparation(worker.context);
  const { id } = await preparation.open({ environment, requestedBy: 'test' });
  await preparation.prepareNextGroup({ preparation: id, claimedBy: 'lane' }, quiet);
  const compiling = preparation.prepareNextGroup(
    { preparation: id, claimedBy: 'lane' },
    { ...quiet, heartbeat: () => worker.stop() },
  );
  await worker.waiting;
  await publishModule(tiny, 'base', { source: 'export const other = 2;\n' });
  worker.goOn();

  expect(await compiling).toMatchObject({ kind: 'group', prepared: 0, left: 1 });
  await prepareRest(worker.context, id, 'lane');
  expect(await attemptsOf(tiny)).toEqual([
    { module: 'base', outcome: 'prepared' },
    { module: 'consumer', outcome: 'stale' },
    { module: 'consumer', outcome: 'prepared' },
  ]);
});

it('PREP-06 DEP-06 other declarations make prepared consumers pending; other code alone gives them a new instance', async () => {
  const tiny = await upgraded({ base: {}, consumer: { uses: ['base'] }, indirect: { uses: ['consumer'] } });
  await obedientFrontEnds(tiny);
  await prepare(tiny);
  for (const name of ['base', 'consumer', 'indirect']) await publishModule(tiny, name);
  const declared = 'export const answer = (): number => 42;\n';
  expect(await publishModule(tiny, 'base', { source: declared })).toMatchObject({
    declarationsChanged: true,
    consumersPending: 1,
  });
  expect(await statesOf(tiny)).toEqual({ base: 'prepared', consumer: 'pending', indirect: 'prepared' });
  await prepare(tiny);
  for (const name of ['consumer', 'indirect']) await publishModule(tiny, name);

  const published = await publishModule(tiny, 'base', { source: declared.replace('42', '43') });
  expect(published).toMatchObject({ declarationsChanged: false, consumersPending: 0 });
  expect(await statesOf(tiny)).toEqual({ base: 'prepared', consumer: 'prepared', indirect: 'prepared' });
  const { base, consumer, indirect } = await factsOf(tiny);
  expect([base?.upToDate, consumer?.upToDate, indirect?.upToDate]).toEqual([true, false, false]);
});

it('PREP-04 a cancelled turn frees its claim at once', async () => {
  const tiny = await upgraded({ base: {} });
  const { context, environment } = tiny;
  const preparation = embeddedPreparation(context);
  const { id } = await preparation.open({ environment, requestedBy: 'test' });
  const cancelling = new AbortController();
  const turn = preparation.prepareNextGroup(
    { preparation: id, claimedBy: 'lane' },
    { signal: cancelling.signal, heartbeat: () => cancelling.abort(new Error('cancelled')) },
  );

  await expect(turn).rejects.toThrow('cancelled');
  expect(await context.database.selectFrom('locks').selectAll().execute()).toEqual([]);
  expect(await statesOf(tiny)).toEqual({ base: 'pending' });
  expect(await attemptsOf(tiny)).toEqual([{ module: 'base', outcome: 'abandoned' }]);
  expect(await preparation.close({ preparation: id, broken: 'stopped' })).toMatchObject({ status: 'stopped', left: 1 });
});

it('PREP-04 who references whom is read once to claim a group and once to record it, however many of its units change', async () => {
  const source = `import { format } from '@system/text';\nexport const made = format('');\n`;
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const tiny = await upgraded(Object.fromEntries(names.map((name) => [name, { source }])), { lanes: 1 });
  let reads = 0;
  const database = tiny.context.database.withPlugin({
    transformQuery({ node }) {
      if (JSON.stringify(node).includes('json_group_array(producer)')) reads++;
      return node;
    },
    transformResult: async ({ result }) => result,
  });
  const preparation = embeddedPreparation({ ...tiny.context, database });
  const { id } = await preparation.open({ environment: tiny.environment, requestedBy: 'test' });

  const turn = await preparation.prepareNextGroup({ preparation: id, claimedBy: 'test' }, quiet);

  expect(turn).toMatchObject({ kind: 'group', prepared: 4, failed: 0 });
  expect(reads).toBe(2);
});
