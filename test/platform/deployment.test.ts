/** Deploy All to front ends that serve: what it takes, what it leaves and why, what users get meanwhile (DEP-01…06, VER-09). */
import { expect, it } from 'vitest';
import { embeddedDeployment } from '../../platform/embedded/deployment/deployment.js';
import { plannedInstances } from '../../platform/embedded/instances.js';
import { embeddedInventory } from '../../platform/embedded/inventory.js';
import { readModules } from '../../platform/embedded/moduleGraph.js';
import { deploy, itemsOf } from './deploying.js';
import { obedientFrontEnds } from './obedientFrontEnds.js';
import { prepare } from './preparing.js';
import { publishModule } from './publishing.js';
import { running } from './running.js';
import { breaking, published, quiet, type TinyEnvironment, type TinyModule, upgraded } from './tinyFactory.js';

const format = "import { format } from '@system/text';\n";

/** A screen that shows `value`, an expression. */
const screen = (value: string) => `export const home = { name: 'Home', render: () => \`shows \${${value}}\` };\n`;

/** Says what release it was compiled for. */
const plain: TinyModule = { source: `${format}${screen("typeof format('')")}` };
const particular: TinyModule = {
  source: `${format}if (typeof format('') !== 'string') throw new Error('made for strings');\n${screen('"strings"')}`,
};

async function shown(applications: string, module: string): Promise<string | undefined> {
  const page = await (await fetch(`${applications}/${module}/home`)).text();
  return /shows (\w+)/.exec(page)?.[1];
}

const wanted = ({ context }: TinyEnvironment) =>
  context.database.selectFrom('wanted_modules').select(['module', 'instance']).execute();

async function outOfDate({ context, environment }: TinyEnvironment): Promise<string[]> {
  const modules = await embeddedInventory(context).modules({ environment });
  return modules.filter(({ upToDate }) => !upToDate).map(({ name }) => name);
}

it('VER-09 is refused below 11.19.0, where a solution can be published all the same', async () => {
  const tiny = await published({ base: {} });
  await obedientFrontEnds(tiny);
  const refused = { code: 'DEPLOY_ALL_UNAVAILABLE', message: expect.stringContaining('11.18.1') };
  await expect(deploy(tiny)).rejects.toMatchObject(refused);
  expect(await deploy(tiny, { solution: true })).toMatchObject({ status: 'finished', fullyUpgraded: true });
});

it('APPS-04 DEP-02 with nothing prepared it says so and ends well', async () => {
  const tiny = await upgraded({ base: {}, other: {} });
  const report = await deploy(tiny);

  expect(report).toMatchObject({
    status: 'finished',
    deployed: 0,
    failed: 0,
    skipped: 2,
    left: 0,
    fullyUpgraded: false,
  });
  expect(report.notDeployed).toEqual([
    { module: 'base', reason: 'not prepared yet' },
    { module: 'other', reason: 'not prepared yet' },
  ]);
});

it('DEP-01 DEP-02 deploys what is prepared and leaves the rest, each with its reason; until then the old code serves', async () => {
  const tiny = await upgraded({
    plain,
    early: plain,
    broken: { source: breaking },
    below: { uses: ['broken'] },
    draft: { published: false },
  });
  const applications = await running(tiny);
  await prepare(tiny);
  await publishModule(tiny, 'early');
  expect([await shown(applications, 'plain'), await shown(applications, 'early')]).toEqual(['string', 'object']);
  const report = await deploy(tiny);

  expect(await shown(applications, 'plain')).toBe('object');
  expect(await itemsOf(tiny, report)).toEqual({
    plain: 'deployed',
    early: 'skipped: already deployed',
    broken: expect.stringMatching(/^skipped: compilation failed: src\/index\.ts:2:.* TS2339/),
    below: 'skipped: skipped: broken',
    draft: 'skipped: never published',
  });
  expect(report).toMatchObject({ status: 'finished', deployed: 1, skipped: 4, fullyUpgraded: false });
  expect(report.notDeployed.map(({ module }) => module).sort()).toEqual(['below', 'broken']);
});

it('DEP-05 DEP-06 what fails to load goes on as it was, all others are deployed, and the next Deploy takes it alone', async () => {
  const tiny = await upgraded({ plain, particular });
  const applications = await running(tiny);
  await prepare(tiny);
  const first = await deploy(tiny);

  expect(first).toMatchObject({ status: 'finished with errors', deployed: 1, failed: 1, fullyUpgraded: false });
  expect(first.notDeployed).toMatchObject([
    { module: 'particular', reason: 'a trial could not load it: made for strings' },
  ]);
  expect([await shown(applications, 'plain'), await shown(applications, 'particular')]).toEqual(['object', 'strings']);
  const second = await deploy(tiny);
  expect(await itemsOf(tiny, second)).toEqual({
    plain: 'skipped: already deployed',
    particular: 'failed: a trial could not load it: made for strings',
  });

  await publishModule(tiny, 'particular', { source: `export const used = true;\n${screen('"anything"')}` });
  expect(await deploy(tiny)).toMatchObject({
    status: 'finished',
    deployed: 0,
    skipped: 2,
    fullyUpgraded: true,
    notDeployed: [],
  });
  expect(await shown(applications, 'particular')).toBe('anything');
});

it('DEP-06 publishes afterwards are never refused and show; the next Deploy brings what they left behind', async () => {
  const value = (number: number) => `export const value = (): number => ${number};\n`;
  const tiny = await upgraded({
    base: { source: value(1) },
    consumer: { uses: ['base'], source: `import { value } from 'base';\n${screen('value()')}` },
    other: {},
  });
  const applications = await running(tiny);
  await prepare(tiny);
  expect(await deploy(tiny)).toMatchObject({ deployed: 3, fullyUpgraded: true });
  expect(await outOfDate(tiny)).toEqual([]);

  await publishModule(tiny, 'base', { source: value(2) });
  expect(await outOfDate(tiny)).toEqual(['consumer']);
  expect(await shown(applications, 'consumer')).toBe('1');
  const report = await deploy(tiny);
  expect(report).toMatchObject({ deployed: 1, skipped: 2, fullyUpgraded: true, drift: [] });
  expect(await shown(applications, 'consumer')).toBe('2');

  await publishModule(tiny, 'base', { source: `${value(3)}export const more = true;\n` });
  const later = await embeddedDeployment(tiny.context).report(report.deployment);
  expect(later).toMatchObject({
    fullyUpgraded: false,
    notDeployed: [{ module: 'consumer', reason: 'not prepared yet' }],
    drift: [{ module: 'base', change: 'published' }],
  });
});

it('DEP-04 a second Deploy joins the one that runs; a retry goes on with its own modules at once, another claimant waits', async () => {
  const tiny = await upgraded({ one: { uses: ['two'] }, two: { uses: ['one'] }, other: {} }, { deployModules: 1 });
  await obedientFrontEnds(tiny);
  await prepare(tiny);
  const { context, environment } = tiny;
  const deployment = embeddedDeployment(context);
  const opened = await deployment.open({ environment, requestedBy: 'ada' });
  expect(await deployment.open({ environment, requestedBy: 'bob' })).toEqual({ ...opened, joined: true });
  expect(opened).toMatchObject({ modules: 3, joined: false });
  await context.database
    .updateTable('deployment_items')
    .set({ state: 'deploying' })
    .where('module', 'in', ['one', 'two'])
    .execute();
  const lock = { environment, operation: 'Modules deployment', holder: 'Deployment Service', since: 'then' } as const;
  const dead = { ...lock, claimed_by: 'dead', token: 1, lease_until: Date.now() };
  await context.database
    .insertInto('locks')
    .values(['one', 'two'].map((module) => ({ ...dead, module })))
    .execute();

  const next = (claimedBy: string) => deployment.deployNext({ deployment: opened.id, claimedBy }, quiet);
  expect(await next('other')).toMatchObject({ kind: 'deployed', deployed: 1, left: 2 });
  expect(await next('other')).toMatchObject({ kind: 'waiting', left: 2 });
  expect(await next('dead')).toMatchObject({ kind: 'deployed', deployed: 3, left: 0 });
  expect(await deployment.close({ deployment: opened.id })).toMatchObject({ status: 'finished', requestedBy: 'ada' });
  const { database } = context;
  const running = await database
    .selectFrom('deployed_modules')
    .select('instance')
    .where('module', 'in', ['one', 'two'])
    .execute();
  expect(new Set(running.map(({ instance }) => instance)).size).toBe(1);
});

it('DEP-05 modules that reference each other are deployed together or not at all', async () => {
  const tiny = await upgraded({ one: { uses: ['two'] }, two: { uses: ['one'] }, other: {} });
  await prepare(tiny);
  (await obedientFrontEnds(tiny)).broken.add('two');

  expect(await itemsOf(tiny, await deploy(tiny))).toEqual({
    other: 'deployed',
    one: 'failed: fe-1 could not load it: Error: broken',
    two: 'failed: fe-1 could not load it: Error: broken',
  });
});

it('DEP-05 a failure of before is not taken for one of now', async () => {
  const tiny = await upgraded({ base: {} });
  await prepare(tiny);
  const { context, environment } = tiny;
  const planned = await plannedInstances(context, await readModules(context.database, environment));
  const { id: instance = '' } = planned.get('base') ?? {};
  await context.database
    .insertInto('front_end_modules')
    .values({ front_end: 'fe-1', module: 'base', instance, error: 'Error: yesterday', at: 'yesterday' })
    .execute();
  const deploying = deploy(tiny);
  await expect.poll(() => wanted(tiny), { timeout: 20_000 }).toEqual([{ module: 'base', instance }]);
  await obedientFrontEnds(tiny);

  expect(await deploying).toMatchObject({ deployed: 1, failed: 0 });
});

it('DEP-05 a cancelled Deploy frees its modules, which run as before, and the next one takes them', async () => {
  const tiny = await upgraded({ base: {} });
  await prepare(tiny);
  const { context, environment } = tiny;
  const before = await wanted(tiny);
  const deployment = embeddedDeployment(context);
  const { id } = await deployment.open({ environment, requestedBy: 'test' });
  const cancelling = new AbortController();
  const turn = deployment.deployNext({ deployment: id, claimedBy: 'test' }, { ...quiet, signal: cancelling.signal });
  const refusal = expect(turn).rejects.toThrow('cancelled');
  await expect.poll(() => wanted(tiny), { timeout: 20_000 }).not.toEqual(before);
  cancelling.abort(new Error('cancelled'));
  await refusal;

  expect(await wanted(tiny)).toEqual(before);
  expect(await context.database.selectFrom('locks').selectAll().execute()).toEqual([]);
  expect(await deployment.close({ deployment: id, stopped: true })).toMatchObject({ status: 'stopped', left: 1 });
  await obedientFrontEnds(tiny);
  expect(await deploy(tiny)).toMatchObject({ status: 'finished', deployed: 1, fullyUpgraded: true });
});

it('DEP-05 a Deploy stopped while it rolls out is refused from then on, and what it wanted is taken back', async () => {
  const tiny = await upgraded({ base: {} }, { lease: 500 });
  await prepare(tiny);
  const { context, environment } = tiny;
  const before = await wanted(tiny);
  const deployment = embeddedDeployment(context);
  const { id } = await deployment.open({ environment, requestedBy: 'test' });
  const turn = deployment.deployNext({ deployment: id, claimedBy: 'test' }, quiet);
  const refusal = expect(turn).rejects.toMatchObject({ code: 'FENCED' });
  await expect.poll(() => wanted(tiny), { timeout: 20_000 }).not.toEqual(before);
  expect(await deployment.close({ deployment: id, stopped: true })).toMatchObject({ status: 'stopped', left: 1 });
  expect(await wanted(tiny)).toEqual(before);
  await refusal;

  expect(await wanted(tiny)).toEqual(before);
  expect(await context.database.selectFrom('refused_writes').select('what').execute()).toHaveLength(1);
});

it('DEP-02 of modules that are tried together, the one that ends the process fails, with what consumes it; the others are deployed', async () => {
  const crash = `(globalThis as unknown as { process: any }).process.getBuiltinModule('child_process').execSync('kill -SEGV $PPID');`;
  const tiny = await upgraded({
    bad: { source: `export const bad = 1;\n${crash}\n` },
    on: { uses: ['bad'] },
    other: {},
  });
  await prepare(tiny);
  await obedientFrontEnds(tiny);

  const items = await itemsOf(tiny, await deploy(tiny));

  const ended = 'failed: a trial could not load it: its process ended (SIGSEGV)';
  expect(items).toEqual({ bad: ended, on: ended, other: 'deployed' });
});
