/** A plan for the terminal: aligned, and no wider than it. */
import type { Analysis } from '../../../domain/analysis/analysis.js';
import type { RuleRemark } from '../../../domain/analysis/findings.js';
import { doersTexts } from '../../../domain/plan/doersText.js';
import type { EnvironmentForecast } from '../../../domain/plan/plan.js';
import { type EnvironmentDecisions, entriesLeft, type InfrastructurePlan } from '../../../domain/plan/plan.js';
import { shortened } from '../../../domain/text.js';
import { columns, duration, indented } from '../../words.js';
import { wrapLines } from '../../wrap.js';
import { grouped, namesText } from '../grouped.js';
import { changesByEffort } from './changeTables.js';
import {
  approvalTexts,
  basisText,
  downtimeText,
  frontEndTexts,
  lifeTimeText,
  lockTexts,
  momentText,
  rollbackText,
  scheduleText,
  usersText,
  weightText,
  whereText,
} from './wording.js';

export interface AnalysedPlan {
  /** SHA-256 of the decisions' canonical JSON. */
  readonly hash: string;
  readonly plan: InfrastructurePlan;
  /** The one the plan was made from. */
  readonly analysis: Analysis;
}

/** Columns of a line where there is no terminal; most of them and mail programs show as many. */
const usual = 100;

/** Ends without a line break. `width`: columns of a line. */
export function planText({ hash, plan, analysis }: AnalysedPlan, width = usual): string {
  const { decisions, forecast } = plan;
  const sections = [
    headLines(hash, plan).join('\n'),
    section('Environments, in order', overviewLines(plan)),
    ...decisions.environments.map((environment, index) =>
      environmentSection(environment, forecast.environments[index]),
    ),
    section(
      'Locked modules: publish, apply configurations and delete are refused',
      listed(grouped(lockTexts(forecast), decisions.order)),
    ),
    section('Approvals', listed(grouped(approvalTexts(forecast), decisions.order))),
    section('To handle before the plan can be approved', toHandleLines(plan)),
    section('Warnings', forecast.warnings.flatMap(remarkLines)),
    section('What Uplift cannot know: the plan assumes that none of it is so', unknownLines(analysis)),
    section('Breaking changes and side effects', changeLines(analysis)),
    section('Good to know', forecast.notes.flatMap(remarkLines)),
    section('Hash', [`  ${hash}`]),
  ];
  return wrapLines(sections.filter((text) => text !== '').join('\n\n'), width);
}

/** Without lines there is no section. */
function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [title.toUpperCase(), ...lines].join('\n');
}

function headLines(hash: string, { decisions, forecast }: InfrastructurePlan): readonly string[] {
  const { infrastructure, to, order, lifeTime } = decisions;
  const left = entriesLeft(decisions).length;
  const blocked = `${left === 1 ? '1 entry has' : `${left} entries have`} to be acknowledged before it can be approved.`;
  return [
    `${infrastructure} to ${to}, plan ${hash.slice(0, 12)}`,
    order.join(' → '),
    `LifeTime ${lifeTimeText(lifeTime)}.`,
    `Made ${momentText(forecast.madeAt, 'UTC')} UTC, asked for by ${forecast.requester ?? 'nobody known'}.`,
    ...(left === 0 ? [] : [blocked]),
  ];
}

function overviewLines({ decisions, forecast }: InfrastructurePlan): readonly string[] {
  const rows = decisions.environments.flatMap(({ name, from, to, strategy, applications }, index) => {
    const expected = forecast.environments[index];
    if (!expected) return [];
    return [
      [
        shortened(name, longestName),
        `${from} → ${to}`,
        strategy,
        applications,
        duration(expected.work),
        downtimeText(expected),
      ],
    ];
  });
  const titles = ['', 'release', 'strategy', 'applications', 'work', 'downtime'];
  return indented(columns([titles, ...rows])).split('\n');
}

/** So that a row of the overview is no wider than the rest. */
const longestName = 24;

/** A stage that is its environment's name is not said twice. */
function environmentSection(environment: EnvironmentDecisions, expected: EnvironmentForecast | undefined): string {
  const { name, stage } = environment;
  const title = name.toLowerCase() === stage ? name : `${name} (${stage})`;
  return expected ? section(title, environmentLines(environment, expected)) : '';
}

function environmentLines(environment: EnvironmentDecisions, expected: EnvironmentForecast): readonly string[] {
  const { schedule, timeZone } = expected;
  const latest = schedule.kind === 'fits' ? schedule.latestStart : null;
  const steps = expected.steps.map(
    ({ step, milliseconds, basis }) => `${step} ${duration(milliseconds)} (${basisText(basis, environment.name)})`,
  );
  const startBy = latest === null ? [] : [`${momentText(latest, timeZone)} at the latest, for Production's window`];
  const doers = doersTexts(environment);
  return listed([
    ['when', `${scheduleText(expected)} (${timeZone})`],
    ...startBy.map((text) => ['start by', text] as const),
    ['users', usersText(expected, environment)],
    ['windows', expected.windows.join('; ')],
    ['front ends', frontEndTexts(environment).join('; ')],
    ['steps', steps.join(', ')],
    ...(doers.length === 0 ? [] : [['done by', doers.join('; ')] as const]),
    ['rollback', rollbackText(expected)],
  ]);
}

function toHandleLines({ forecast }: InfrastructurePlan): readonly string[] {
  return forecast.toHandle.flatMap(({ entry, summary, action, environments, acknowledgement }) => {
    const state = acknowledgement ? `Acknowledged by ${acknowledgement.by}: ${acknowledgement.reason}` : action;
    return [`  ${entry} (${environments.join(', ')})`, `    ${summary} ${state}`];
  });
}

function unknownLines({ unknownFacts, environments }: Analysis): readonly string[] {
  const all = environments.map(({ name }) => name);
  return unknownFacts.flatMap(({ fact, text, subjects, weight }) => [
    `  ${fact} (${namesText(subjects, all)})`,
    `    ${text}: if so, ${weightText(weight)}`,
  ]);
}

/** Those that cost most come first. */
function changeLines({ breakingChanges, environments }: Analysis): readonly string[] {
  const all = environments.map(({ name }) => name);
  return changesByEffort(breakingChanges).flatMap((concern) => {
    const { id, effort, summary } = concern.entry;
    return [`  ${id}, ${effort === 'none' ? 'no' : effort} effort (${whereText(concern, all)})`, `    ${summary}`];
  });
}

function remarkLines({ rule, text }: RuleRemark): readonly string[] {
  return [`${`  ${rule}`.padEnd(12)}${text}`];
}

/** Names in one column, two blanks in front, and texts in the next. */
function listed(rows: readonly (readonly [name: string, text: string])[]): readonly string[] {
  return rows.length === 0 ? [] : indented(columns(rows)).split('\n');
}
