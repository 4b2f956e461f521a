/** An upgrade of Production behind its closed door, on a server whose clock skips time, and what is seen of it from outside. */
import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import Database from 'libsql';
import { afterAll, beforeAll } from 'vitest';
import { ids } from '../../contract/ids.js';
import { embeddedInventory } from '../../platform/embedded/inventory.js';
import { layout } from '../../platform/embedded/layout.js';
import { moduleOperations } from '../../platform/embedded/publishing/operations.js';
import { infrastructure } from '../e2e/factories.js';
import { breaking, newer, quiet } from '../platform/tinyFactory.js';
import { type SkippingWorld, startSkippingWorld } from './skippingWorld.js';

export const production = ids.upgradeEnvironment(infrastructure, 'Production');
export const goLive = ids.goLive(infrastructure, 'Production');
const test = 'Pedro finds a text';

/** What every approval of the modules that are broken accepts. */
export const accepting = { accept: ['broken'], reason: 'its team repairs it later' };
export const signing = { accept: [test], reason: 'seen' };

export interface ProductionWorld extends SkippingWorld {
  /** Asked for by rita. */
  readonly upgrade: (more?: Readonly<Record<string, unknown>>) => Promise<WorkflowHandle>;
  /** The same, with people's answers to all gates before this one; resolves once it waits there. */
  readonly upgradeTo: (
    gate: 'applications' | 'tests',
    more?: Readonly<Record<string, unknown>>,
  ) => Promise<WorkflowHandle>;
  /** Signal `stop`, until the run has ended. */
  readonly stop: (upgrade: WorkflowHandle) => Promise<void>;
  readonly door: () => Promise<'open' | 'closed'>;
  /** Of all compilations of its modules. */
  readonly attempts: () => Promise<number>;
  /** The module `base`, as it is or with another source. */
  readonly publish: (id: string, source?: string) => Promise<unknown>;
  /** Writes rows of application data, as users or testers do. */
  readonly write: (rows: number) => void;
}

/** One for the tests of a file, which ends with them. `keys` of Production's description. */
export function productionWorld(keys: Readonly<Record<string, unknown>> = {}): () => ProductionWorld {
  let world: ProductionWorld;
  beforeAll(async () => {
    world = await startProductionWorld(keys);
  });
  afterAll(async () => {
    await world?.close();
  });
  return () => world;
}

/** Development was upgraded and tested before. */
async function startProductionWorld(keys: Readonly<Record<string, unknown>>): Promise<ProductionWorld> {
  const world = await startSkippingWorld(
    {},
    {
      Development: {},
      Testing: {},
      'Pre-Production': {},
      Production: { checks: { tests: [test] }, ...keys },
    },
    { broken: { source: breaking }, below: { uses: ['broken'] } },
  );
  const { people, start, tiny } = world;
  const development = ids.upgradeEnvironment(infrastructure, 'Development');
  await start('upgradeEnvironment', development, { environment: 'Development', to: newer, requestedBy: 'rita' });
  await people.approve(development, 'plan', 'ana');
  await people.approve(development, 'applications', 'ana', accepting);
  await world.temporal.client.workflow.getHandle(development).result();
  const upgrade: ProductionWorld['upgrade'] = (more = {}) =>
    start('upgradeEnvironment', production, { environment: 'Production', to: newer, requestedBy: 'rita', ...more });
  return {
    ...world,
    upgrade,
    upgradeTo: async (gate, more) => {
      const run = await upgrade(more);
      await people.approve(production, 'plan', 'ana');
      await people.approve(production, 'start', 'ana');
      if (gate === 'tests') await people.approve(goLive, 'applications', 'ana', accepting);
      await people.findAtGate(goLive, gate);
      return run;
    },
    stop: async (run) => {
      await people.send(production, 'stop', { requestedBy: 'rita', reason: 'for today' });
      await run.result().catch(() => undefined);
    },
    door: async () => {
      const facts = await embeddedInventory(tiny.context).environment({ infrastructure, environment: 'Production' });
      return facts.door ? 'closed' : 'open';
    },
    attempts: async () => {
      const rows = await tiny.context.database
        .selectFrom('attempts')
        .select('id')
        .where('environment', '=', 'Production')
        .execute();
      return rows.length;
    },
    publish: (id, source) =>
      moduleOperations(tiny.context).publish(
        {
          ...{ id, environment: 'Production', module: 'base', user: 'ines' },
          ...(source === undefined ? {} : { files: { 'src/index.ts': source } }),
        },
        quiet,
      ),
    write: (rows) => {
      const database = new Database(layout.applicationDatabase(tiny.context.dataFolder, 'Production'));
      database.exec('create table if not exists claims (id integer primary key, text text)');
      for (let row = 0; row < rows; row++) database.exec(`insert into claims (text) values ('claim')`);
      database.close();
    },
  };
}

/** What a run failed with: the innermost failure of Uplift's own. */
export async function failureOf(run: WorkflowHandle): Promise<ApplicationFailure> {
  const error = await run.result().then(
    () => new Error('the run has completed'),
    (failure: Error) => failure,
  );
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure) return cause;
  }
  throw error;
}
