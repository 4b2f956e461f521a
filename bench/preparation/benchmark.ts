/** What preparing a factory costs beside plainly compiling it. */
import type { Benchmark } from '../benchmark.js';
import type { ProcessorShares } from '../installation/prepare.js';
import { milliseconds, ratio, ratios, seconds, table } from '../markdown.js';
import { mean } from '../statistics.js';
import { measurePreparations, type Preparations, type Round } from './measure.js';

export const preparation: Benchmark<Preparations> = {
  name: 'preparation',
  title: 'Preparation beside `tsc -b`',
  measure: measurePreparations,
  render: ({ modules, lanes, groupUnits, rounds }) =>
    [
      `${modules} generated modules (seed 1, layered, nothing breaks), prepared for 11.41.0 with everything running: Temporal server, worker, Service Center, two front ends, balancer. ` +
        `The workflow \`prepareModules\` is started through the client, in ${lanes} lanes and groups of up to ${groupUnits}; its time ends when the client has the report. ` +
        'Beside it one `tsc -b` (native 7.0.2, default flags) over the same modules as project references, with the release’s options, from the start of the process to its end. ' +
        `A warm-up and ${rounds.length} rounds, one after the other in turn: preparation, \`tsc -b\`, and the same again with nothing to do. Ratios are of neighbours. Both write the same JavaScript and declarations, byte by byte, which the program checks. ` +
        'Between rounds the modules are made pending again and their artifacts dropped in the platform database, which nothing but this program does.',
      fullTable(rounds),
      processorText(rounds),
      'With nothing left to compile:',
      idleTable(rounds),
    ].join('\n\n'),
};

function fullTable(rounds: readonly Round[]): string {
  const all = rounds.map(({ full }) => full.milliseconds);
  const plain = rounds.map(({ build }) => build.milliseconds);
  const publishable = rounds.flatMap(({ full }) => full.untilPublishable ?? []);
  const processor = rounds.flatMap(({ full }) => (full.processor ? total(full.processor) : []));
  const plainProcessor = rounds.flatMap(({ build }) => build.processor ?? []);
  return table(
    ['', 'preparation', '`tsc -b`', 'ratio'],
    [
      ['until the end', seconds(all), seconds(plain), ratio(ratios(all, plain))],
      [
        'until a module can be published, mean of those that consume others',
        seconds(publishable),
        `${seconds(plain)}, its end`,
        ratio(ratios(publishable, plain)),
      ],
      ...(processor.length === rounds.length
        ? [
            [
              'processor time of everything that runs',
              seconds(processor),
              seconds(plainProcessor),
              ratio(ratios(processor, plainProcessor)),
            ],
          ]
        : []),
    ],
  );
}

function processorText(rounds: readonly Round[]): string {
  const shares = rounds.flatMap(({ full }) => full.processor ?? []);
  if (shares.length === 0) return 'This system does not tell processor times.';
  const of = (part: keyof ProcessorShares) => `${(mean(shares.map((share) => share[part])) / 1000).toFixed(2)} s`;
  return `Processor time of a preparation, mean: compilers ${of('compilers')}, worker ${of('worker')}, Temporal server ${of('temporal')}, the others ${of('others')}.`;
}

function idleTable(rounds: readonly Round[]): string {
  const plain = rounds.map(({ build }) => build.milliseconds);
  const plainIdle = rounds.map(({ buildUnchanged }) => buildUnchanged.milliseconds);
  const row = (label: string, times: readonly number[]) => [
    label,
    milliseconds(times),
    ratio(ratios(times, plain)),
    ratio(ratios(times, plainIdle)),
  ];
  return table(
    ['', 'time', 'to a full `tsc -b`', 'to a `tsc -b` with nothing to do'],
    [
      row(
        'preparation, nothing pending',
        rounds.map(({ unchanged }) => unchanged.milliseconds),
      ),
      row(
        'preparation, every module pending and every artifact found, as in the next environment',
        rounds.map(({ reused }) => reused.milliseconds),
      ),
      row('`tsc -b`, nothing to do', plainIdle),
    ],
  );
}

function total({ compilers, worker, temporal, others }: ProcessorShares): number {
  return compilers + worker + temporal + others;
}
