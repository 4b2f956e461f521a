/** The plan itself on its page: environments, steps, approvals, locks, rollback, and what has to be said besides. */
import type { RuleRemark } from '../../../domain/analysis/findings.js';
import { doersTexts } from '../../../domain/plan/doersText.js';
import type { EnvironmentDecisions, EnvironmentForecast, InfrastructurePlan } from '../../../domain/plan/plan.js';
import { type Html, html } from '../../../http/html.js';
import { duration } from '../../words.js';
import { namesText } from '../grouped.js';
import { section } from '../section.js';
import { table } from '../table.js';
import { calendarPicture } from './calendarPicture.js';
import { stepsPicture } from './stepsPicture.js';
import { basisText, downtimeText, frontEndTexts, momentText, peopleText, scheduleText, spanText } from './wording.js';

interface Planned {
  readonly environment: EnvironmentDecisions;
  readonly expected: EnvironmentForecast;
}

export function planSections(plan: InfrastructurePlan): readonly Html[] {
  const planned = plan.decisions.environments.flatMap((environment, index) => {
    const expected = plan.forecast.environments[index];
    return expected ? [{ environment, expected }] : [];
  });
  return [
    section('remarks', 'Before anybody approves', [toHandle(plan), remarks('Warnings', plan.forecast.warnings)]),
    section('calendar', 'Calendar', [calendarPicture(plan), calendarTable(planned)]),
    section('steps', 'Steps', [stepsPicture(plan), ...planned.map(stepsTable)]),
    section('approvals', 'Approvals', [approvalsTable(plan)]),
    section('locks', 'Locked modules', [locksTable(plan)]),
    section('rollback', 'If it has to be taken back', [rollbackTable(planned)]),
    section('notes', 'Good to know', [remarks('Good to know', plan.forecast.notes)]),
  ];
}

function toHandle({ decisions, forecast }: InfrastructurePlan): Html {
  return table({
    caption: 'Entries that must be handled: the plan is approved only when each is acknowledged with a reason',
    columns: ['Entry', 'What changed', 'What to do', 'Where', 'Acknowledged'],
    rows: forecast.toHandle.map(({ entry, summary, action, environments, acknowledgement }) => [
      entry,
      summary,
      action,
      namesText(environments, decisions.order),
      acknowledgement
        ? html`<span class="badge good">by ${acknowledgement.by}</span> ${acknowledgement.reason}`
        : html`<span class="badge bad">not yet</span>`,
    ]),
  });
}

function remarks(name: string, list: readonly RuleRemark[]): Html {
  if (list.length === 0) return html``;
  return html`<ul class="remarks" aria-label="${name}">
${list.map(({ rule, text }) => html`<li><span class="badge">${rule}</span> ${text}</li>\n`)}</ul>
`;
}

function calendarTable(planned: readonly Planned[]): Html {
  return table({
    caption: 'Environments in the order they are upgraded',
    columns: ['Environment', 'From', 'How', 'Expected', 'Start by', 'Windows', 'Front ends'],
    rows: planned.map(({ environment, expected }) => [
      html`${whole(environment.name)}<br><span class="quiet whole">${environment.stage}, ${environment.hosting}</span>`,
      environment.from,
      html`${whole(environment.strategy)}<br><span class="quiet whole">${environment.applications}</span>`,
      html`${expected.schedule.kind === 'fits' ? whole(scheduleText(expected)) : scheduleText(expected)}<br><span class="quiet">${expected.timeZone}</span>`,
      expected.schedule.kind === 'fits' && expected.schedule.latestStart !== null
        ? whole(momentText(expected.schedule.latestStart, expected.timeZone))
        : '–',
      lines(expected.windows),
      lines(frontEndTexts(environment)),
    ]),
  });
}

function stepsTable({ environment, expected }: Planned): Html {
  const { steps, timeZone, name, work, modules } = expected;
  const doers = doersTexts(environment);
  return html`<details><summary>${name}: ${steps.length} steps, ${duration(work)}, ${modules === null ? 'modules not listed' : `${modules} modules`}</summary>
${table({
  caption: `Steps of ${name}, on the clock of ${timeZone}`,
  columns: ['Step', 'Phase', 'Takes about', 'Known from', 'Expected'],
  rows: steps.map(({ step, phase, milliseconds, basis, start, end }) => [
    step,
    phase,
    duration(milliseconds),
    basisText(basis, environment.name),
    start === null || end === null ? 'not known' : whole(spanText(start, end, timeZone)),
  ]),
})}${
  doers.length === 0
    ? html``
    : html`<p>Done by</p>
<ul>${doers.map((text) => html`<li>${text}</li>\n`)}</ul>
`
}</details>
`;
}

function approvalsTable({ decisions, forecast }: InfrastructurePlan): Html {
  const kinds = new Map<string, string[]>();
  for (const approval of forecast.approvals) {
    const key = JSON.stringify([approval.gate, peopleText(approval), approval.asked]);
    kinds.set(key, [...(kinds.get(key) ?? []), approval.environment ?? 'the plan']);
  }
  return table({
    caption: 'Who has to agree, and when it is asked',
    columns: ['Gate', 'Where', 'Who', 'Asked'],
    rows: [...kinds].map(([key, environments]) => {
      const [gate, people, asked] = JSON.parse(key) as [string, string, string];
      return [gate, namesText(environments, decisions.order), people, asked];
    }),
  });
}

function locksTable({ decisions, forecast }: InfrastructurePlan): Html {
  const kinds = new Map<string, string[]>();
  for (const { name, locks } of forecast.environments) {
    for (const { during, modules } of locks) {
      const key = JSON.stringify([during, modules]);
      kinds.set(key, [...(kinds.get(key) ?? []), name]);
    }
  }
  return table({
    caption: 'Publish, apply configurations and delete are refused for these modules; running applications go on',
    columns: ['During', 'Where', 'Which modules'],
    rows: [...kinds].map(([key, environments]) => {
      const [during, modules] = JSON.parse(key) as [string, string];
      return [during, namesText(environments, decisions.order), modules];
    }),
  });
}

function rollbackTable(planned: readonly Planned[]): Html {
  return table({
    caption: 'A rollback is always allowed, in a closed window and in a freeze too',
    columns: ['Environment', 'What it loses', 'Point of no return', 'Takes about', 'Users kept out by the upgrade'],
    rows: planned.map(({ expected }) => [
      expected.name,
      expected.rollback.loses,
      expected.rollback.at === null
        ? expected.rollback.pointOfNoReturn
        : html`${expected.rollback.pointOfNoReturn}<br><span class="quiet whole">${momentText(expected.rollback.at, expected.timeZone)}</span>`,
      duration(expected.rollback.milliseconds),
      downtimeText(expected),
    ]),
  });
}

/** On one line. */
function whole(text: string): Html {
  return html`<span class="whole">${text}</span>`;
}

function lines(texts: readonly string[]): Html {
  return html`${texts.map((text, index) => (index === 0 ? html`${text}` : html`<br>${text}`))}`;
}
