/** How an environment stands, for people and for programs. */

import { doorText } from '../../domain/goLive/door.js';
import { clockText } from '../../domain/text.js';
import type { EnvironmentFacts, ReleaseKnown } from '../../port/inventory.js';
import type { PastUpgrade } from '../../store/history.js';
import type { PauseOfEverything } from '../../store/pause.js';
import { columns, counted, indented, typed } from '../words.js';
import { activityItems, preparationText } from './activityText.js';
import { doorNext } from './doorNext.js';
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
      known: facts.known,
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

/** What somebody would type now; none while a gate or a task shows its own commands. */
function nextCommands({ upgrade, paused, last }: Whole, environments: readonly Seen[]): readonly string[] {
  const runs = [...(upgrade ? [upgrade] : []), ...environments.flatMap(({ view }) => view.runs)];
  if (paused || runs.some(({ status }) => status?.gate || status?.paused || status?.tasks?.open)) return [];
  if (runs.length > 0) return ['uplift watch'];
  const goOn =
    last?.outcome === 'open'
      ? [
          `uplift upgrade ${last.environment === null ? '' : `--environment ${typed(last.environment)} `}--to ${last.to} (goes on with ${last.upgrade})`,
        ]
      : [];
  const broken = environments.flatMap(({ view: { facts, modules } }) => {
    if (!modules || modules.failed + modules.skipped === 0) return [];
    return [`uplift modules ${typed(facts.name)} --state ${modules.failed > 0 ? 'failed' : 'skipped'}`];
  });
  const report = last ? [`uplift report ${last.upgrade.slice(last.upgrade.lastIndexOf('#') + 1)}`] : [];
  const plan = last ? [] : ['uplift plan'];
  return [...goOn, ...broken, ...report, ...plan];
}

/** Paragraphs above those of the environments. */
export function wholeText(place: Place, { upgrade, paused }: Whole, colours: Colours): readonly string[] {
  return [
    ...(paused
      ? [
          `everything is paused by ${paused.by} since ${clockText(paused.since)}: ${paused.reason}\n  uplift resume --all --as NAME --reason WHY`,
        ]
      : []),
    ...(upgrade ? [upgradeText(place, upgrade, colours)] : []),
  ];
}

function upgradeText({ infrastructure }: Place, run: Run, { bold, dim }: Colours): string {
  const activity = { environment: infrastructure, runs: [run], preparation: null, deployment: null };
  const page = columns([[dim('run'), run.link ?? run.workflowId]]);
  return [bold(infrastructure), indented(page), ...activityItems(activity).map(({ text }) => text)].join('\n');
}

export function statusText({ infrastructure }: Place, view: EnvironmentView, colours: Colours): string {
  const { facts, runs, preparation } = view;
  const { bold, dim } = colours;
  const next = doorNext(facts, runs);
  const rows = [
    ['applications', facts.applicationsUrl ?? unknown],
    ['Service Center', facts.serviceCenterUrl ?? unknown],
    ['releases', `${releasesText(facts)}${knownText(facts.known)}`],
    ['front ends', facts.frontEnds.map(frontEndText).join(', ')],
    ['modules', modulesText(view, colours)],
    ...(facts.door ? [['door', colours.red(doorText(facts.door))]] : []),
    ...(next === null ? [] : [['', next]]),
    ...(facts.hold ? [['held by', `${facts.hold.workflow} since ${clockText(facts.hold.since)}`]] : []),
    ...(preparation ? [['preparation', preparationText(preparation)]] : []),
    ...runs.map((run) => ['run', run.link ?? run.workflowId]),
    ...(runs.length === 0 ? [['run', 'none']] : []),
  ];
  const title = `${bold(`${infrastructure} ${facts.name}`)} ${dim(facts.stage)}`;
  return `${title}\n${indented(columns(rows.map(([name = '', value = '']) => [dim(name), value])))}`;
}

const unknown = 'unknown';

/** One number when the three parts of the server agree. */
function releasesText({ serverRelease, serviceCenterRelease, systemComponentsRelease }: EnvironmentFacts): string {
  if (serverRelease === serviceCenterRelease && serverRelease === systemComponentsRelease) return serverRelease;
  return `server ${serverRelease}, Service Center ${serviceCenterRelease ?? unknown}, System Components ${systemComponentsRelease ?? unknown}`;
}

/** Where the server's release is known from, when no platform says so. */
function knownText(known: ReleaseKnown): string {
  switch (known.kind) {
    case 'observed':
      return '';
    case 'described':
      return ' (as uplift.yaml says)';
    case 'evidence':
      return ` (as ${known.by} said, ${clockText(known.at)})`;
  }
}

function modulesText({ modules }: EnvironmentView, colours: Colours): string {
  if (!modules) return 'not listed: uplift import --modules FILE';
  const states = Object.entries(modules) as [keyof typeof modules, number][];
  const total = states.reduce((sum, [, count]) => sum + count, 0);
  const some = states.filter(([, count]) => count > 0);
  return `${counted(total, 'module')}: ${some.map(([state, count]) => stateColour(state, colours)(`${count} ${state}`)).join(', ')}`;
}
