/** Modules that reference each other and need each other's values when they are loaded: one thing, in every process, whoever begins. */
import { expect, it } from 'vitest';
import { deploy, itemsOf } from './deploying.js';
import { prepare } from './preparing.js';
import { publishModule } from './publishing.js';
import { running } from './running.js';
import { eventually, fetchFrom, ready, type TestPlatform, testPlatform } from './serving.js';
import { published, type TinyEnvironment, type TinyModule, upgraded } from './tinyFactory.js';

const screen = (text: string) => `export const home = { name: 'Home', render: () => 'shows ${text}' };\n`;

/** Its code needs the value of `of` while it is loaded. */
const needing = (of: string, text: string): TinyModule => ({
  uses: [of],
  source: `import { value as other } from '${of}';\nexport const value: string = other.toUpperCase();\n${screen(text)}`,
});

/** Its code needs the value of `of` when it is shown. */
const knowing = (of: string, text: string): TinyModule => ({
  uses: [of],
  source: `import { value as other } from '${of}';\nexport const value: string = '${text}';\nexport const both = () => other;\n${screen(text)}`,
});

/** What front ends observe: the modules that they could not load, with the reason. */
async function unloadable({ context }: TinyEnvironment): Promise<readonly string[]> {
  const rows = await context.database.selectFrom('front_end_modules').selectAll().execute();
  return rows.flatMap(({ front_end, module, error }) => (error === null ? [] : [`${front_end} ${module}: ${error}`]));
}

const shown = async (applications: string, module: string) => (await fetch(`${applications}/${module}/home`)).text();

it('DEP-05 a circle whose code can be loaded from one side only is begun there, whoever consumes it and is loaded first', async () => {
  const consumer = (text: string) => `import { value } from 'two';\nexport const used = value;\n${screen(text)}`;
  const tiny = await published({
    one: needing('two', 'one'),
    two: knowing('one', 'two'),
    a: { uses: ['two'], source: consumer('first') },
  });

  const applications = await running(tiny);

  expect(await unloadable(tiny)).toEqual([]);
  expect(await shown(applications, 'one')).toContain('shows one');
  await publishModule(tiny, 'a', { source: consumer('second') });
  expect(await shown(applications, 'a')).toContain('shows second');
});

it('DEP-05 a circle that cannot be loaded is not deployed, the reason names module and message, and all else is', async () => {
  const format = "import { format } from '@system/text';\n";
  // Prepared for the newer release it is another circle.
  const two = `${format}import { value as other } from 'one';\nexport const value: string = typeof format('') === 'string' ? 'two' : other;\n${screen('two')}`;
  const tiny = await upgraded({
    one: knowing('two', 'one'),
    two: { uses: ['one'], source: two },
    above: { uses: ['two'] },
    other: {},
  });
  const applications = await running(tiny);
  await prepare(tiny);

  const items = await itemsOf(tiny, await deploy(tiny));

  const reason = "failed: a trial could not load it: two: ReferenceError: Cannot access 'other' before initialization";
  expect(items).toEqual({ one: reason, two: reason, above: reason, other: 'deployed' });
  expect([await shown(applications, 'one'), await shown(applications, 'two')]).toEqual([
    expect.stringContaining('shows one'),
    expect.stringContaining('shows two'),
  ]);
});

it('DEP-05 a publish of a module that makes its circle impossible to load says which module fails, and leaves both as they were', async () => {
  const tiny = await published({ one: knowing('two', 'first one'), two: knowing('one', 'first two') });
  const applications = await running(tiny);

  const publishing = publishModule(tiny, 'two', { source: needing('one', 'second two').source ?? '' });

  await expect(publishing).rejects.toMatchObject({
    code: 'FRONT_END_TIMEOUT',
    message: expect.stringMatching(/^two was compiled but not deployed: .*: two: ReferenceError: Cannot access/),
  });
  expect(await shown(applications, 'two')).toContain('shows first two');
});

/** A front end on which the second instance of the circle holds a module that it cannot load. */
async function withBrokenTwo(): Promise<TestPlatform> {
  const platform = await testPlatform();
  const release = '11.18.1';
  for (const id of ['first', 'second']) {
    for (const module of ['one', 'two']) {
      const broken = id === 'second' && module === 'two';
      const code = broken ? "throw new Error('not here');" : screen(`${id} ${module}`);
      await platform.instance({ id, module, release, code });
    }
  }
  for (const module of ['one', 'two']) await platform.deployed(module, 'first', release);
  return platform;
}

async function bothShown(platform: TestPlatform): Promise<readonly (string | undefined)[]> {
  const show = async (module: string) => {
    const page = await (await fetchFrom(platform, `${platform.url('fe-1')}/${module}/home`)).text();
    return /shows (\w+)/.exec(page)?.[1];
  };
  return [await show('one'), await show('two')];
}

const failures = async ({ database }: TestPlatform) => {
  const rows = await database.selectFrom('front_end_modules').select(['module', 'instance', 'error']).execute();
  return rows.every(({ instance }) => instance === 'second') && rows.length === 2 && rows;
};

it('DEP-05 a front end that cannot load one module of a circle goes on with the former ones of all', async () => {
  const platform = await withBrokenTwo();
  await platform.want(['one', 'two'], 'first');
  await platform.startFrontEnd('fe-1');
  await ready(platform, 'fe-1');
  await platform.want(['one', 'two'], 'second');

  const observed = await eventually('the failure is observed', () => failures(platform));

  expect(observed.map(({ error }) => error)).toEqual(['two: not here', 'two: not here']);
  expect(await bothShown(platform)).toEqual(['first', 'first']);
});

it('DEP-05 a front end that starts while a circle is wanted that it cannot load runs all of it as it was deployed', async () => {
  const platform = await withBrokenTwo();
  await platform.want(['one', 'two'], 'second');
  await platform.startFrontEnd('fe-1');
  await ready(platform, 'fe-1');

  expect(await bothShown(platform)).toEqual(['first', 'first']);
});
