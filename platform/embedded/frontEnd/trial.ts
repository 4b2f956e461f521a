/**
 * A trial load: before a front end that serves gets an instance, a process of its own has loaded it. What ends that process, holds it
 * up for ever or takes all memory is found there, and takes nothing else down.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { ModuleName } from '../../../domain/module.js';
import type { EmbeddedContext } from '../context.js';
import { processEnvironment } from '../processEnvironment.js';
import { loadLimit } from './instance.js';

export interface TrialRequest {
  /** Absolute. */
  readonly dataFolder: string;
  readonly environment: string;
  /** Of the front ends. */
  readonly release: string;
  readonly modules: readonly (readonly [ModuleName, instance: string])[];
  readonly settings: Readonly<Record<ModuleName, Readonly<Record<string, string>>>>;
}

/** What was thrown by each; null: it was loaded. */
export type TrialAnswer = readonly (readonly [ModuleName, string | null])[];

/** Megabytes of heap. Front ends have Node's own limit, which is larger, for all that they load. */
const heapLimit = 1024;

/** Milliseconds that the process has beside those of the modules, each of which may take `loadLimit`. */
const startLimit = 20_000;

const fromSources = import.meta.url.endsWith('.ts');
const script = fileURLToPath(
  new URL(`${fromSources ? '../../../dist/platform/embedded/frontEnd' : '.'}/trialProcess.js`, import.meta.url),
);

/** Why a module cannot be loaded, for each that cannot: the others may go to the front ends. */
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
  const listed = [...modules].map(([name, { id }]) => [name, id] as const);
  const answer = await trial({ dataFolder, environment, release, settings, modules: listed }, signal);
  return new Map(answer.flatMap(([name, problem]) => (problem === null ? [] : [[name, problem]])));
}

/** Of several that ended their process it is not known which one did it: each then gets a process of its own. */
async function trial(request: TrialRequest, signal: AbortSignal): Promise<TrialAnswer> {
  const ended = await runTrial(request, signal);
  if (typeof ended !== 'string') return ended;
  const answers: (readonly [ModuleName, string | null])[] = [];
  for (const one of request.modules) {
    if (request.modules.length === 1) return [[one[0], ended]];
    answers.push(...(await trial({ ...request, modules: [one] }, signal)));
  }
  return answers;
}

/** Its answer, or how it ended without one. Rejects with the reason of `signal` when that aborts. */
async function runTrial(request: TrialRequest, signal: AbortSignal): Promise<TrialAnswer | string> {
  signal.throwIfAborted();
  const child = fork(script, [JSON.stringify(request)], {
    execArgv: [`--max-old-space-size=${heapLimit}`],
    env: processEnvironment('plain'),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const patience = startLimit + loadLimit * (request.modules.length > 1 ? 2 : 1);
  let late = false;
  let answer: TrialAnswer | undefined;
  const kill = () => child.kill('SIGKILL');
  const timer = setTimeout(() => {
    late = kill();
  }, patience);
  signal.addEventListener('abort', kill);
  try {
    child.once('message', (message) => {
      answer = message as TrialAnswer;
    });
    const [code, ending] = await once(child, 'exit');
    signal.throwIfAborted();
    if (answer) return answer;
    if (late) return `loading it for a trial did not end within ${patience / 1000} s`;
    return `loading it for a trial ended the process (${ending ?? `exit code ${code}`})`;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', kill);
  }
}
