/**
 * What is acknowledged on a data folder, one thing after the other, by the code that `npm run build` has made. A line of JSON says
 * that something is acknowledged; the next thing is done once a line comes in. `again`: goes on without being asked, until it is
 * ended.
 */
import { createInterface } from 'node:readline';
import { letEnvironmentGo, takeEnvironment } from '../../dist/activities/driven.js';
import { firstPublish } from '../../dist/platform/embedded/factory/firstPublish.js';
import { readFactory } from '../../dist/platform/embedded/factory/folder.js';
import { importFactory } from '../../dist/platform/embedded/factory/import.js';
import { repeat } from '../../dist/platform/embedded/follow.js';
import { openApplicationDatabase } from '../../dist/platform/embedded/frontEnd/applicationDatabase.js';
import { embeddedDriven, embeddedPlatform, openEmbeddedContext } from '../../dist/platform/embedded/platform.js';
import { moduleOperations } from '../../dist/platform/embedded/publishing/operations.js';
import { recordEvidence } from '../../dist/store/evidence.js';
import { savePlan } from '../../dist/store/plans.js';
import { openStore } from '../../dist/store/store.js';
import { numberUpgrade } from '../../dist/store/upgrades.js';

const { dataFolder, factory, older, newer, again } = JSON.parse(process.argv[2]);
const environment = 'Development';
const workflow = 'upgrade/acme/environments/Development';
const context = openEmbeddedContext(dataFolder);
const store = openStore(dataFolder);
const { door, snapshots } = embeddedDriven(context);
const dependencies = { store, platform: embeddedPlatform(context) };
let place;
const quiet = { signal: new AbortController().signal, heartbeat: () => undefined };

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Nobody writes meanwhile. */
async function acknowledged(what, details = {}) {
  waiting = !again;
  await turn;
  process.stdout.write(`${JSON.stringify({ what, ...details })}\n`);
  if (waiting) await answers.next();
  waiting = false;
}

let waiting = false;
let turn = Promise.resolve();

async function followed() {
  if (!waiting) turn = obey();
  await turn;
}

/** Balancer and front ends: what is wanted of them is so, and written once. */
async function obey() {
  const { database } = context;
  await database
    .updateTable('environments')
    .set((eb) => ({ observed_door: eb.ref('wanted_door') }))
    .whereRef('observed_door', '!=', 'wanted_door')
    .execute();
  await database
    .updateTable('front_ends')
    .set((eb) => ({ observed_release: eb.ref('wanted_release'), observed_traffic: eb.ref('wanted_traffic') }))
    .where((eb) =>
      eb.or([
        eb('observed_release', 'is not', eb.ref('wanted_release')),
        eb('observed_traffic', 'is not', eb.ref('wanted_traffic')),
      ]),
    )
    .execute();
  const frontEnds = await database.selectFrom('front_ends').select('name').execute();
  const wanted = await database.selectFrom('wanted_modules').select(['module', 'instance']).execute();
  const observed = await database.selectFrom('front_end_modules').selectAll().execute();
  for (const { name: front_end } of frontEnds) {
    for (const { module, instance } of wanted) {
      if (observed.some((row) => row.front_end === front_end && row.module === module && row.instance === instance))
        continue;
      await database
        .insertInto('front_end_modules')
        .values({ front_end, module, instance, error: null, at: 'now' })
        .onConflict((conflict) => conflict.columns(['front_end', 'module']).doUpdateSet({ instance }))
        .execute();
    }
  }
}

const approve = (number) =>
  recordEvidence(store, {
    key: `run ${number}`,
    upgrade: `acme#${number}`,
    workflow,
    run: `run ${number}`,
    name: 'approve',
    payload: { approver: 'ana' },
    refusal: null,
  });

const publish = (number) =>
  moduleOperations(context).publish(
    {
      id: `publish ${number}`,
      environment,
      module: 'screen',
      user: 'ada',
      files: { 'src/index.ts': `export const shown = 'publish ${number}';\n` },
    },
    quiet,
  );

const hold = (operation, release) =>
  takeEnvironment(dependencies, { ...place, operation, workflow: `${operation} ${workflow}`, release });

const read = await readFactory(factory);
place = { infrastructure: read.infrastructure.infrastructure, environment };
await importFactory(context, read, () => ({ balancer: 1, serviceCenter: 2, frontEnds: 3 }));
await firstPublish(context, environment, () => undefined);
const following = repeat(5, followed, (error) => {
  throw error;
});
await acknowledged('factory');

const plan = await savePlan(store, { to: newer }, {});
const record = { infrastructure: 'acme', environment, workflow, run: 'run 1', plan, requestedBy: 'rita', request: {} };
await acknowledged('upgrade', await numberUpgrade(store, record));

for (let number = 1; again; number++) {
  await approve(number);
  const { token } = await hold('upgrade', newer);
  await publish(number);
  await acknowledged('round', { number, token });
}

await approve(1);
await acknowledged('approval');
const { token } = await hold('upgrade', newer);
await acknowledged('hold');
await door.close({ environment, token, by: { workflow, run: 'run 1' }, reason: 'it is upgraded' }, quiet);
await acknowledged('closed door');
const applications = openApplicationDatabase(dataFolder, environment);
applications.run('create table claims (id integer primary key, body text not null)', []);
applications.run("insert into claims (body) values ('before the snapshot')", []);
await acknowledged('application data');
await snapshots.take({ environment, id: 'acme#1', token }, quiet);
await acknowledged('snapshot');
applications.run("insert into claims (body) values ('after the snapshot')", []);
await acknowledged('application data again');
await publish(1);
await acknowledged('publish');
const rollback = await hold('rollback', older);
await snapshots.restore({ environment, id: 'acme#1', token: rollback.token }, quiet);
await acknowledged('restore');
await letEnvironmentGo(dependencies, { ...place, token: rollback.token });
await acknowledged('end');

await following.close();
applications.close();
await store.destroy();
await context.database.destroy();
process.stdin.destroy();
