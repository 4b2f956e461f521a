/** What a preparation does when the compiler, the store, the disk or a module's references let it down. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { openPlatformDatabase, type PlatformDatabase } from '../../platform/embedded/database.js';
import { embeddedInventory } from '../../platform/embedded/inventory.js';
import { claimGroup } from '../../platform/embedded/preparation/claim.js';
import { claimOutcome } from '../../platform/embedded/preparation/claimOutcome.js';
import { embeddedPreparation } from '../../platform/embedded/preparation/preparation.js';
import { recordVerdicts } from '../../platform/embedded/preparation/record.js';
import { killCompilersOf } from './compilerKiller.js';
import { deploy } from './deploying.js';
import { obedientFrontEnds } from './obedientFrontEnds.js';
import { prepare, prepareRest } from './preparing.js';
import { publishModule } from './publishing.js';
import { attemptsOf, newer, published, quiet, statesOf, type TinyEnvironment, upgraded } from './tinyFactory.js';

/** Flips a byte of the newest artifact of `unit`. */
async function damage(database: PlatformDatabase, unit: string): Promise<void> {
  const row = await database
    .selectFrom('artifacts')
    .selectAll()
    .where('unit', '=', unit)
    .where('release', '=', newer)
    .executeTakeFirstOrThrow();
  const files = Uint8Array.from(row.files);
  files[9] = (files[9] ?? 0) ^ 1;
  await database.updateTable('artifacts').set({ files }).where('key', '=', row.key).execute();
}

async function causes({ context, environment }: TinyEnvironment) {
  const modules = await embeddedInventory(context).modules({ environment });
  return Object.fromEntries(modules.flatMap(({ name, cause }) => (cause ? [[name, cause]] : [])));
}

it('PREP-08 a group whose compiler is killed is compiled again, and nothing of it is lost', async () => {
  const tiny = await upgraded({ base: {}, consumer: { uses: ['base'] } }, { lanes: 1 });
  const kills = killCompilersOf('base', 2);

  expect(await prepare(tiny)).toMatchObject({ status: 'finished', prepared: 2, failed: 0 });
  expect(kills()).toBe(2);
  const outcomes = (await attemptsOf(tiny)).map(({ module, outcome }) => `${module} ${outcome}`);
  const group = (outcome: string) => [`base ${outcome}`, `consumer ${outcome}`];
  expect(outcomes).toEqual([...group('fault'), ...group('fault'), ...group('prepared')]);
});

it('PREP-07 a unit that alone keeps killing the compiler is failed as no fault of its own, and all others are prepared', async () => {
  const tiny = await upgraded({
    killer: {},
    base: {},
    other: {},
    consumer: { uses: ['base'] },
    below: { uses: ['killer'] },
  });
  const kills = killCompilersOf('killer');
  const report = await prepare(tiny);

  expect(kills()).toBe(4);
  expect(await statesOf(tiny)).toEqual({
    base: 'prepared',
    below: 'skipped',
    consumer: 'prepared',
    killer: 'failed',
    other: 'prepared',
  });
  expect(report.failures).toMatchObject([
    { module: 'killer', problem: expect.stringMatching(/^COMPILER_FAULT .*SIGKILL/) },
  ]);
  expect(await causes(tiny)).toEqual({ below: { module: 'killer', path: ['below', 'killer'] } });
  const killers = (await attemptsOf(tiny)).filter(({ module }) => module === 'killer').map(({ outcome }) => outcome);
  expect(killers).toEqual(['fault', 'fault', 'fault', 'failed']);
});

/** Milliseconds: more than a compiler needs for the other modules on a busy machine, far less than for the endless one. */
const compilerPatience = 6_000;

/** Types of which each has a hundred thousand members, in the releases that `condition` names. */
function endless(condition: string): string {
  const rules = Array.from(
    { length: 200 },
    (_, rule) => `export const rule${rule} = (x: Rule<Depth, 'r${rule}-'>): string => x;`,
  );
  return `import { format } from '@system/text';
    type Rule<D extends unknown[], P extends string> = D extends [unknown, ...infer R] ? Rule<R, \`\${P}a\`> | Rule<R, \`\${P}b\`> : P;
    type Depth = ${condition} ? [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] : [];
    ${rules.join('\n')}`;
}

function patient(tiny: TinyEnvironment): TinyEnvironment {
  return { ...tiny, context: { ...tiny.context, settings: { ...tiny.context.settings, compilerPatience } } };
}

it('PREP-07 a unit whose compilation never ends is failed with the time it had, all others are prepared and nothing stays locked', async () => {
  const source = endless('ReturnType<typeof format> extends { text: string }');
  const tiny = patient(await upgraded({ endless: { source }, other: {}, below: { uses: ['endless'] } }));
  const report = await prepare(tiny);

  expect(await statesOf(tiny)).toEqual({ below: 'skipped', endless: 'failed', other: 'prepared' });
  expect(report.failures).toEqual([
    {
      module: 'endless',
      problem: `COMPILER_TIMEOUT typescript 7.0.2, compiling endless for ${newer}, was ended after 6 s`,
    },
  ]);
  const outcomes = (await attemptsOf(tiny)).filter(({ module }) => module === 'endless').map(({ outcome }) => outcome);
  expect(outcomes).toEqual(['fault', 'fault', 'fault', 'failed']);
  expect(await tiny.context.database.selectFrom('locks').selectAll().execute()).toEqual([]);
});

it('APPS-01 a publish whose compilation never ends fails with the time it had; the module is free and as it was', async () => {
  const tiny = patient(await published({ base: {} }));
  await obedientFrontEnds(tiny);
  const source = endless('ReturnType<typeof format> extends string');

  await expect(publishModule(tiny, 'base', { source })).rejects.toMatchObject({
    code: 'COMPILER_TIMEOUT',
    message: expect.stringContaining('compiling base for 11.18.1, was ended after 6 s'),
  });
  expect(await tiny.context.database.selectFrom('locks').selectAll().execute()).toEqual([]);
  expect(await statesOf(tiny)).toEqual({ base: 'prepared' });
});

describe('PREP-08 a worker that ends, again and again, while it works on the same modules', () => {
  /** A worker that dies in the middle of a group that contains `fatal`: it gives no sign of life any more. */
  async function dying(modules: Parameters<typeof upgraded>[0], fatal: string) {
    const tiny = await upgraded(modules, { groupUnits: 4, lanes: 1 });
    const { context, environment } = tiny;
    const { id } = await embeddedPreparation(context).open({ environment, requestedBy: 'test' });
    const turns: string[] = [];
    return {
      ...tiny,
      turns,
      /** `attempts` of one activity. */
      async prepare(attempts: number) {
        for (let attempt = 0; attempt < attempts; attempt++) {
          const claim = await claimGroup(context, { preparation: id, claimedBy: 'lane' });
          if (claim.kind !== 'claimed') return;
          const names = claim.units.map((unit) => unit.id).join(' ');
          const outcome = names.split(' ').includes(fatal) && (await faultsOf(fatal)) <= 3 ? 'dies' : 'lives';
          turns.push(`${names} ${outcome}`);
          if (outcome === 'dies') continue;
          const done = await claimOutcome(context, claim, quiet.signal);
          if (done.kind === 'verdicts') await recordVerdicts(context, claim, done.verdicts);
        }
      },
    };
    async function faultsOf(name: string): Promise<number> {
      const row = await context.database
        .selectFrom('modules')
        .select('faults')
        .where('name', '=', name)
        .executeTakeFirstOrThrow();
      return row.faults;
    }
  }

  it('goes on with the others and gives that one up, saying what became of it', async () => {
    const worker = await dying({ fatal: {}, fine: {}, other: {} }, 'fatal');
    await worker.prepare(9);

    expect(worker.turns).toEqual([
      ...Array(4).fill('fine fatal other dies'),
      ...['fatal dies', 'fatal lives'],
      ...['fine lives', 'other lives'],
    ]);
    expect(await statesOf(worker)).toEqual({ fatal: 'failed', fine: 'prepared', other: 'prepared' });
    const [fatal] = (await embeddedInventory(worker.context).modules({ environment: worker.environment })).filter(
      ({ name }) => name === 'fatal',
    );
    expect(fatal?.diagnostics).toMatchObject([
      { code: 'COMPILER_FAULT', message: expect.stringContaining('broken off again and again, at last alone') },
    ]);
  });

  it('is given up too when each attempt is told to stop before its end, as by a timeout', async () => {
    const { context, environment } = await upgraded({ long: {} });
    const preparation = embeddedPreparation(context);
    const { id } = await preparation.open({ environment, requestedBy: 'test' });
    const attempt = () => {
      const timeout = new AbortController();
      const heartbeat = () => timeout.abort(new Error('TIMED_OUT'));
      return preparation.prepareNextGroup(
        { preparation: id, claimedBy: 'lane' },
        { signal: timeout.signal, heartbeat },
      );
    };

    for (let count = 0; count < 5; count++) await expect(attempt()).rejects.toThrow('TIMED_OUT');
    expect(await attempt()).toMatchObject({ kind: 'group', failed: 1, left: 0 });
    expect(await context.database.selectFrom('locks').selectAll().execute()).toEqual([]);
  });

  it('fails nothing when one after it lives', async () => {
    const tiny = await upgraded({ a: {}, b: {} }, { lanes: 1 });
    const { context, environment } = tiny;
    const { id } = await embeddedPreparation(context).open({ environment, requestedBy: 'test' });
    for (let attempt = 0; attempt < 3; attempt++) await claimGroup(context, { preparation: id, claimedBy: 'lane' });
    await prepareRest(context, id, 'lane');

    expect(await embeddedPreparation(context).close({ preparation: id })).toMatchObject({ prepared: 2, failed: 0 });
    const outcomes = (await attemptsOf(tiny)).map(({ outcome }) => outcome);
    expect(outcomes).toEqual([...Array(6).fill('abandoned'), 'prepared', 'prepared']);
    const rows = await context.database.selectFrom('modules').select('faults').execute();
    expect(rows.map(({ faults }) => faults)).toEqual([0, 0]);
  });
});

it('PREP-08 a damaged artifact is found out when a consumer is compiled, and compiled again', async () => {
  const tiny = await upgraded({ base: {}, consumer: { uses: ['base'] } }, { groupUnits: 1 });
  const { context, environment } = tiny;
  const preparation = embeddedPreparation(context);
  const { id } = await preparation.open({ environment, requestedBy: 'test' });
  await preparation.prepareNextGroup({ preparation: id, claimedBy: 'lane' }, quiet);
  await damage(context.database, 'base');

  await prepareRest(context, id, 'lane');
  expect(await preparation.close({ preparation: id })).toMatchObject({ status: 'finished', prepared: 2 });
  expect(await attemptsOf(tiny)).toEqual([
    { module: 'base', outcome: 'prepared' },
    { module: 'consumer', outcome: 'abandoned' },
    { module: 'base', outcome: 'prepared' },
    { module: 'consumer', outcome: 'prepared' },
  ]);
});

it('DEP-02 DEP-05 a damaged artifact is found out when it is deployed, told, and deployed once it is prepared again', async () => {
  const tiny = await upgraded({ base: {}, other: {} });
  await obedientFrontEnds(tiny);
  await prepare(tiny);
  await damage(tiny.context.database, 'base');

  expect(await deploy(tiny)).toMatchObject({
    status: 'finished with errors',
    deployed: 1,
    failed: 1,
    notDeployed: [{ module: 'base', reason: expect.stringContaining('damaged') }],
  });
  expect(await prepare(tiny)).toMatchObject({ status: 'finished', prepared: 2 });
  expect(await deploy(tiny)).toMatchObject({ status: 'finished', deployed: 1, failed: 0, fullyUpgraded: true });
});

it('PREP-03 what is prepared above a producer that has to be prepared anew waits for it', async () => {
  const tiny = await upgraded(
    {
      base: { source: `export interface Base { readonly value: string }\n// ${'long '.repeat(20)}\n` },
      middle: {
        uses: ['base'],
        source: `import type { Base } from 'base';\nexport const made: Base = { value: '' };\n`,
      },
      top: { uses: ['middle'], source: `import { made } from 'middle';\nexport const text: number = made.value;\n` },
    },
    { groupUnits: 1, lanes: 1 },
  );
  await prepare(tiny);
  await damage(tiny.context.database, 'base');
  await deploy(tiny);
  expect(await statesOf(tiny)).toEqual({ base: 'pending', middle: 'prepared', top: 'failed' });
  const before = (await attemptsOf(tiny)).length;

  await prepare(tiny);
  expect((await attemptsOf(tiny)).slice(before)).toEqual([
    { module: 'base', outcome: 'prepared' },
    { module: 'top', outcome: 'failed' },
  ]);
});

it('PREP-08 a full disk stops the recording with a clear error and nothing half recorded; it goes on when there is space', async () => {
  const text = randomBytes(200_000).toString('hex');
  const tiny = await upgraded({ small: {}, large: { source: `export const text = '${text}';\n` } }, { lanes: 1 });
  const { dataFolder, settings, database } = tiny.context;
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(database);
  const full = openPlatformDatabase(dataFolder, { maxPages: (rows[0]?.page_count ?? 0) + 16 });
  const preparation = embeddedPreparation({ dataFolder, settings, database: full });
  const { id } = await preparation.open({ environment: tiny.environment, requestedBy: 'test' });
  const turn = () => preparation.prepareNextGroup({ preparation: id, claimedBy: 'lane' }, quiet);

  await expect(turn()).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect(await statesOf(tiny)).toEqual({ large: 'pending', small: 'pending' });
  expect(await database.selectFrom('artifacts').select('unit').where('release', '=', newer).execute()).toEqual([]);
  await sql`pragma max_page_count = 1000000`.execute(full);
  await expect(turn()).resolves.toMatchObject({ kind: 'group', prepared: 2, left: 0 });
  await full.destroy();
});

it('PREP-07 a syntax error, a producer that does not exist and one that was never published are each named', async () => {
  const tiny = await upgraded({
    fine: {},
    draft: { published: false },
    wrong: {},
    orphan: {},
    early: {},
    indirect: { uses: ['orphan'] },
  });
  await obedientFrontEnds(tiny);
  const { database } = tiny.context;
  for (const [consumer, producer] of [
    ['orphan', 'ghost'],
    ['early', 'draft'],
  ] as const) {
    await database
      .insertInto('module_references')
      .values({ environment: tiny.environment, consumer, producer })
      .execute();
  }
  await expect(publishModule(tiny, 'wrong', { source: 'export const = ;\n' })).rejects.toMatchObject({
    code: 'COMPILATION_FAILED',
    message: expect.stringContaining('src/index.ts:1:14 TS1134'),
  });
  await database
    .updateTable('modules')
    .set((eb) => ({ published_source: eb.ref('uploaded_source'), state: 'pending', token: null }))
    .where('name', '=', 'wrong')
    .execute();

  const report = await prepare(tiny);
  expect(report.failures).toMatchObject([
    { module: 'wrong', problem: expect.stringContaining('src/index.ts:1:14 TS1134') },
  ]);
  expect(await causes(tiny)).toEqual({
    orphan: { module: 'ghost', path: ['orphan', 'ghost'] },
    indirect: { module: 'ghost', path: ['indirect', 'orphan', 'ghost'] },
    early: { module: 'draft', path: ['early', 'draft'] },
  });
  expect((await statesOf(tiny))['fine']).toBe('prepared');
});
