/** How an environment stands, for people and for programs. */

import type { PastUpgrade } from '../../store/history.js';
import type { PauseOfEverything } from '../../store/pause.js';
import { clockText, columns, counted, indented, typed } from '../words.js';
import { activityItems, preparationText } from './activityText.js';
import { doorNext, doorText } from './doorText.js';
import { frontEndText } from './frontEndText.js';
import type { Place } from './infrastructure.js';
import { stateColour } from './moduleText.js';
import type { Run } from './runs.js';
import type { Colours } from './terminal.js';
import type { EnvironmentView } from './view.js';

export interface Seen {
  readonly place: Place;
  readonly view: EnvironmentView;
}

/** What is about all environments. */
export interface Whole {
  /** The upgrade of the infrastructure, while it runs. */
  readonly upgrade: Run | null;
  /** The pause of everything. */
  readonly paused: PauseOfEverything | null;
  /** The newest upgrade that concerns what is shown; null: there was none. */
  readonly last: PastUpgrade | null;
}

export function statusDocument(whole: Whole, environments: readonly Seen[]) {
  const [first] = environments;
  return {
    infrastructure: first?.place.infrastructure ?? null,
    temporalUi: first?.place.run.temporal.ui ?? null,
    ...whole,
    next: nextCommands(whole, environments),
    environments: environments.map(({ view: { facts, environment, ...activity } }) => ({
      name: environment,
      stage: facts.stage,
      serverRelease: facts.serverRelease,
      serviceCenterRelease: facts.serviceCenterRelease,
      systemComponentsRelease: facts.systemComponentsRelease,
      frontEnds: facts.frontEnds,
      hold: facts.hold,
      door: facts.door,
      ...activity,
      links: { applications: facts.applicationsUrl, serviceCenter: facts.serviceCenterUrl },
    })),
  };
}

/** Paragraphs below those of the environments: how it came here, and what gets further. */
export function endText(whole: Whole, environments: readonly Seen[], { dim }: Colours): readonly string[] {
  const { last } = whole;
  const rows = [
    ...(last ? [['last upgrade', lastText(last)]] : []),
    ...nextCommands(whole, environments).map((line) => ['next', line]),
  ];
  return rows.length === 0 ? [] : [columns(rows.map(([name = '', value = '']) => [dim(name), value]))];
}

function lastText({ upgrade, environment, to, outcome, startedAt, endedAt }: PastUpgrade): string {
  const when = endedAt === null ? `since ${clockText(startedAt)}` : clockText(endedAt);
  return `${upgrade}, ${environment ?? 'all environments'} to ${to}: ${outcome}, ${when}`;
}

/** What somebody would type now; none while a gate shows its own commands. */
function nextCommands({ upgrade, paused, last }: Whole, environments: readonly Seen[]): readonly string[] {
  const runs = [...(upgrade ? [upgrade] : []), ...environments.flatMap(({ view }) => view.runs)];
  if (paused || runs.some(({ status }) => status?.gate || status?.paused)) return [];
  if (runs.length > 0) return ['uplift watch'];
  const goOn =
    last?.outcome === 'open'
      ? [
          `uplift upgrade ${last.environment === null ? '' : `--environment ${typed(last.environment)} `}--to ${last.to} (goes on with ${last.upgrade})`,
        ]
      : [];
  const broken = environments
    .filter(({ view: { modules } }) => modules.failed + modules.skipped > 0)
    .map(
      ({ view }) =>
        `uplift modules ${typed(view.facts.name)} --state ${view.modules.failed > 0 ? 'failed' : 'skipped'}`,
    );
  const report = last ? [`uplift report ${last.upgrade.slice(last.upgrade.lastIndexOf('#') + 1)}`] : [];
  const plan = last ? [] : ['uplift plan'];
  return [...goOn, ...broken, ...report, ...plan];
}

/** Paragraphs above those of the environments. */
export function wholeText(place: Place, { upgrade, paused }: Whole, colours: Colours): readonly string[] {
  return [
    ...(paused
      ? [
          `everything is paused by ${paused.by} since ${paused.since}: ${paused.reason}\n  uplift resume --all --as NAME --reason WHY`,
        ]
      : []),
    ...(upgrade ? [upgradeText(place, upgrade, colours)] : []),
  ];
}

function upgradeText({ infrastructure }: Place, run: Run, { bold, dim }: Colours): string {
  const activity = { environment: infrastructure, runs: [run], preparation: null, deployment: null, asked: [] };
  const page = columns([[dim('run'), run.link ?? run.workflowId]]);
  return [bold(infrastructure), indented(page), ...activityItems(activity).map(({ text }) => text)].join('\n');
}

export function statusText({ infrastructure }: Place, view: EnvironmentView, colours: Colours): string {
  const { facts, runs, preparation } = view;
  const { bold, dim } = colours;
  const next = doorNext(facts, runs);
  const rows = [
    ['applications', facts.applicationsUrl],
    ['Service Center', facts.serviceCenterUrl],
    ['releases', releasesText(view)],
    ['front ends', facts.frontEnds.map(frontEndText).join(', ')],
    ['modules', modulesText(view, colours)],
    ...(facts.door ? [['door', colours.red(doorText(facts.door))]] : []),
    ...(next === null ? [] : [['', next]]),
    ...(facts.hold ? [['held by', `${facts.hold.workflow} since ${facts.hold.since}`]] : []),
    ...(preparation ? [['preparation', preparationText(preparation)]] : []),
    ...runs.map((run) => ['run', run.link ?? run.workflowId]),
    ...(runs.length === 0 ? [['run', 'none']] : []),
  ];
  const title = `${bold(`${infrastructure} ${facts.name}`)} ${dim(facts.stage)}`;
  return `${title}\n${indented(columns(rows.map(([name = '', value = '']) => [dim(name), value])))}`;
}

/** One number when the three parts of the server agree. */
function releasesText({ facts: { serverRelease, serviceCenterRelease, systemComponentsRelease } }: EnvironmentView) {
  if (serverRelease === serviceCenterRelease && serverRelease === systemComponentsRelease) return serverRelease;
  return `server ${serverRelease}, Service Center ${serviceCenterRelease}, System Components ${systemComponentsRelease}`;
}

function modulesText({ modules }: EnvironmentView, colours: Colours): string {
  const states = Object.entries(modules) as [keyof typeof modules, number][];
  const total = states.reduce((sum, [, count]) => sum + count, 0);
  const some = states.filter(([, count]) => count > 0);
  return `${counted(total, 'module')}: ${some.map(([state, count]) => stateColour(state, colours)(`${count} ${state}`)).join(', ')}`;
}
