/** What it costs that nothing acknowledged is lost in a power cut. */
import type { Benchmark } from '../benchmark.js';
import { ratio, ratios, seconds, table } from '../markdown.js';
import { type Durability, measureDurability, type Round } from './measure.js';

export const durability: Benchmark<Durability> = {
  name: 'durability',
  title: 'What a power cut does not lose, and what that costs',
  measure: measureDurability,
  render: ({ modules, lanes, rounds }) =>
    [
      `${modules} generated modules (seed 1, layered, nothing breaks), prepared for 11.41.0 in ${lanes} lanes by one process, without workflows: the platform database with \`synchronous = FULL\`, as always, beside \`NORMAL\`, with which a power cut takes the newest transactions back. ` +
        `Then all of them laid out for front ends from their artifacts, every file and folder flushed before it gets its name, beside a plain copy of the same folders that flushes nothing. A warm-up and ${rounds.length} rounds; ratios are of neighbours.`,
      table(
        ['', 'flushed', 'not flushed', 'ratio'],
        [row('preparation', rounds, 'preparation'), row('instances of all modules', rounds, 'layout')],
      ),
    ].join('\n\n'),
};

function row(label: string, rounds: readonly Round[], work: keyof Round): readonly string[] {
  const flushed = rounds.map((round) => round[work].flushed);
  const unflushed = rounds.map((round) => round[work].unflushed);
  return [label, seconds(flushed), seconds(unflushed), ratio(ratios(flushed, unflushed))];
}
