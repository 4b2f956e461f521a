/**
 * A factory from its folder to a front end, in a process that may have few files open, by the code that `npm run build` has made. Its
 * one argument is JSON; it prints what came of each step, as one line of JSON.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

// As `uplift` does: Node opens at once all files that it has to load.
await import('kysely');
const { takeEnvironment } = await import('../../dist/activities/driven.js');
const { firstPublish } = await import('../../dist/platform/embedded/factory/firstPublish.js');
const { checkFactory } = await import('../../dist/platform/embedded/factory/folder.js');
const { importFactory } = await import('../../dist/platform/embedded/factory/import.js');
const { trialLoad } = await import('../../dist/platform/embedded/frontEnd/trial.js');
const { plannedInstances } = await import('../../dist/platform/embedded/instances.js');
const { readModules } = await import('../../dist/platform/embedded/moduleGraph.js');
const { embeddedDriven, embeddedPlatform, openEmbeddedContext } = await import(
  '../../dist/platform/embedded/platform.js'
);

const { openStore } = await import('../../dist/store/store.js');

const { dataFolder, factory: folder, frontEnd, port, release } = JSON.parse(process.argv[2]);
const environment = 'Development';
const quiet = { signal: new AbortController().signal, heartbeat: () => undefined };
const context = openEmbeddedContext(dataFolder);
const { database } = context;

const { factory, complaints } = await checkFactory(folder);
if (!factory) throw new Error(JSON.stringify(complaints));
await importFactory(context, factory, () => ({ balancer: 1, serviceCenter: 2, frontEnds: port }));
const { failures } = await firstPublish(context, environment, () => undefined);

const modules = await plannedInstances(context, await readModules(database, environment));
const problems = await trialLoad(context, { environment, modules }, quiet.signal);

const served = await loadedBy(frontEnd);

const store = openStore(dataFolder);
const place = { infrastructure: factory.infrastructure.infrastructure, environment };
const taking = { ...place, operation: 'upgrade', workflow: 'test', release };
const { token } = await takeEnvironment({ store, platform: embeddedPlatform(context) }, taking);
await store.destroy();
const { snapshots } = embeddedDriven(context);
const { modules: kept } = await snapshots.take({ environment, id: 'test#1', token }, quiet);

process.stdout.write(JSON.stringify({ complaints, failures, problems: Object.fromEntries(problems), served, kept }));
await database.destroy();

/** What the front end observes once it has come up, which it is told to end then. */
async function loadedBy(name) {
  const main = new URL('../../dist/platform/embedded/frontEnd/main.js', import.meta.url).pathname;
  const child = spawn(process.execPath, [main, '--data', dataFolder, '--front-end', name], { stdio: ['ignore', 2, 2] });
  const exit = once(child, 'exit');
  const row = () =>
    database.selectFrom('front_ends').select('observed_release').where('name', '=', name).executeTakeFirstOrThrow();
  while ((await row()).observed_release === null) {
    if (child.exitCode !== null) throw new Error(`the front end has ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGTERM');
  await exit;
  const rows = await database.selectFrom('front_end_modules').select(['module', 'error']).execute();
  const failed = rows.filter(({ error }) => error !== null);
  return { loaded: rows.length - failed.length, failed };
}
