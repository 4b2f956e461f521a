/**
 * The factory as its developers left it: every module published on the release its environment is on. Done once, before the
 * environment's front ends start, and continued where it was after an interruption.
 */

import type { PreparationReport } from '../../../port/preparation.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction, nowText } from '../database.js';
import { materialiseInstance, plannedInstances } from '../instances.js';
import { releaseLocks, takeLocks } from '../locks.js';
import { readModules } from '../moduleGraph.js';
import { embeddedPreparation } from '../preparation/preparation.js';

const publisher = 'factory import';

/** Nobody waits for a module yet, and an older compiler spends seconds on each start. */
const unitsAtOnce = 200;

/** Milliseconds between two lines of progress; what others have compiled already takes less in all. */
const tellEvery = 1_000;

/** Undefined when the environment has been published before. */
export async function firstPublish(
  context: EmbeddedContext,
  environment: string,
  say: (line: string) => void,
): Promise<PreparationReport | undefined> {
  const { database } = context;
  const deployed = await database
    .selectFrom('deployed_modules')
    .select('module')
    .where('environment', '=', environment)
    .executeTakeFirst();
  if (deployed) return undefined;
  const report = await compileAll(context, environment, say);
  await deployAll(context, environment);
  return report;
}

async function compileAll(
  context: EmbeddedContext,
  environment: string,
  say: (line: string) => void,
): Promise<PreparationReport> {
  const settings = { ...context.settings, groupUnits: unitsAtOnce };
  const preparation = embeddedPreparation({ ...context, settings });
  const opened = await preparation.open({ environment, requestedBy: publisher });
  say(`${environment}: compiling its ${opened.modules} modules on ${opened.release} for the first time`);
  const signal = new AbortController().signal;
  let told = Date.now();
  const tell = (left: number) => {
    if (left > 0 && Date.now() - told < tellEvery) return;
    told = Date.now();
    say(`${environment}: ${opened.modules - left} of ${opened.modules} modules published on ${opened.release}`);
  };
  const lane = async (index: number) => {
    for (;;) {
      const turn = await preparation.prepareNextGroup(
        { preparation: opened.id, claimedBy: `${publisher} ${process.pid} ${index}` },
        { signal, heartbeat: () => undefined },
      );
      if (turn.kind === 'nothing pending') return;
      if (turn.kind === 'waiting') await new Promise((resolve) => setTimeout(resolve, Math.min(turn.retryIn, 100)));
      if (turn.kind === 'group') tell(turn.left);
    }
  };
  await Promise.all(Array.from({ length: opened.lanes }, (_, index) => lane(index)));
  return preparation.close({ preparation: opened.id });
}

/** All wanted and deployed at once: no front end runs yet that could be asked what it observes. */
async function deployAll(context: EmbeddedContext, environment: string): Promise<void> {
  const { database, settings } = context;
  const planned = await plannedInstances(context, await readModules(database, environment));
  const done = new Set<string>();
  for (const module of planned.keys()) await materialiseInstance(context, planned, module, done);
  if (planned.size === 0) return;
  await inTransaction(database, async (transaction) => {
    const modules = [...planned.keys()];
    const token = await takeLocks(transaction, {
      environment,
      modules,
      operation: '1-Click Publish',
      holder: publisher,
      claimedBy: publisher,
      lease: settings.lease,
    });
    for (const [module, { id: instance, release }] of planned) {
      await transaction.insertInto('wanted_modules').values({ environment, module, instance, token }).execute();
      await transaction
        .insertInto('deployed_modules')
        .values({ environment, module, instance, release, at: nowText, by: publisher, token })
        .execute();
    }
    await releaseLocks(transaction, token);
  });
}
