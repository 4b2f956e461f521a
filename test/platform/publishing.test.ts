/** Publish, apply configurations, delete: when they are refused, in which words, and what they do (PREP-05, PREP-06, DEP-03). */
import { availableParallelism } from 'node:os';
import { expect, it, onTestFinished, vi } from 'vitest';
import { unpackSource } from '../../platform/embedded/compile/sources.js';
import { inTransaction } from '../../platform/embedded/database.js';
import { embeddedDeployment } from '../../platform/embedded/deployment/deployment.js';
import { embeddedInventory } from '../../platform/embedded/inventory.js';
import { takeLocks } from '../../platform/embedded/locks.js';
import { embeddedPreparation } from '../../platform/embedded/preparation/preparation.js';
import { moduleOperations } from '../../platform/embedded/publishing/operations.js';
import { mostCompilers } from './mostCompilers.js';
import { obedientFrontEnds } from './obedientFrontEnds.js';
import { prepare, prepareRest } from './preparing.js';
import { publishModule } from './publishing.js';
import { running } from './running.js';
import { endLeases, stoppable, stoppedInAGroup } from './stoppable.js';
import { published, quiet, statesOf, type TinyEnvironment, upgraded } from './tinyFactory.js';

/** Gives operation, user, time, ongoing operation, its holder, its time and the module. */
const lockedText =
  /^The (1-Click Publish|Configuration update|Delete module) started by (.+?) at (.+?) can't proceed because there is an ongoing (.+?), started by (.+?) at (.+?), that is locking '(.+?)' module\.$/;

const operations = ['1-Click Publish', 'Configuration update', 'Delete module'] as const;

let attempts = 0;

function attempt(tiny: TinyEnvironment, operation: (typeof operations)[number], module: string): Promise<unknown> {
  const request = { id: `attempt ${++attempts}`, environment: tiny.environment, module, user: 'ada' };
  const { applyConfigurations, deleteModule } = moduleOperations(tiny.context);
  switch (operation) {
    case '1-Click Publish':
      return publishModule(tiny, module, { user: 'ada' });
    case 'Configuration update':
      return applyConfigurations({ ...request, settings: { Currency: 'EUR' } });
    case 'Delete module':
      return deleteModule(request);
  }
}

async function expectLocked(tiny: TinyEnvironment, locked: string, ongoing: string, holder: string): Promise<void> {
  for (const operation of operations) {
    const refusal: { code?: string; parts?: { what: string } } = await attempt(tiny, operation, locked).then(
      () => ({}),
      (error) => error,
    );
    expect(refusal.code).toBe('MODULE_LOCKED');
    const [, ...words] = lockedText.exec(refusal.parts?.what ?? '') ?? [];
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    expect(words).toEqual([operation, 'ada', time, ongoing, holder, time, locked]);
  }
}

it('PREP-04 PREP-05 the three operations are refused on a module that is being prepared, and work on a free one at that moment', async () => {
  const tiny = await upgraded({ one: {}, other: {} }, { groupUnits: 1 });
  await obedientFrontEnds(tiny);
  const { worker, turn } = await stoppedInAGroup(tiny);
  const { module: locked } = await tiny.context.database.selectFrom('locks').select('module').executeTakeFirstOrThrow();

  await expectLocked(tiny, locked, 'Modules upgrade', 'Compiler Service');
  for (const operation of operations) await attempt(tiny, operation, locked === 'one' ? 'other' : 'one');
  worker.goOn();
  await turn;
  await expect(attempt(tiny, '1-Click Publish', locked)).resolves.toBeDefined();
});

it('DEP-03 and so on a module that is being deployed', async () => {
  const tiny = await upgraded({ one: {}, other: {} }, { deployModules: 1 });
  await prepare(tiny);
  await obedientFrontEnds(tiny);
  const worker = stoppable(tiny.context);
  const deployment = embeddedDeployment(worker.context);
  const { id } = await deployment.open({ environment: tiny.environment, requestedBy: 'test' });
  const turn = deployment.deployNext({ deployment: id, claimedBy: 'test' }, { ...quiet, heartbeat: worker.stop });
  await worker.waiting;

  await expectLocked(tiny, 'one', 'Modules deployment', 'Deployment Service');
  for (const operation of operations) await attempt(tiny, operation, 'other');
  worker.goOn();
  await turn;
  await expect(attempt(tiny, '1-Click Publish', 'one')).resolves.toBeDefined();
});

it('PREP-05 a publish is refused, and uploads nothing, while another module of its unit is locked', async () => {
  const typesOf = (name: string) =>
    `import type { name as theirs } from '${name}';\nexport const other: typeof theirs = '${name}';\n`;
  const tiny = await published({
    one: { uses: ['two'], source: `${typesOf('two')}export const name = 'one';\n` },
    two: {},
    free: {},
  });
  await obedientFrontEnds(tiny);
  const partners = { uses: ['one'], source: `${typesOf('one')}export const name = 'two';\n` };
  const lock = { operation: '1-Click Publish', holder: 'grace', claimedBy: 'her publish' } as const;
  const { database } = tiny.context;
  await inTransaction(database, (transaction) =>
    takeLocks(transaction, { ...lock, environment: tiny.environment, modules: ['one'], lease: 60_000 }),
  );
  const before = await database.selectFrom('modules').selectAll().orderBy('name').execute();

  await expect(publishModule(tiny, 'two', partners)).rejects.toMatchObject({
    code: 'MODULE_LOCKED',
    parts: {
      what: expect.stringMatching(/ongoing 1-Click Publish, started by grace at .* that is locking 'one' module/),
    },
  });
  expect(await database.selectFrom('modules').selectAll().orderBy('name').execute()).toEqual(before);
  await expect(publishModule(tiny, 'free')).resolves.toBeDefined();
  await endLeases(database);
  await expect(publishModule(tiny, 'two', partners)).resolves.toMatchObject({ module: 'two' });
});

it('PREP-06 a publish is refused naming the producer that is not prepared, and works once it is, with its new compilation', async () => {
  const kind = `import { format } from '@system/text';\nexport const kind = (): string => 'made for ' + typeof format('');\n`;
  const screen = (from: string) => `${from}export const home = { name: 'Home', render: () => kind() };\n`;
  const tiny = await upgraded(
    { base: { source: screen(kind) }, consumer: { uses: ['base'], source: screen("import { kind } from 'base';\n") } },
    { groupUnits: 1 },
  );
  const { context, environment } = tiny;
  const applications = await running(tiny);
  await expect(publishModule(tiny, 'consumer')).rejects.toMatchObject({
    code: 'PRODUCER_NOT_PREPARED',
    parts: {
      what: "Producer module 'base' hasn't been prepared for the current OutSystems environment version. The Preparation of Modules may not have finished yet, failed, or it is on hold. Check Service Center for more details or try to publish 'base'.",
    },
  });
  const preparation = embeddedPreparation(context);
  const { id } = await preparation.open({ environment, requestedBy: 'test' });
  await preparation.prepareNextGroup({ preparation: id, claimedBy: 'lane' }, quiet);
  expect(await statesOf(tiny)).toEqual({ base: 'prepared', consumer: 'pending' });
  await publishModule(tiny, 'consumer');

  const shown = async (module: string) => (await fetch(`${applications}/${module}/home`)).text();
  expect(await shown('consumer')).toContain('made for object');
  expect(await shown('base')).toContain('made for string');
});

it('PREP-06 a producer’s producer that is not prepared is named too, and what is publishable says the same', async () => {
  const tiny = await published({ a: {}, b: { uses: ['a'] }, c: { uses: ['b'] }, d: { uses: ['c'] } });
  const { context, environment } = tiny;
  await obedientFrontEnds(tiny);
  await publishModule(tiny, 'a', { source: 'export const other = 1;\n' });
  expect(await statesOf(tiny)).toEqual({ a: 'prepared', b: 'pending', c: 'prepared', d: 'prepared' });
  const publishable = async () => {
    const modules = await embeddedInventory(context).modules({ environment });
    return modules.filter((module) => module.publishable).map(({ name }) => name);
  };

  expect(await publishable()).toEqual(['a', 'b']);
  await expect(publishModule(tiny, 'd')).rejects.toThrow("Producer module 'b' hasn't been prepared");
  await expect(publishModule(tiny, 'c')).rejects.toThrow("Producer module 'b' hasn't been prepared");
  await publishModule(tiny, 'b');
  expect(await publishable()).toEqual(['a', 'b', 'c', 'd']);
  await expect(publishModule(tiny, 'd')).resolves.toMatchObject({ module: 'd' });
});

it('PREP-02 PREP-06 publishing a module that never was makes it part of the next preparation, with the one it cannot be parted from', async () => {
  const draft = { published: false };
  const tiny = await upgraded({
    base: {},
    draft,
    twin: { ...draft, uses: ['draft'] },
    other: { ...draft, uses: ['draft'] },
  });
  await obedientFrontEnds(tiny);
  await expect(publishModule(tiny, 'other')).rejects.toThrow("Producer module 'draft' hasn't been prepared");
  await expect(publishModule(tiny, 'draft', { uses: ['base'] })).rejects.toThrow("Producer module 'base'");
  await prepare(tiny);
  await publishModule(tiny, 'draft', { uses: ['base', 'twin'] });

  expect(await statesOf(tiny)).toEqual({
    base: 'prepared',
    draft: 'prepared',
    other: 'not applicable',
    twin: 'prepared',
  });
  expect(await prepare(tiny, { everything: true })).toMatchObject({ prepared: 3, notApplicable: 1 });
});

it('PREP-06 modules that come to reference each other are published as one, and part again', async () => {
  const tiny = await published({ one: {}, two: { uses: ['one'] }, consumer: { uses: ['two'] } });
  await obedientFrontEnds(tiny);
  const twoFirst = `import type { name } from 'two';\nexport const other: typeof name = 'two';\n`;
  await publishModule(tiny, 'one', { uses: ['two'], source: twoFirst });
  const artifact = async (name: string) => {
    const { database } = tiny.context;
    return (await database.selectFrom('modules').select('artifact').where('name', '=', name).executeTakeFirstOrThrow())
      .artifact;
  };
  expect(await artifact('one')).toBe(await artifact('two'));
  expect(await statesOf(tiny)).toEqual({ consumer: 'prepared', one: 'prepared', two: 'prepared' });

  await publishModule(tiny, 'one', { uses: [], source: 'export const alone = true;\n' });
  expect(await artifact('one')).not.toBe(await artifact('two'));
  expect((await statesOf(tiny))['two']).toBe('pending');
  await prepareAndPublish(tiny, ['two', 'consumer']);
  const modules = await embeddedInventory(tiny.context).modules({ environment: tiny.environment });
  expect(modules.every(({ upToDate }) => upToDate)).toBe(true);
});

async function prepareAndPublish(tiny: TinyEnvironment, modules: readonly string[]): Promise<void> {
  const preparation = embeddedPreparation(tiny.context);
  const { id } = await preparation.open({ environment: tiny.environment, requestedBy: 'test' });
  await prepareRest(tiny.context, id, 'lane');
  await preparation.close({ preparation: id });
  for (const module of modules) await publishModule(tiny, module);
}

it('a module that others consume is not deleted; one that none does is gone, with what it ran', async () => {
  const tiny = await published({ base: {}, consumer: { uses: ['base'] } });
  await expect(attempt(tiny, 'Delete module', 'base')).rejects.toMatchObject({ code: 'MODULE_HAS_CONSUMERS' });
  await attempt(tiny, 'Delete module', 'consumer');
  await attempt(tiny, 'Delete module', 'base');

  expect(await statesOf(tiny)).toEqual({});
  expect(await tiny.context.database.selectFrom('wanted_modules').selectAll().execute()).toEqual([]);
  await expect(publishModule(tiny, 'base')).rejects.toMatchObject({ code: 'MODULE_UNKNOWN' });
});

it('APPS-01 an upload makes the module what it is: a source that is not in it is gone', async () => {
  const tiny = await published({ base: {} });
  const { context, environment } = tiny;
  await obedientFrontEnds(tiny);
  const publish = (id: string, files: Readonly<Record<string, string>>) =>
    moduleOperations(context).publish({ id, environment, module: 'base', user: 'ada', files }, quiet);
  await publish('with old', {
    'src/index.ts': "export { one } from './old.js';\n",
    'src/old.ts': 'export const one = 1;\n',
  });
  await publish('renamed', {
    'src/index.ts': "export { one } from './new.js';\n",
    'src/new.ts': 'export const one = 1;\n',
  });

  const { published_source } = await context.database.selectFrom('modules').selectAll().executeTakeFirstOrThrow();
  const row = await context.database
    .selectFrom('sources')
    .select('files')
    .where('digest', '=', published_source ?? '')
    .executeTakeFirstOrThrow();
  expect(Object.keys(unpackSource(row.files))).toEqual(['src/index.ts', 'src/new.ts']);
});

it.each<[string, Readonly<Record<string, string>>, RegExp]>([
  ['without index', { 'src/other.ts': '' }, /base\/src\/index\.ts: is missing/],
  ['outside src', { 'src/index.ts': '', 'notes.md': '' }, /base\/notes\.md: is no source/],
  ['with half a character', { 'src/index.ts': '// \ud800' }, /base\/src\/index\.ts: has half a character/],
  ['with an unknown kind', { 'src/index.ts': '', 'package.json': manifestOf({ kind: 'screens' }) }, /uplift\.kind/],
  ['with no JSON', { 'src/index.ts': '', 'package.json': '{' }, /package\.json.*is not JSON/],
  ['with an unknown producer', { 'src/index.ts': '', 'package.json': manifestOf({}, 'ghost') }, /no module ghost/],
])('APPS-01 an upload %s is refused with its place, and leaves nothing', async (_, files, problem) => {
  const { context, environment } = await published({ base: {} });
  const facts = () => context.database.selectFrom('modules').selectAll().executeTakeFirstOrThrow();
  const before = await facts();
  const request = { id: 'wrong', environment, module: 'base', user: 'ada', files };
  await expect(moduleOperations(context).publish(request, quiet)).rejects.toMatchObject({
    code: 'FACTORY_INVALID',
    message: expect.stringMatching(problem),
  });
  expect(await facts()).toEqual(before);
});

function manifestOf(uplift: object, ...producers: readonly string[]): string {
  const dependencies = Object.fromEntries(producers.map((name) => [name, '*']));
  return JSON.stringify({
    name: 'base',
    version: '1.0.0',
    dependencies,
    uplift: { application: 'a', kind: 'core', ...uplift },
  });
}

it('APPS-01 of many publishes at once, no more compile at a time than the machine has processors', async () => {
  const names = Array.from({ length: 4 * availableParallelism() }, (_, index) => `module${index}`);
  const tiny = await published(Object.fromEntries(names.map((name) => [name, {}])));
  await obedientFrontEnds(tiny);
  const most = mostCompilers();

  await Promise.all(
    names.map((name) => publishModule(tiny, name, { source: `export const ${name} = ${names.length};\n` })),
  );

  expect(most()).toBeGreaterThan(0);
  expect(most()).toBeLessThanOrEqual(availableParallelism());
});

it('APPS-01 a compiler takes no more memory than UPLIFT_COMPILER_MEMORY says; the publish fails, and the module is free', async () => {
  const tiny = await published({ one: {} });
  vi.stubEnv('UPLIFT_COMPILER_MEMORY', '16');
  onTestFinished(() => void vi.unstubAllEnvs());
  const depth = Array(16).fill(0).join(', ');
  const rules = Array.from(
    { length: 10 },
    (_, at) => `export const rule${at} = (x: Rule<[${depth}], 'r${at}-'>): string => x;\n`,
  );
  const branches = ['a', 'b'].map((letter) => `Rule<R, \`\${P}${letter}\`>`).join(' | ');
  const rule = `type Rule<D extends unknown[], P extends string> = D extends [unknown, ...infer R] ? ${branches} : P;\n`;

  const publishing = publishModule(tiny, 'one', { source: `${rule}${rules.join('')}` });

  await expect(publishing).rejects.toMatchObject({
    code: 'COMPILER_FAULT',
    message: expect.stringContaining('wanted more memory than the 16 MB it may take (UPLIFT_COMPILER_MEMORY)'),
  });
  expect(await tiny.context.database.selectFrom('locks').selectAll().execute()).toEqual([]);
});
