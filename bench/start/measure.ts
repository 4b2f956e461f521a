/** Rounds of `uplift up`: on an empty data folder, again on the same one, beside what no way of starting could do without. */
import path from 'node:path';
import { loadRelease } from '../../platform/embedded/compile/release.js';
import { openPlatformDatabase } from '../../platform/embedded/database.js';
import { type MeasureOptions, roundsOf } from '../benchmark.js';
import { inTemporaryFolder, measuredFactory } from '../installation/installation.js';
import { plainBuild } from '../peer/plainBuild.js';
import { removeOutputs, writeWorkspace } from '../peer/workspace.js';
import { startTemporal, startUp } from './command.js';

/** Milliseconds. */
export interface StartRound {
  /** On an empty data folder. */
  readonly first: number;
  /** Parts of `first`: reading the factory and its releases; compiling every module and laying out what front ends load. */
  readonly importing: number;
  readonly firstPublish: number;
  /** A plain `tsc -b` of the same modules for the release they are first published on. */
  readonly build: number;
  readonly stop: number;
  /** On the data folder that the first has left. */
  readonly again: number;
  /** The Temporal server alone, on that folder's database. */
  readonly temporal: number;
}

export interface Starts {
  readonly modules: number;
  readonly rounds: readonly StartRound[];
}

export async function measureStarts(options: MeasureOptions): Promise<Starts> {
  const modules = options.quick ? 60 : 300;
  const rounds: StartRound[] = [];
  // The first one warms up: Node's and the system's caches, and the Temporal server's download where it was not there yet.
  for (let round = 0; round <= roundsOf(options); round += 1) {
    options.signal.throwIfAborted();
    const measured = await inTemporaryFolder((folder) => measureRound(folder, measuredFactory(folder, modules)));
    if (round > 0) rounds.push(measured);
    options.say(`${round === 0 ? 'warm-up' : `round ${round}`}: ${JSON.stringify(measured, rounded)}`);
  }
  return { modules, rounds };
}

async function measureRound(folder: string, factory: string): Promise<StartRound> {
  const dataFolder = path.join(folder, 'data');
  const startedAt = Date.now();
  const first = await startUp(dataFolder, factory);
  const stop = await first.stop();
  const parts = await partsOfFirst(dataFolder, startedAt);
  const build = await measureBuild(folder, factory, dataFolder, parts.release);
  const again = await startUp(dataFolder, factory);
  await again.stop();
  const temporal = await startTemporal(dataFolder);
  await temporal.stop();
  return {
    first: first.milliseconds,
    importing: parts.importing,
    firstPublish: parts.firstPublish,
    build,
    stop,
    again: again.milliseconds,
    temporal: temporal.milliseconds,
  };
}

/** By the times that import and first publish have left in the platform database. */
async function partsOfFirst(dataFolder: string, startedAt: number) {
  const database = openPlatformDatabase(dataFolder);
  try {
    const { imported, release } = await database
      .selectFrom('modules')
      .innerJoin('environments', 'environments.name', 'modules.environment')
      .select((eb) => [eb.fn.max('published_at').as('imported'), eb.fn.max('server_release').as('release')])
      .executeTakeFirstOrThrow();
    const { began } = await database
      .selectFrom('preparations')
      .select((eb) => eb.fn.min('started_at').as('began'))
      .executeTakeFirstOrThrow();
    const { deployed } = await database
      .selectFrom('deployed_modules')
      .select((eb) => eb.fn.max('at').as('deployed'))
      .executeTakeFirstOrThrow();
    return {
      release,
      importing: Date.parse(imported ?? '') - startedAt,
      firstPublish: Date.parse(deployed) - Date.parse(began),
    };
  } finally {
    await database.destroy();
  }
}

async function measureBuild(folder: string, factory: string, dataFolder: string, version: string): Promise<number> {
  const release = await loadRelease(dataFolder, version);
  const workspace = await writeWorkspace(path.join(folder, 'workspace'), factory, release);
  await removeOutputs(workspace);
  return (await plainBuild(workspace, release)).milliseconds;
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value) : value;
}
