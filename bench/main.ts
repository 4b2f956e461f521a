/** `npm run bench`: measures, keeps the results, writes docs/benchmarks.md. */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { exitCodes, UpliftError } from '../domain/errors.js';
import type { Benchmark } from './benchmark.js';
import { durability } from './durability/benchmark.js';
import { history } from './history/benchmark.js';
import { describeMachine, load } from './machine.js';
import { preparation } from './preparation/benchmark.js';
import { type Recorded, saveResult, section, writePage } from './results.js';
import { schedule } from './schedule/benchmark.js';
import { start } from './start/benchmark.js';

/** In the order of the page. */
const benchmarks = [preparation, durability, history, start, schedule] as readonly Benchmark[];

interface Options {
  readonly quick: boolean;
  readonly chosen: readonly Benchmark[];
}

async function main({ quick, chosen }: Options, signal: AbortSignal): Promise<void> {
  // All that is measured is started here: neither a server that runs already nor its settings take part.
  for (const name of Object.keys(process.env)) if (name.startsWith('TEMPORAL_')) delete process.env[name];
  for (const benchmark of chosen) {
    const recorded = await measured(benchmark, quick, signal);
    if (quick) console.log(`${section(benchmark, recorded)}\n`);
    else await saveResult(recorded);
  }
  if (!quick) say(`written: ${await writePage(benchmarks)}`);
}

async function measured(benchmark: Benchmark, quick: boolean, signal: AbortSignal): Promise<Recorded> {
  const loadBefore = load();
  if (loadBefore > cpus().length)
    say(`the machine is busy (load ${loadBefore}): times and their ratios will say little`);
  const data = await benchmark.measure({ quick, signal, say: (line) => say(`${benchmark.name}: ${line}`) });
  return {
    benchmark: benchmark.name,
    at: new Date().toISOString(),
    machine: await describeMachine(loadBefore),
    data,
  };
}

function say(line: string): void {
  console.error(line);
}

function readOptions(): Options {
  const next = 'npm run bench -- --quick --only preparation';
  try {
    const { values } = parseArgs({ options: { quick: { type: 'boolean' }, only: { type: 'string' } } });
    const chosen = benchmarks.filter(({ name }) => values.only === undefined || values.only === name);
    if (chosen.length > 0) return { quick: values.quick ?? false, chosen };
  } catch (error) {
    throw new UpliftError('INPUT_INVALID', { what: (error as Error).message, next });
  }
  const what = `--only takes one of ${benchmarks.map(({ name }) => name).join(', ')}`;
  throw new UpliftError('INPUT_INVALID', { what, next });
}

const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => interruption.abort(new Error('interrupted: nothing of this benchmark is kept')));

try {
  await main(readOptions(), interruption.signal);
} catch (error) {
  console.error(error instanceof UpliftError ? error.message : error);
  process.exitCode = interruption.signal.aborted
    ? exitCodes.interrupted
    : error instanceof UpliftError
      ? exitCodes.usage
      : exitCodes.failed;
}
