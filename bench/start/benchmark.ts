/** How long `uplift up` takes until everything serves. */
import type { Benchmark } from '../benchmark.js';
import { ratio, ratios, seconds, table } from '../markdown.js';
import { measureStarts, type StartRound, type Starts } from './measure.js';

export const start: Benchmark<Starts> = {
  name: 'start',
  title: '`uplift up` until everything serves',
  measure: measureStarts,
  render: ({ modules, compiler, rounds }) => {
    const of = (part: keyof StartRound) => rounds.map((round) => round[part]);
    const sums = rounds.map(({ build, temporal }) => build + temporal);
    return [
      `The command as it is typed, one environment of two front ends, a generated factory of ${modules} modules; a warm-up and ${rounds.length} rounds. It is ready when every process answers and the addresses are written down. ` +
        `The bound of a first start is a plain \`tsc -b\` of the modules, with the compiler of the release they are first published on (${compiler}), plus the Temporal server alone; that of another start is the Temporal server alone, on the same database, until it says that it serves.`,
      table(
        ['', 'time', 'bound', 'ratio'],
        [
          ['first start, empty data folder', seconds(of('first')), seconds(sums), ratio(ratios(of('first'), sums))],
          ['of it: start of the command, import of the factory', seconds(of('importing')), '', ''],
          [
            'of it: first publish, every module compiled and laid out for the front ends',
            seconds(of('firstPublish')),
            `${seconds(of('build'))}, \`tsc -b\``,
            ratio(ratios(of('firstPublish'), of('build'))),
          ],
          [
            'start on the same data folder',
            seconds(of('again')),
            seconds(of('temporal')),
            ratio(ratios(of('again'), of('temporal'))),
          ],
          ['Ctrl-C until all has ended', seconds(of('stop')), '', ''],
        ],
      ),
    ].join('\n\n');
  },
};
