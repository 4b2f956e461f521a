/**
 * A trial load: before a front end that serves gets an instance, a process of its own has loaded it. What ends that process, holds it
 * up for ever or takes all memory is found there, and takes nothing else down.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ModuleName } from '../../../domain/modules/module.js';
import { processEnvironment } from '../../processes/processEnvironment.js';
import type { EmbeddedContext } from '../context.js';

export interface TrialRequest {
  /** Absolute. */
  readonly dataFolder: string;
  readonly environment: string;
  /** Of the front ends. */
  readonly release: string;
  readonly instances: readonly string[];
  readonly settings: Readonly<Record<ModuleName, Readonly<Record<string, string>>>>;
}

/** What a module of the instance threw; null: it was loaded. */
export type TrialAnswer = readonly [instance: string, problem: string | null];

/** Megabytes of heap. Front ends have Node's own limit, which is larger, for all that they load. */
const heapLimit = 512;

/**
 * Milliseconds without a sign of life after which the process is ended, at its start and then: a module that only waits too long is told
 * of by the process. A machine that has much else to do takes long to start one.
 */
const startLimit = 60_000;
const silenceLimit = 15_000;

const fromSources = import.meta.url.endsWith('.ts');
const script = fileURLToPath(
  new URL(`${fromSources ? '../../../dist/platform/embedded/frontEnd' : '.'}/trialProcess.js`, import.meta.url),
);

/** Why a module cannot be loaded, for each that cannot: the others may go to the front ends. Those of one instance share a fate. */
export async function trialLoad(
  { database, dataFolder }: EmbeddedContext,
  { environment, modules }: { environment: string; modules: ReadonlyMap<ModuleName, { readonly id: string }> },
  signal: AbortSignal,
): Promise<ReadonlyMap<ModuleName, string>> {
  if (modules.size === 0) return new Map();
  const { server_release: release } = await database
    .selectFrom('environments')
    .select('server_release')
    .where('name', '=', environment)
    .executeTakeFirstOrThrow();
  const rows = await database
    .selectFrom('configurations')
    .select(['module', 'settings'])
    .where('environment', '=', environment)
    .execute();
  const settings = Object.fromEntries(rows.map((row) => [row.module, JSON.parse(row.settings)]));
  const instances = [...new Set([...modules.values()].map(({ id }) => id))];
  const problems = new Map(await trial({ dataFolder, environment, release, settings, instances }, signal));
  return new Map(
    [...modules].flatMap(([name, { id }]) => {
      const problem = problems.get(id);
      return typeof problem === 'string' ? [[name, `a trial could not load it: ${problem}`]] : [];
    }),
  );
}

/** Of several that ended their process it is not known which one did it: each then gets a process of its own. */
async function trial(request: TrialRequest, signal: AbortSignal): Promise<readonly TrialAnswer[]> {
  const ended = await runTrial(request, signal);
  if (typeof ended !== 'string') return ended;
  const answers: TrialAnswer[] = [];
  for (const one of request.instances) {
    if (request.instances.length === 1) return [[one, ended]];
    answers.push(...(await trial({ ...request, instances: [one] }, signal)));
  }
  return answers;
}

/** Its answers, or how it was ended. Rejects with the reason of `signal` when that aborts. */
async function runTrial(request: TrialRequest, signal: AbortSignal): Promise<readonly TrialAnswer[] | string> {
  signal.throwIfAborted();
  const child = fork(script, {
    execArgv: [`--max-old-space-size=${heapLimit}`],
    env: processEnvironment('plain'),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const answers: TrialAnswer[] = [];
  let silentFor: number | undefined;
  const kill = () => child.kill('SIGKILL');
  const endAfter = (milliseconds: number) =>
    setTimeout(() => {
      if (kill()) silentFor = milliseconds;
    }, milliseconds);
  let watch = endAfter(startLimit);
  child.on('message', (message) => {
    if (message !== null) answers.push(message as TrialAnswer);
    clearTimeout(watch);
    watch = endAfter(silenceLimit);
  });
  signal.addEventListener('abort', kill);
  // It is told again by how the process ends.
  child.send(request, () => undefined);
  try {
    const [code, ending] = await once(child, 'exit');
    signal.throwIfAborted();
    if (silentFor !== undefined) return `its process was silent for ${silentFor / 1000} s`;
    const whole = code === 0 && answers.length === request.instances.length;
    return whole ? answers : `its process ended (${ending ?? `exit code ${code}`})`;
  } finally {
    clearTimeout(watch);
    signal.removeEventListener('abort', kill);
  }
}
