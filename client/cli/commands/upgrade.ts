/** `uplift upgrade`: starts the upgrade of an environment, or attaches to it, and follows it. */
import { Option } from 'commander';
import { exitCodes } from '../../../domain/errors.js';
import { parseVersion } from '../../../domain/version.js';
import type { EnvironmentReport } from '../../../workflows/upgradeEnvironment.js';
import { waitsForPeople } from '../activityText.js';
import { type Answer, command } from '../command.js';
import { followRun } from '../follow.js';
import { type Place, placeOf, withTemporal } from '../infrastructure.js';
import { noWaitOption, requestedByOption } from '../options.js';
import { type Run, runningRuns } from '../runs.js';
import { startUpgrade } from '../starting.js';
import type { Activity } from '../view.js';
import { counted, duration, indented, typed } from '../words.js';

interface Options {
  readonly environment?: string;
  readonly to: string;
  readonly requestedBy?: string;
  readonly wait: boolean;
}

export const upgradeCommand = command<Options>({
  name: 'upgrade',
  summary: 'Upgrades an environment: server, preparation of its modules, Deploy All, tests',
  examples: [
    '--to 11.41.0',
    '--environment Production --to 11.41.0 --requested-by ana',
    '--to 11.41.0 --no-wait --json',
  ],
  options: [
    new Option('--environment <name>', 'which one; can be left out when there is only one'),
    new Option('--to <version>', 'the release to upgrade to').makeOptionMandatory(),
    requestedByOption(),
    noWaitOption('end with exit code 6 when a person is needed, instead of waiting'),
  ],
  async run({ options, terminal }) {
    parseVersion(options.to);
    const place = await placeOf(options.data, options.environment);
    return withTemporal(place, async (temporal) => {
      const { handle, workflowId, attached } = await startUpgrade(temporal, place, options);
      const begun = attached ? 'runs already: attached to' : 'started:';
      terminal.talk(`${place.environment}: the upgrade to ${options.to} ${begun} ${workflowId}`);
      const enough = (activities: readonly Activity[]) =>
        !options.wait && activities.some(({ runs }) => runs.some(waitsForPeople));
      const report = await followRun({ temporal, places: [place], terminal }, handle, enough);
      if (report) return ended(report, { workflowId, attached });
      const run = (await runningRuns(temporal, place)).find(waitsForPeople);
      return waiting(place, { workflowId, attached, run });
    });
  },
});

function ended(report: EnvironmentReport, started: { workflowId: string; attached: boolean }): Answer {
  const { upgrade, environment, from, to, outcome, preparation, deployment, acceptedModules, checks } = report;
  const { prepared, failed, skipped } = preparation;
  const left = outcome === 'upgraded' ? '' : ', with modules left';
  const lines = [
    `${prepared} modules prepared, ${failed} failed, ${skipped} skipped`,
    deployment
      ? `${counted(deployment.deployed, 'module')} deployed`
      : 'nothing deployed: teams publish module by module',
    ...(acceptedModules.length > 0 ? [`accepted as they are: ${acceptedModules.join(', ')}`] : []),
    `${checks.checked - checks.failures} of ${checks.checked} hot points answer well, ${counted(checks.newErrors, 'new error')}`,
    `took ${duration(report.duration)}${report.downtime > 0 ? `, users were kept out for ${duration(report.downtime)}` : ''}`,
  ];
  return {
    document: { outcome: 'ended', ...started, report, gate: null, paused: null },
    text: `${upgrade}: ${environment} was upgraded from ${from} to ${to}${left}\n${indented(lines.join('\n'))}`,
    exit: outcome === 'upgraded' ? exitCodes.ok : exitCodes.unfinishedModules,
  };
}

interface Waiting {
  readonly workflowId: string;
  readonly attached: boolean;
  readonly run: Run | undefined;
}

function waiting({ environment }: Place, { run, ...started }: Waiting): Answer {
  const { gate = null, paused = null } = run?.status ?? {};
  const what = paused ? 'somebody resumes it' : gate ? `people answer the gate ${gate.name}` : 'a person acts';
  return {
    document: { outcome: 'waiting', ...started, report: null, gate, paused },
    text: `${environment}: the upgrade goes on when ${what}; uplift watch ${typed(environment)} shows it`,
    exit: exitCodes.waiting,
  };
}
