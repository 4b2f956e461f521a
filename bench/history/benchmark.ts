/** How much a preparation leaves in Temporal's history, beside the bound it must stay under. */
import type { Benchmark, MeasureOptions } from '../benchmark.js';
import { withUpgradedServer } from '../installation/installation.js';
import { prepare } from '../installation/prepare.js';
import { count, table } from '../markdown.js';

interface History {
  readonly modules: number;
  readonly groups: number;
  readonly events: number;
  readonly bytes: number;
}

/** Events for 1,000 modules; a procedure that stays far from the server's limits can be read, replayed and reset. */
const bound = { modules: 1000, events: 500 };

export const history: Benchmark<readonly History[]> = {
  name: 'history',
  title: 'History of a preparation',
  measure: measureHistories,
  render: (histories) =>
    [
      `One full preparation of a generated factory (seed 1, layered, nothing breaks), as the server counts its history. The bound is ${bound.events} events for ${count(bound.modules)} modules; a run that took an activity per module would need at least three events for each.`,
      table(
        ['modules', 'groups', 'events', 'bound', 'size'],
        histories.map(({ modules, groups, events, bytes }) => [
          count(modules),
          count(groups),
          count(events),
          modules === bound.modules ? `under ${bound.events}` : '',
          `${count(Math.round(bytes / 1024))} KiB`,
        ]),
      ),
    ].join('\n\n'),
};

async function measureHistories({ quick, say, signal }: MeasureOptions): Promise<readonly History[]> {
  const histories: History[] = [];
  for (const modules of quick ? [60, 120] : [300, bound.modules]) {
    signal.throwIfAborted();
    const measured = await withUpgradedServer({ modules, say }, prepare);
    histories.push({
      modules,
      groups: measured.groups,
      events: measured.historyEvents,
      bytes: measured.historyBytes,
    });
    say(`${modules} modules: ${measured.historyEvents} events, ${measured.historyBytes} bytes`);
  }
  return histories;
}
