/** `uplift status` and `uplift watch`: how everything stands, once or until nothing runs. */
import { exitCodes } from '../../../domain/errors.js';
import type { Temporal } from '../../connection.js';
import { activityItems } from '../activityText.js';
import { type Answer, command } from '../command.js';
import { followUntil } from '../follow.js';
import { type Place, type Places, placesOf, withTemporal } from '../infrastructure.js';
import { environmentArgument } from '../options.js';
import { infrastructureRun, type Run, readAgain } from '../runs.js';
import { type Seen, statusDocument, statusText, type Whole, wholeText } from '../statusText.js';
import type { Terminal } from '../terminal.js';
import { readView } from '../view.js';

export const statusCommand = command({
  name: 'status',
  summary: 'Shows releases, modules, what runs and what it waits for',
  examples: ['', 'Development', '--json'],
  arguments: [environmentArgument('left out: all of them')],
  async run({ words: [environment], options, terminal }) {
    const found = await placesOf(options.data, environment);
    return withTemporal(found, async (temporal) => answer(await look(temporal, found), terminal, exitCodes.ok));
  },
});

export const watchCommand = command({
  name: 'watch',
  summary: 'Shows what goes on until nothing runs any more',
  examples: ['', 'Development'],
  arguments: [environmentArgument('left out: all of them')],
  async run({ words: [environment], options, terminal }) {
    const found = await placesOf(options.data, environment);
    const { places } = found;
    return withTemporal(found, async (temporal) => {
      const seen = new Map<string, { place: Place; run: Run }>();
      await followUntil({ temporal, places, terminal }, (activities) => {
        for (const { environment: about, runs } of activities) {
          const place = places.find((one) => one.environment === about) ?? (places[0] as Place);
          for (const run of runs) seen.set(run.runId, { place, run });
        }
        return activities.every(({ runs }) => runs.length === 0);
      });
      const failed = await failedOf(temporal, [...seen.values()]);
      for (const { workflowId, state } of failed) terminal.talk(`${workflowId}: ${state}`);
      const now = await look(temporal, found);
      return answer(now, terminal, exitAfter(now.environments, failed));
    });
  },
});

async function failedOf(temporal: Temporal, seen: readonly { place: Place; run: Run }[]): Promise<readonly Run[]> {
  const ended = await Promise.all(seen.map(({ place, run }) => readAgain(temporal, place, run)));
  return ended.filter((run) => run !== undefined).filter(({ state }) => state === 'failed' || state === 'timed out');
}

interface Look {
  readonly whole: Whole;
  readonly environments: readonly Seen[];
}

async function look(temporal: Temporal, { places }: Places): Promise<Look> {
  const [first] = places;
  return {
    whole: {
      upgrade: first ? ((await infrastructureRun(temporal, first)) ?? null) : null,
      paused: first ? (await first.serviceCenter.pause()).paused : null,
    },
    environments: await Promise.all(places.map(async (place) => ({ place, view: await readView(temporal, place) }))),
  };
}

function answer({ whole, environments }: Look, { colours }: Terminal, exit: number): Answer {
  const texts = environments.map(({ place, view }) =>
    [statusText(place, view, colours), ...activityItems(view).map(({ text }) => text)].join('\n'),
  );
  const above = environments[0] ? wholeText(environments[0].place, whole, colours) : [];
  return { document: statusDocument(whole, environments), text: [...above, ...texts].join('\n\n'), exit };
}

/** Of a watch: whether what it saw failed, and whether modules are left. */
function exitAfter(environments: readonly Seen[], failed: readonly Run[]): number {
  if (failed.length > 0) return exitCodes.failed;
  const left = environments.some(({ view: { modules } }) => modules.failed + modules.skipped > 0);
  return left ? exitCodes.unfinishedModules : exitCodes.ok;
}
