/** Claims of several workers and several processes on one environment (PREP-04, PREP-12). */
import Database from 'libsql';
import { expect, it } from 'vitest';
import { claimGroup } from '../../platform/embedded/preparation/claim.js';
import { embeddedPreparation } from '../../platform/embedded/preparation/preparation.js';
import { startLanes } from './laneProcess.js';
import { obedientFrontEnds } from './obedientFrontEnds.js';
import { prepareRest } from './preparing.js';
import { publishModule } from './publishing.js';
import { endLeases } from './stoppable.js';
import { attemptsOf, newer, quiet, statesOf, type TinyModule, temporaryFolder, upgraded } from './tinyFactory.js';

/** `count` modules in rows of three, each row consuming the one before. */
function rows(count: number): Record<string, TinyModule> {
  const names = Array.from({ length: count }, (_, index) => `m${index}`);
  return Object.fromEntries(
    names.map((name, index) => [
      name,
      index < 3 ? {} : { uses: names.slice(index - (index % 3) - 3, index - (index % 3)) },
    ]),
  );
}

it('PREP-04 a retry takes over its own claim at once, another claimant waits for the lease; only what was in flight is compiled again', async () => {
  const tiny = await upgraded(rows(6), { groupUnits: 2, lanes: 1 });
  const { context, environment } = tiny;
  const { database } = context;
  const preparation = embeddedPreparation(context);
  const { id } = await preparation.open({ environment, requestedBy: 'test' });
  await preparation.prepareNextGroup({ preparation: id, claimedBy: 'lane' }, quiet);
  const first = await claimGroup(context, { preparation: id, claimedBy: 'lane' });
  const retry = await claimGroup(context, { preparation: id, claimedBy: 'lane' });
  if (first.kind !== 'claimed' || retry.kind !== 'claimed') throw new Error('nothing was claimed');

  expect(retry.token).toBeGreaterThan(first.token);
  expect(retry.units.map((unit) => unit.id)).toEqual(first.units.map((unit) => unit.id));
  const taken = retry.units.map((unit) => unit.id);
  expect(await claimGroup(context, { preparation: id, claimedBy: 'other' })).toMatchObject({
    kind: 'waiting',
    left: 4,
  });
  expect((await database.selectFrom('locks').select('token').execute()).map(({ token }) => token)).toEqual(
    taken.map(() => retry.token),
  );

  await endLeases(database);
  await prepareRest(context, id, 'other');
  const attempts = await attemptsOf(tiny);
  const outcomes = (name: string) => attempts.filter(({ module }) => module === name).map(({ outcome }) => outcome);
  for (const name of taken) expect(outcomes(name)).toEqual(['abandoned', 'abandoned', 'prepared']);
  const others = Object.keys(rows(6)).filter((name) => !taken.includes(name));
  for (const name of others) expect(outcomes(name)).toEqual(['prepared']);
  const { endedAt } = await preparation.close({ preparation: id });
  expect(endedAt).not.toBeNull();
});

it('PREP-04 a process stopped beyond its lease is refused when it goes on, and what others did meanwhile stays', async () => {
  const settings = { lease: 1_500 };
  const tiny = await upgraded({ base: {}, consumer: { uses: ['base'] } }, settings);
  const { context, environment } = tiny;
  const { database, dataFolder } = context;
  await obedientFrontEnds(tiny);
  const preparation = embeddedPreparation(context);
  const { id } = await preparation.open({ environment, requestedBy: 'test' });
  const lanes = startLanes({ dataFolder, settings, work: 'prepare', preparation: id, lanes: 1, stopAfterClaim: true });
  await lanes.stopped();

  const claimedBy = 'another process';
  expect(await preparation.prepareNextGroup({ preparation: id, claimedBy }, quiet)).toMatchObject({ kind: 'waiting' });
  await expect
    .poll(async () => (await preparation.prepareNextGroup({ preparation: id, claimedBy }, quiet)).kind)
    .toBe('nothing pending');
  await publishModule(tiny, 'base', { source: 'export const newest = 1;\n' });
  const before = await database.selectFrom('modules').selectAll().execute();
  lanes.goOn();

  expect(await lanes.told).toMatchObject([{ kind: 'error', code: 'FENCED' }]);
  expect(await database.selectFrom('modules').selectAll().execute()).toEqual(before);
  expect(await database.selectFrom('refused_writes').select('what').execute()).toEqual([
    { what: 'Group 1 of the preparation' },
  ]);
});

it('PREP-12 two processes prepare one environment at once: every module is prepared exactly once', async () => {
  const settings = { groupUnits: 2, lanes: 2 };
  const tiny = await upgraded(rows(12), settings);
  const { context, environment } = tiny;
  const { dataFolder } = context;
  const preparation = embeddedPreparation(context);
  const { id } = await preparation.open({ environment, requestedBy: 'test' });
  const request = { dataFolder, settings, work: 'prepare', preparation: id, lanes: 2 } as const;
  const told = await Promise.all([startLanes(request).told, startLanes(request).told]);

  expect(told.flat().filter(({ kind }) => kind === 'error')).toEqual([]);
  expect(new Set(Object.values(await statesOf(tiny)))).toEqual(new Set(['prepared']));
  const attempts = await attemptsOf(tiny);
  expect(attempts.map(({ module }) => module).sort()).toEqual(Object.keys(rows(12)).sort());
  expect(new Set(attempts.map(({ outcome }) => outcome))).toEqual(new Set(['prepared']));
  expect(await preparation.close({ preparation: id })).toMatchObject({
    status: 'finished',
    release: newer,
    prepared: 12,
  });
});

it('two processes write 800 transactions that read first, and none is turned away', async () => {
  const { context } = await upgraded({ base: {} });
  const request = { dataFolder: context.dataFolder, work: 'write', transactions: 400 } as const;
  const told = await Promise.all([startLanes(request).told, startLanes(request).told]);

  expect(told.flat()).toEqual([]);
  const { count } = await context.database
    .selectFrom('error_log')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  expect(count).toBe(800);
});

it.each([
  ['deferred, the writer that read first is turned away at once', 'begin', 'SQLITE_BUSY_SNAPSHOT'],
  ['immediate, it has made the others wait', 'begin immediate', undefined],
] as const)('of transactions that begin %s', (_, begin, code) => {
  const file = `${temporaryFolder()}/two.db`;
  const [one, other] = [new Database(file), new Database(file)];
  one.exec('pragma journal_mode = WAL; create table numbers (number integer)');
  other.pragma('busy_timeout = 0');
  const attempt = (work: () => unknown) => {
    try {
      work();
      return undefined;
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };

  one.exec(begin);
  one.prepare('select count(*) from numbers').get();
  const others = attempt(() => other.exec('insert into numbers values (1)'));
  expect(attempt(() => one.exec('insert into numbers values (2)'))).toBe(code);
  expect(others).toBe(code === undefined ? 'SQLITE_BUSY' : undefined);
  one.close();
  other.close();
});
