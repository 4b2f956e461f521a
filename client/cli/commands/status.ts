/** `uplift status` and `uplift watch`: how everything stands, once or until nothing runs. */
import { exitCodes } from '../../../domain/errors.js';
import { type PastUpgrade, pastUpgrades, upgradesOfRuns } from '../../../store/history.js';
import type { Temporal } from '../../../temporal/connection.js';
import { type Account, accountOf } from '../../pages/report/account.js';
import { reportText } from '../../pages/report/reportText.js';
import { activityItems } from '../activityText.js';
import { command } from '../command.js';
import { type Failure, failureOf } from '../failure.js';
import { followUntil } from '../follow.js';
import { type Place, type Places, placesOf, withTemporal } from '../infrastructure.js';
import { environmentArgument } from '../options.js';
import { infrastructureRun, type Run, readAgain } from '../runs.js';
import { endText, type Seen, statusDocument, statusText, type Whole, wholeText } from '../statusText.js';
import { withStore } from '../store.js';
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
      const ends = await endsOf(temporal, [...seen.values()]);
      for (const { run, how } of ends) terminal.talk(`${run.workflowId}: ${how}`);
      const now = await look(temporal, found);
      const reports = await reportsOf(found, [...seen.keys()]);
      const status = answer(now, terminal, exitAfter(now.environments, ends));
      return {
        document: { ...status.document, reports },
        text: [status.text, ...reports.map(reportText)].join('\n\n'),
        exit: status.exit,
      };
    });
  },
});

/** Of the upgrades that the runs worked for. */
async function reportsOf({ dataFolder }: Places, runs: readonly string[]): Promise<readonly Account[]> {
  return withStore(dataFolder, async (store) => {
    const upgrades = await upgradesOfRuns(store, runs);
    return Promise.all(upgrades.map((upgrade) => accountOf(store, upgrade)));
  });
}

interface End {
  readonly run: Run;
  readonly how: string;
  /** Somebody has stopped it, or what it waited for: that is no failure. */
  readonly stopped: boolean;
}

/** Those that did not end well. */
async function endsOf(
  temporal: Temporal,
  seen: readonly { readonly place: Place; readonly run: Run }[],
): Promise<readonly End[]> {
  const ended = await Promise.all(seen.map(({ place, run }) => readAgain(temporal, place, run)));
  const failed = ended.flatMap((run) => (run?.state === 'failed' || run?.state === 'timed out' ? [run] : []));
  const failures = await Promise.all(failed.map(async (run) => ({ run, failure: await failureOfRun(temporal, run) })));
  const anyStopped = failures.some(({ failure }) => failure.code === 'STOPPED');
  return failures.map(({ run, failure: { code, parts } }) => ({
    run,
    how: parts.what,
    stopped: code === 'STOPPED' || (anyStopped && code === 'ENVIRONMENT_NOT_UPGRADED'),
  }));
}

function failureOfRun({ client }: Temporal, { workflowId, runId }: Run): Promise<Failure> {
  return client.workflow
    .getHandle(workflowId, runId)
    .result()
    .then(
      () => failureOf(new Error(`${workflowId} has ended well`)),
      (error: unknown) => failureOf(error),
    );
}

interface Look {
  readonly whole: Whole;
  readonly environments: readonly Seen[];
}

async function look(temporal: Temporal, { places, run, dataFolder }: Places): Promise<Look> {
  const [first] = places;
  return {
    whole: {
      upgrade: first ? ((await infrastructureRun(temporal, first)) ?? null) : null,
      paused: first ? (await first.serviceCenter.pause()).paused : null,
      last: await lastUpgrade({ places, run, dataFolder }),
    },
    environments: await Promise.all(places.map(async (place) => ({ place, view: await readView(temporal, place) }))),
  };
}

/** Of the whole infrastructure, or of an environment that is shown. */
async function lastUpgrade({ places, run, dataFolder }: Places): Promise<PastUpgrade | null> {
  const all = await withStore(dataFolder, (store) => pastUpgrades(store));
  const shown = places.map(({ environment }) => environment);
  const concerns = ({ infrastructure, environment }: PastUpgrade) =>
    infrastructure === run.infrastructure && (environment === null || shown.includes(environment));
  return all.find(concerns) ?? null;
}

function answer({ whole, environments }: Look, { colours }: Terminal, exit: number) {
  const texts = environments.map(({ place, view }) =>
    [statusText(place, view, colours), ...activityItems(view).map(({ text }) => text)].join('\n'),
  );
  const above = environments[0] ? wholeText(environments[0].place, whole, colours) : [];
  return {
    document: statusDocument(whole, environments),
    text: [...above, ...texts, ...endText(whole, environments, colours)].join('\n\n'),
    exit,
  };
}

/** Of a watch: whether what it saw failed, and whether modules are left. */
function exitAfter(environments: readonly Seen[], ends: readonly End[]): number {
  if (ends.some(({ stopped }) => !stopped)) return exitCodes.failed;
  const left = environments.some(({ view: { modules } }) => modules && modules.failed + modules.skipped > 0);
  return left ? exitCodes.unfinishedModules : exitCodes.ok;
}
