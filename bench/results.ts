/** Results as they are kept: a file per benchmark below `bench/results`, and the page that is made of them. */
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Benchmark } from './benchmark.js';
import { describedInWords, type Machine } from './machine.js';

export interface Recorded {
  readonly benchmark: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  readonly machine: Machine;
  readonly data: unknown;
}

/** Compiled, this file stands in `dist/bench`. */
const project = fileURLToPath(new URL('../..', import.meta.url));

const resultFile = (name: string) => path.join(project, 'bench/results', `${name}.json`);

export async function saveResult(recorded: Recorded): Promise<void> {
  const file = resultFile(recorded.benchmark);
  await fs.mkdir(path.dirname(file), { recursive: true });
  await fs.writeFile(file, `${JSON.stringify(recorded, rounded, 2)}\n`);
}

/** Writes docs/benchmarks.md from every result there is, whichever run it is of. */
export async function writePage(benchmarks: readonly Benchmark[]): Promise<string> {
  const sections: string[] = [];
  for (const benchmark of benchmarks) {
    const text = await fs.readFile(resultFile(benchmark.name), 'utf8').catch(() => undefined);
    if (text !== undefined) sections.push(section(benchmark, JSON.parse(text) as Recorded));
  }
  const file = path.join(project, 'docs/benchmarks.md');
  await fs.writeFile(file, `${[introduction, ...sections].join('\n\n')}\n`);
  return file;
}

/** One benchmark's part of the page. */
export function section(benchmark: Benchmark, { at, machine, data }: Recorded): string {
  const measured = `Measured ${at.slice(0, 10)}: ${describedInWords(machine)}.`;
  return [`## ${benchmark.title}`, benchmark.render(data), measured].join('\n\n');
}

const introduction = `# Benchmarks

Every figure stands beside a peer or a bound that was measured in the same run, and is a median with the least and the greatest in
brackets. \`npm run bench\` measures all of it anew, \`npm run bench -- --only NAME\` a part; \`npm run bench -- --quick\` shows in a
few minutes that it works, and keeps nothing. This page is written by that program from \`bench/results/*.json\`.`;

/** A tenth of a microsecond is more than any of the clocks can tell. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Math.round(value * 1e4) / 1e4 : value;
}
