/** The frame of a process that serves: its arguments, its log, its database, its end. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Logger, pino } from 'pino';
import { logTo } from '../../database/log.js';
import { UpliftError } from '../../domain/errors.js';
import type { Serving } from '../../http/listen.js';
import { openPlatformDatabase, type PlatformDatabase } from './database.js';

export interface ServingContext {
  readonly database: PlatformDatabase;
  /** Absolute. */
  readonly dataFolder: string;
  /** The value of the option that says which front end or environment this process is. */
  readonly name: string;
  readonly log: Logger;
}

/**
 * Runs `start` as this process, with `--data DIR --<option> NAME`. SIGTERM and SIGINT end it well (exit 0); a failed start is
 * logged and ends it with 1.
 */
export async function runServingProcess(
  option: 'front-end' | 'environment',
  start: (context: ServingContext) => Promise<Serving>,
): Promise<void> {
  // What it writes is its user's own.
  process.umask(0o077);
  const log = pino({ base: { pid: process.pid } }, logTo(process.stdout.fd));
  try {
    const { dataFolder, name } = readArguments(option);
    const database = openPlatformDatabase(dataFolder);
    const serving = await start({ database, dataFolder, name, log: log.child({ [option]: name }) });
    log.info({ signal: await endSignal() }, 'ending');
    await serving.close();
    await database.destroy();
  } catch (error) {
    log.fatal({ err: error }, 'could not run');
    process.exitCode = 1;
  }
  // Timers that a module started would keep the process alive.
  process.exit();
}

function readArguments(option: string): { dataFolder: string; name: string } {
  const { values } = parseArgs({ options: { data: { type: 'string' }, [option]: { type: 'string' } } });
  const { data, [option]: name } = values as Record<string, string | undefined>;
  if (!data || !name) {
    throw new UpliftError('INPUT_INVALID', { what: 'An argument is missing', next: `--data DIR --${option} NAME` });
  }
  return { dataFolder: path.resolve(data), name };
}

function endSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
}
