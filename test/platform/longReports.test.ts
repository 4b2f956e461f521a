/** Reports of what was stored before texts had a limit: they are cut when they are read, so that nothing that ends fails for them. */
import { expect, it } from 'vitest';
import { nowText } from '../../platform/embedded/database.js';
import { embeddedDeployment } from '../../platform/embedded/deployment/deployment.js';
import { embeddedInventory } from '../../platform/embedded/inventory.js';
import { embeddedPreparation } from '../../platform/embedded/preparation/preparation.js';
import { prepare } from './preparing.js';
import { breaking, newer, quiet, type TinyEnvironment, upgraded } from './tinyFactory.js';

const names = Array.from({ length: 12 }, (_, at) => `m${at}`);
const long = 'x'.repeat(200_000);
const diagnostic = { file: long, line: 1, column: 1, code: 'TS1', message: long };

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

async function failedAtLength(): Promise<TinyEnvironment> {
  const tiny = await upgraded(Object.fromEntries(names.map((name) => [name, { source: breaking }])));
  await prepare(tiny);
  await sayAtLength(tiny);
  return tiny;
}

async function sayAtLength({ context }: TinyEnvironment): Promise<void> {
  const diagnostics = JSON.stringify([diagnostic, diagnostic]);
  await context.database.updateTable('modules').set({ diagnostics }).execute();
}

it('PREP-09 a preparation whose modules failed with endless messages is closed with a short report', async () => {
  const tiny = await failedAtLength();
  const { environment } = tiny;
  const preparation = embeddedPreparation(tiny.context);
  const { id } = await preparation.open({ environment, requestedBy: long });
  while ((await preparation.prepareNextGroup({ preparation: id, claimedBy: 'test' }, quiet)).kind === 'group');
  await sayAtLength(tiny);
  const report = await preparation.close({ preparation: id });
  expect(report).toMatchObject({ status: 'finished with errors', failed: names.length });
  expect(report.failures).toHaveLength(10);
  expect(bytes(report)).toBeLessThan(65_536);
});

it('PREP-09 one that was closed with endless messages is read with short ones', async () => {
  const { context, environment } = await failedAtLength();
  const preparation = embeddedPreparation(context);
  const { id } = await preparation.open({ environment, requestedBy: 'ana' });
  const failures = names.map((module) => ({ module, problem: long }));
  await context.database
    .updateTable('preparations')
    .set({ status: 'stopped', counts: JSON.stringify({ total: 12, failed: 12, failures }) })
    .where('id', '=', id)
    .execute();
  expect(bytes(await preparation.report(id))).toBeLessThan(65_536);
});

it('DEP-04 a deployment that left modules for endless reasons is closed with a short report', async () => {
  const { context, environment } = await failedAtLength();
  const { id } = await context.database
    .insertInto('deployments')
    .values({ environment, release: newer, status: 'running', requested_by: long, started_at: nowText })
    .returning('id')
    .executeTakeFirstOrThrow();
  const report = await embeddedDeployment(context).close({ deployment: id, stopped: true });
  expect(report.notDeployed).toHaveLength(10);
  expect(bytes(report)).toBeLessThan(65_536);
});

it('PREP-13 a module that failed with endless messages is shown with short ones', async () => {
  const { context, environment } = await failedAtLength();
  const [module] = await embeddedInventory(context).modules({ environment });
  expect(module?.diagnostics).toHaveLength(2);
  expect(bytes(module)).toBeLessThan(8_000);
});
