/** The front ends of an environment on their way back to what a snapshot says. Only those are touched that are somewhere else. */
import { UpliftError } from '../../../domain/errors.js';
import type { Progress } from '../../../port/progress.js';
import type { EmbeddedContext } from '../context.js';
import { inTransaction, type PlatformDatabase } from '../database.js';
import { untilObserved } from '../observe.js';
import type { PlatformState } from './platformState.js';
import { type Attempt, assertNewest } from './restores.js';

/**
 * Returns once every front end runs the release wanted of it, and of modules what is wanted and nothing else: application data may
 * only be replaced when nobody writes to it in a newer way. A module that ran when the snapshot was taken has to run again.
 */
export async function untilFrontEndsRun(
  context: EmbeddedContext,
  { environment }: Attempt,
  { wanted, deployed }: PlatformState,
  progress: Progress,
): Promise<void> {
  const ran = new Map(deployed.map(({ module, instance }) => [module, instance]));
  const mustRun = new Set(wanted.flatMap(({ module, instance }) => (ran.get(module) === instance ? [module] : [])));
  await untilObserved(context, progress, {
    missing: async () =>
      (await otherRelease(context.database, environment)) ??
      (await otherModules(context.database, environment, mustRun)) ??
      (await unwantedModules(context.database, environment)),
    late: (missing, seconds) => late(environment, missing, seconds),
  });
}

/** Traffic as it was: one that an upgrade left drained serves again. Returns once that is so for all of them. */
export async function restoreTraffic(
  context: EmbeddedContext,
  attempt: Attempt,
  { frontEnds }: PlatformState,
  progress: Progress,
): Promise<void> {
  const { environment } = attempt;
  await inTransaction(context.database, async (transaction) => {
    await assertNewest(transaction, attempt);
    for (const { name, traffic } of frontEnds) {
      await transaction
        .updateTable('front_ends')
        .set({ wanted_traffic: traffic })
        .where('environment', '=', environment)
        .where('name', '=', name)
        .execute();
    }
  });
  await untilObserved(context, progress, {
    missing: () => otherTraffic(context.database, environment),
    late: (missing, seconds) => late(environment, missing, seconds),
  });
}

function readFrontEnds(database: PlatformDatabase, environment: string) {
  return database.selectFrom('front_ends').selectAll().where('environment', '=', environment).orderBy('name').execute();
}

async function otherRelease(database: PlatformDatabase, environment: string): Promise<string | undefined> {
  const rows = await readFrontEnds(database, environment);
  const other = rows.find(({ wanted_release, observed_release }) => wanted_release !== observed_release);
  return other && `${other.name} runs ${other.observed_release ?? 'nothing yet'}, not ${other.wanted_release}`;
}

async function otherTraffic(database: PlatformDatabase, environment: string): Promise<string | undefined> {
  const rows = await readFrontEnds(database, environment);
  const other = rows.find(({ wanted_traffic, observed_traffic }) => wanted_traffic !== observed_traffic);
  return other && `${other.name} is ${other.observed_traffic}, not ${other.wanted_traffic}`;
}

/** What cannot be loaded is told, but held against the restore only when it ran before. */
async function otherModules(
  database: PlatformDatabase,
  environment: string,
  mustRun: ReadonlySet<string>,
): Promise<string | undefined> {
  const rows = await database
    .selectFrom('front_ends')
    .innerJoin('wanted_modules as wanted', 'wanted.environment', 'front_ends.environment')
    .leftJoin('front_end_modules as observed', (join) =>
      join.onRef('observed.front_end', '=', 'front_ends.name').onRef('observed.module', '=', 'wanted.module'),
    )
    .select(['front_ends.name', 'wanted.module', 'wanted.instance', 'observed.instance as running', 'observed.error'])
    .where('front_ends.environment', '=', environment)
    .where((eb) =>
      eb.or([eb('observed.instance', 'is not', eb.ref('wanted.instance')), eb('observed.error', 'is not', null)]),
    )
    .execute();
  const other = rows.find(({ module, instance, running }) => running !== instance || mustRun.has(module));
  if (!other) return undefined;
  const { name, module, instance, running, error } = other;
  return running === instance && error !== null
    ? `${name} could not load ${module}: ${error}`
    : `${name} has not loaded the former ${module} yet`;
}

async function unwantedModules(database: PlatformDatabase, environment: string): Promise<string | undefined> {
  const row = await database
    .selectFrom('front_end_modules as observed')
    .innerJoin('front_ends', 'front_ends.name', 'observed.front_end')
    .leftJoin('wanted_modules as wanted', (join) =>
      join.onRef('wanted.environment', '=', 'front_ends.environment').onRef('wanted.module', '=', 'observed.module'),
    )
    .select(['observed.front_end', 'observed.module'])
    .where('front_ends.environment', '=', environment)
    .where('wanted.module', 'is', null)
    .executeTakeFirst();
  return row && `${row.front_end} still runs ${row.module}`;
}

function late(environment: string, missing: string, seconds: number): UpliftError {
  return new UpliftError('FRONT_END_TIMEOUT', {
    what: `The restore of ${environment} waits for its front ends: after ${seconds} s ${missing}`,
    next: 'look at its log; then start the rollback again, it goes on from here',
  });
}
