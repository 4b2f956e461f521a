/** Rounds of `uplift up`: on an empty data folder, again on the same one, beside what no way of starting could do without. */
import path from 'node:path';
import { loadRelease } from '../../platform/embedded/compile/release.js';
import { openPlatformDatabase } from '../../platform/embedded/database.js';
import { type MeasureOptions, roundsOf } from '../benchmark.js';
import { inTemporaryFolder, measuredFactory } from '../installation/installation.js';
import { plainBuild } from '../peer/plainBuild.js';
import { writeWorkspace } from '../peer/workspace.js';
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
  /** Version of the compiler of the release that the modules are first published on. */
  readonly compiler: string;
  readonly rounds: readonly StartRound[];
}

export async function measureStarts(options: MeasureOptions): Promise<Starts> {
  const modules = options.quick ? 60 : 300;
  const rounds: StartRound[] = [];
  let compiler = '';
  // The first one warms up: Node's and the system's caches, and the Temporal server's download where it was not there yet.
  for (let round = 0; round <= roundsOf(options); round += 1) {
    options.signal.throwIfAborted();
    const measured = await inTemporaryFolder((folder) => measureRound(folder, measuredFactory(folder, modules)));
    compiler = measured.compiler;
    if (round > 0) rounds.push(measured.times);
    options.say(`${round === 0 ? 'warm-up' : `round ${round}`}: ${JSON.stringify(measured.times, rounded)}`);
  }
  return { modules, compiler, rounds };
}

async function measureRound(folder: string, factory: string) {
  const dataFolder = path.join(folder, 'data');
  const startedAt = Date.now();
  const first = await startUp(dataFolder, factory);
  const stop = await first.stop();
  const { importing, firstPublish, version } = await partsOfFirst(dataFolder, startedAt);
  const release = await loadRelease(dataFolder, version);
  const workspace = await writeWorkspace(path.join(folder, 'workspace'), factory, release);
  const build = await plainBuild(workspace, release);
  const again = await startUp(dataFolder, factory);
  await again.stop();
  const temporal = await startTemporal(dataFolder);
  await temporal.stop();
  const times: StartRound = {
    first: first.milliseconds,
    importing,
    firstPublish,
    build: build.milliseconds,
    stop,
    again: again.milliseconds,
    temporal: temporal.milliseconds,
  };
  return { times, compiler: release.compiler.version };
}

/** By the times that import and first publish have left in the platform database. */
async function partsOfFirst(dataFolder: string, startedAt: number) {
  const database = openPlatformDatabase(dataFolder);
  try {
    const { imported, version } = await database
      .selectFrom('modules')
      .innerJoin('environments', 'environments.name', 'modules.environment')
      .select((eb) => [eb.fn.max('published_at').as('imported'), eb.fn.max('server_release').as('version')])
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
      version,
      importing: Date.parse(imported ?? '') - startedAt,
      firstPublish: Date.parse(deployed) - Date.parse(began),
    };
  } finally {
    await database.destroy();
  }
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value) : value;
}
