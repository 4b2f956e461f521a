/** `uplift upgrade`: starts the upgrade of the infrastructure or of one environment, or attaches to it, and follows it. */
import { Argument, Option } from 'commander';
import { exitCodes, UpliftError } from '../../../domain/errors.js';
import { isOn, parseVersion } from '../../../domain/releases/version.js';
import { countText } from '../../../domain/tasks/overview.js';
import type { Temporal } from '../../../temporal/connection.js';
import type { EnvironmentReport } from '../../../workflows/upgradeEnvironment.js';
import { counted, duration, indented, preparedText, typed } from '../../words.js';
import { waitingForPeople } from '../activityText.js';
import { type Answer, command } from '../command.js';
import { followRun } from '../follow.js';
import { type Place, type Places, placesOf, withTemporal } from '../infrastructure.js';
import { startInfrastructureUpgrade, waitingGates } from '../infrastructureRuns.js';
import { noWaitOption, ofName, requestedByOption } from '../options.js';
import { assertPlanOf, type PlanFile, readPlanFile } from '../planFile.js';
import { infrastructureRun, type Run, runningRuns } from '../runs.js';
import { startUpgrade } from '../starting.js';
import type { Terminal } from '../terminal.js';
import type { Activity } from '../view.js';

interface Options {
  readonly environment?: string;
  readonly to?: string;
  readonly requestedBy?: string;
  readonly wait: boolean;
}

export const upgradeCommand = command<Options>({
  name: 'upgrade',
  summary: 'Upgrades the infrastructure, or one environment: server, modules, Deploy All, tests, go live',
  examples: [
    '--to 11.41.0',
    'plan.json',
    'plan.json --environment Testing',
    '--environment Production --to 11.41.0 --requested-by ana',
    '--to 11.41.0 --no-wait --json',
  ],
  arguments: [new Argument('[plan]', 'a plan that uplift plan wrote; what is left of exactly that one is done')],
  options: [
    ofName(new Option('--environment <name>', 'only this one; without it all of them, one after the other')),
    ofName(new Option('--to <version>', 'the release to upgrade to; needed without a plan')),
    requestedByOption(),
    noWaitOption('end with exit code 6 when a person is needed, instead of waiting'),
  ],
  async run({ words: [plan], options, terminal }) {
    if (plan === undefined && options.to === undefined) {
      throw new UpliftError('INPUT_INVALID', {
        what: 'No release is named',
        next: 'uplift upgrade --to 11.41.0, or a plan: uplift upgrade plan.json',
      });
    }
    if (options.to !== undefined) parseVersion(options.to);
    const file = plan === undefined ? undefined : readPlanFile(plan);
    const to = targetOf(options.to, file);
    const places = await placesOf(options.data, options.environment);
    if (plan !== undefined && file) assertPlanOf(plan, file, places.run.infrastructure);
    const asked = { ...options, to, plan: file?.hash };
    const [place, ...others] = places.places;
    // A plan that is not narrowed to one environment is applied as a whole, also where there is only one.
    const one = place && others.length === 0 && (file === undefined || options.environment !== undefined);
    return withTemporal(places, (temporal) =>
      one ? upgradeOne(temporal, place, asked, terminal) : upgradeAll(temporal, places, asked, terminal),
    );
  },
});

/** Throws `INPUT_INVALID` when a plan goes to another release than the one that is named. */
function targetOf(to: string | undefined, file: PlanFile | undefined): string {
  if (file === undefined) return to ?? '';
  if (to === undefined || isOn(file.decisions.to, to)) return file.decisions.to;
  throw new UpliftError('INPUT_INVALID', {
    what: `The plan goes to ${file.decisions.to}, not to ${to}`,
    next: 'leave --to out, or make a plan to that release: uplift plan --to VERSION -o plan.json',
  });
}

type Asked = Options & { readonly to: string; readonly plan: string | undefined };

async function upgradeOne(temporal: Temporal, place: Place, options: Asked, terminal: Terminal): Promise<Answer> {
  const { handle, workflowId, attached } = await startUpgrade(temporal, place, options);
  const begun = attached ? 'runs already: attached to' : 'started:';
  terminal.talk(`${place.environment}: the upgrade to ${options.to} ${begun} ${workflowId}`);
  const enough = (activities: readonly Activity[]) =>
    !options.wait &&
    activities.some(({ environment, runs }) => environment === place.environment && waitingForPeople(runs));
  const report = await followRun({ temporal, places: [place], terminal }, handle, enough);
  if (report) return ended(report, { workflowId, attached });
  const run = waitingForPeople(await runningRuns(temporal, place));
  return waiting(place, { workflowId, attached, run });
}

async function upgradeAll(
  temporal: Temporal,
  places: Places,
  { to, plan, requestedBy, wait }: Asked,
  terminal: Terminal,
): Promise<Answer> {
  const { infrastructure } = places.run;
  const started = await startInfrastructureUpgrade(temporal, infrastructure, {
    to,
    ...(plan === undefined ? {} : { plan }),
    ...(requestedBy === undefined ? {} : { requestedBy }),
  });
  const { handle, workflowId, attached } = started;
  terminal.talk(`${infrastructure}: the upgrade ${attached ? 'runs already: attached to' : 'started:'} ${workflowId}`);
  const enough = (activities: readonly Activity[]) => !wait && activities.some(({ runs }) => waitingForPeople(runs));
  const report = await followRun({ temporal, places: places.places, terminal }, handle, enough);
  if (!report) return waitingSomewhere(temporal, places, { workflowId, attached });
  const complete = report.environments.every(({ outcome }) => outcome !== 'upgraded, with modules left');
  const done = report.already.map(
    (name) => `${name} runs ${report.to} already, and was tested: nothing was done there`,
  );
  const document = { outcome: 'ended', workflowId, attached, report, gate: null, tasks: null, paused: null };
  if (report.upgrade === null) return { document, text: done.join('\n'), exit: exitCodes.ok };
  return {
    document,
    text: [
      `${report.upgrade}: ${infrastructure} was upgraded to ${report.to}, plan approved by ${report.planApprovers.join(', ')}`,
      ...done,
      ...report.environments.map((one) => ended(one, { workflowId, attached }).text),
    ].join('\n'),
    exit: complete ? exitCodes.ok : exitCodes.unfinishedModules,
  };
}

async function waitingSomewhere(
  temporal: Temporal,
  places: Places,
  started: { workflowId: string; attached: boolean },
): Promise<Answer> {
  const [first] = await waitingGates(temporal, places);
  const [place] = places.places;
  const whole = place && (await infrastructureRun(temporal, place));
  const runs = await Promise.all(places.places.map((one) => runningRuns(temporal, one)));
  const asked = [...(whole ? [whole] : []), ...runs.flat()].map(({ status }) => status?.tasks);
  const tasks = asked.find((one) => one?.open) ?? null;
  const { infrastructure } = places.run;
  return {
    document: {
      outcome: 'waiting',
      ...started,
      report: null,
      gate: first?.gate ?? null,
      tasks,
      paused: whole?.status?.paused ?? null,
    },
    text: first
      ? `${first.about} waits at the gate ${first.gate.name}: uplift approve --as NAME\n${indented(first.gate.asks.join('\n'))}`
      : tasks
        ? `${infrastructure} waits for ${countText(tasks)}: uplift tasks`
        : `${infrastructure}: the upgrade goes on when somebody resumes it; uplift status shows what is paused`,
    exit: exitCodes.waiting,
  };
}

function ended(report: EnvironmentReport, started: { workflowId: string; attached: boolean }): Answer {
  const { upgrade, environment, from, to, outcome, preparation, deployment, acceptedModules, checks } = report;
  if (outcome === 'nothing to do') {
    return {
      document: { outcome: 'ended', ...started, report, gate: null, tasks: null, paused: null },
      text: `${environment} runs ${to} already, with its applications, and was tested: nothing to do (${upgrade})`,
      exit: exitCodes.ok,
    };
  }
  const left = outcome === 'upgraded' ? '' : ', with modules left';
  const steps = Object.entries(report.durations).map(([step, time]) => `${step} ${duration(time)}`);
  const lines = [
    ...(report.tools ? [`${namedOf(report.tools)} have to install ${toolsText(report)}; nobody was notified`] : []),
    `modules: ${preparedText(preparation)}`,
    deployment
      ? `${counted(deployment.deployed, 'module')} deployed`
      : 'nothing deployed: teams publish module by module',
    ...(acceptedModules.length > 0 ? [`accepted as they are: ${acceptedModules.join(', ')}`] : []),
    `${checks.checked - checks.failures} of ${checks.checked} hot points answer well, ${counted(checks.newErrors, 'new error')}`,
    ...(checks.signed.length > 0 ? [`signed: ${checks.signed.join('; ')}`] : []),
    ...(report.approvals.length > 0 ? [`approved: ${report.approvals.join(', ')}`] : []),
    `took ${duration(report.duration)}${report.downtime > 0 ? `, users could not work for ${duration(report.downtime)}` : ''}: ${steps.join(', ')}`,
  ];
  return {
    document: { outcome: 'ended', ...started, report, gate: null, tasks: null, paused: null },
    text: `${upgrade}: ${environment} was upgraded from ${from} to ${to}${left}\n${indented(lines.join('\n'))}`,
    exit: outcome === 'upgraded' ? exitCodes.ok : exitCodes.unfinishedModules,
  };
}

/** Ten of them at most. */
function namedOf({ developers, concerned }: NonNullable<EnvironmentReport['tools']>): string {
  const more = concerned - developers.length;
  return `${developers.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function toolsText({ tools }: EnvironmentReport): string {
  return (tools?.newest ?? []).map(({ tool, version }) => `${tool} ${version}`).join(', ');
}

interface Waiting {
  readonly workflowId: string;
  readonly attached: boolean;
  readonly run: Run | undefined;
}

function waiting({ environment }: Place, { run, ...started }: Waiting): Answer {
  const { gate = null, tasks = null, paused = null } = run?.status ?? {};
  const asked = gate
    ? `people answer the gate ${gate.name}`
    : tasks?.open
      ? `people have done ${countText(tasks)}`
      : '';
  const what = paused ? 'somebody resumes it' : asked || 'a person acts';
  return {
    document: { outcome: 'waiting', ...started, report: null, gate, tasks, paused },
    text: `${environment}: the upgrade goes on when ${what}; uplift watch ${typed(environment)} shows it`,
    exit: exitCodes.waiting,
  };
}
