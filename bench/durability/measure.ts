/** Rounds of the same work with everything brought to the disk and without, one after the other in one process. */

import fs from 'node:fs/promises';
import path from 'node:path';
import { sql } from 'kysely';
import type { EmbeddedContext } from '../../platform/embedded/context.js';
import { readFactory } from '../../platform/embedded/factory/folder.js';
import { importFactory } from '../../platform/embedded/factory/import.js';
import { materialiseInstance, plannedInstances } from '../../platform/embedded/instances.js';
import { readModules } from '../../platform/embedded/moduleGraph.js';
import { embeddedDriven, openEmbeddedContext } from '../../platform/embedded/platform.js';
import { embeddedPreparation } from '../../platform/embedded/preparation/preparation.js';
import { type MeasureOptions, roundsOf } from '../benchmark.js';
import { holdForUpgrade } from '../installation/hold.js';
import { inTemporaryFolder, measuredFactory, newRelease } from '../installation/installation.js';
import { pendAgain, remember } from '../installation/pendAgain.js';

/** Milliseconds. */
export interface Round {
  readonly preparation: Compared;
  /** Instances of all modules. */
  readonly layout: Compared;
}

interface Compared {
  readonly flushed: number;
  readonly unflushed: number;
}

export interface Durability {
  readonly modules: number;
  readonly lanes: number;
  readonly rounds: readonly Round[];
}

const environment = 'Development';
const progress = { signal: new AbortController().signal, heartbeat: () => undefined };

export async function measureDurability(options: MeasureOptions): Promise<Durability> {
  const { quick, say, signal } = options;
  const modules = quick ? 60 : 300;
  return inTemporaryFolder(async (folder) => {
    const factory = measuredFactory(folder, modules);
    const context = openEmbeddedContext(path.join(folder, 'data'));
    await fs.mkdir(context.dataFolder);
    try {
      await importFactory(context, await readFactory(factory), () => ({ balancer: 1, serviceCenter: 2, frontEnds: 3 }));
      await installServer(context);
      const next = await rounds(context, path.join(folder, 'copy'));
      const measured: Round[] = [];
      say('warm-up');
      await next(0);
      while (measured.length < roundsOf(options)) {
        signal.throwIfAborted();
        measured.push(await next(measured.length));
        say(`round ${measured.length}: ${JSON.stringify(measured.at(-1))}`);
      }
      return { modules, lanes: context.settings.lanes, rounds: measured };
    } finally {
      await context.database.destroy();
    }
  });
}

/** No front end runs: that they are on the new release is only said. */
async function installServer(context: EmbeddedContext): Promise<void> {
  const { installer } = embeddedDriven(context);
  const { infrastructure } = await context.database
    .selectFrom('environments')
    .select('infrastructure')
    .executeTakeFirstOrThrow();
  const hold = await holdForUpgrade(context, { infrastructure, environment }, newRelease);
  await context.database.updateTable('front_ends').set({ wanted_release: newRelease }).execute();
  for (const part of ['server', 'service center', 'system components'] as const) {
    await installer.install({ environment, part, release: newRelease, token: hold.token }, progress);
  }
}

async function rounds(context: EmbeddedContext, copy: string): Promise<(round: number) => Promise<Round>> {
  const { database, dataFolder } = context;
  const remembered = await remember(database, environment);
  const prepared = async (synchronous: 'full' | 'normal') => {
    await sql`pragma synchronous = ${sql.raw(synchronous)}`.execute(database);
    await pendAgain(database, environment, remembered, { withoutArtifactsOf: newRelease });
    return timed(() => prepareAll(context));
  };
  const compared = async (round: number): Promise<Compared> => {
    // Who comes first changes.
    if (round % 2 === 0) return { flushed: await prepared('full'), unflushed: await prepared('normal') };
    const unflushed = await prepared('normal');
    return { flushed: await prepared('full'), unflushed };
  };
  return async (round) => {
    const preparation = await compared(round);
    const instances = path.join(dataFolder, 'instances');
    for (const folder of [instances, copy]) await fs.rm(folder, { recursive: true, force: true });
    const flushed = await timed(() => layOut(context));
    const unflushed = await timed(() => fs.cp(instances, copy, { recursive: true, verbatimSymlinks: true }));
    return { preparation, layout: { flushed, unflushed } };
  };
}

async function prepareAll(context: EmbeddedContext): Promise<void> {
  const preparation = embeddedPreparation(context);
  const opened = await preparation.open({ environment, requestedBy: 'benchmark' });
  const lane = async (claimedBy: string) => {
    for (;;) {
      const turn = await preparation.prepareNextGroup({ preparation: opened.id, claimedBy }, progress);
      if (turn.kind === 'nothing pending') return;
      if (turn.kind === 'waiting') await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  await Promise.all(Array.from({ length: opened.lanes }, (_, index) => lane(`lane ${index}`)));
  const { prepared, failed, skipped } = await preparation.close({ preparation: opened.id });
  if (failed + skipped > 0) throw new Error(`${prepared} modules are prepared, ${failed} failed, ${skipped} skipped`);
}

async function layOut(context: EmbeddedContext): Promise<void> {
  const planned = await plannedInstances(context, await readModules(context.database, environment));
  const done = new Set<string>();
  for (const module of planned.keys()) await materialiseInstance(context, planned, module, done);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
