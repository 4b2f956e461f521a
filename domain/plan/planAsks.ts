/** What the approvers of a plan read at its gate: what they accept, what is warned of and assumed, what is new, what it costs. */
import { assumedText } from '../analysis/assumptions.js';
import { localDateTime } from '../calendar/localTime.js';
import { listed } from '../text.js';
import type { EnvironmentForecast } from './plan.js';
import { type EnvironmentDecisions, entriesLeft, type PlanDecisions, type PlanForecast } from './plan.js';
import { planChanges } from './planChanges.js';

export interface PlanToApprove {
  readonly hash: string;
  /** Where it is read in a browser. */
  readonly page: string | null;
  readonly decisions: PlanDecisions;
  /** What is left of its environments. */
  readonly environments: readonly EnvironmentDecisions[];
  /** Null: it is not kept. */
  readonly forecast: PlanForecast | null;
  /** The plan that was last worked from for the same environments; null: there was none. */
  readonly before: { readonly upgrade: string; readonly decisions: PlanDecisions } | null;
}

/** Warnings that are said here; the others are in the plan. */
const shownWarnings = 3;

/** In sentences: where all of it is, then what blocks or worries first. */
export function planAsks({ hash, page, decisions, environments, forecast, before }: PlanToApprove): readonly string[] {
  return [
    `The whole plan: ${page === null ? '' : `${page} or `}uplift plan ${hash.slice(0, 12)}`,
    ...toAccept(decisions),
    ...(forecast ? [...warned(forecast), ...assumed(forecast)] : []),
    ...(before ? [changed(before, decisions)] : []),
    ...environments.map((one) => environmentText(one, decisions, forecast)),
  ];
}

function toAccept(decisions: PlanDecisions): string[] {
  const entries = entriesLeft(decisions);
  return entries.length === 0 ? [] : [`To accept by name, with a reason: ${listed(entries)} (the plan explains each)`];
}

function warned({ warnings }: PlanForecast): string[] {
  const more = warnings.length - shownWarnings;
  return [
    ...warnings.slice(0, shownWarnings).map(({ text }) => `Warning: ${text}`),
    ...(more > 0 ? [`${more} more ${more === 1 ? 'warning' : 'warnings'} in the plan`] : []),
  ];
}

function assumed({ notes }: PlanForecast): string[] {
  const facts = notes.flatMap(({ text }) => assumedText(text) ?? []);
  return facts.length === 0 ? [] : [`Assumed: ${facts.join('; ')}`];
}

function changed({ upgrade, decisions: earlier }: NonNullable<PlanToApprove['before']>, decisions: PlanDecisions) {
  const changes = planChanges(earlier, decisions);
  return changes.length === 0
    ? `It decides what the plan of ${upgrade} decided`
    : `Other than in the plan of ${upgrade}: ${changes.join('; ')}`;
}

/** Where less is left than was planned, what was expected of the whole says nothing. */
function environmentText(left: EnvironmentDecisions, { environments }: PlanDecisions, forecast: PlanForecast | null) {
  const { name, from, strategy, steps } = left;
  const expected = forecast?.environments.find((one) => one.name === name);
  const whole = environments.find((one) => one.name === name)?.steps.length === steps.length;
  return `${name} from ${from}, ${strategy}: ${expected && whole ? expectedText(expected) : steps.join(', ')}`;
}

function expectedText({ work, schedule, timeZone, downtime, rollback }: EnvironmentForecast): string {
  const users = downtime === 0 ? 'users are not kept out' : `users are kept out ${minutes(downtime)}`;
  const back = rollback.pointOfNoReturn === 'opening' ? 'nothing before users are let in' : 'what is written meanwhile';
  return [
    `${minutes(work)} ${fits(schedule, timeZone)}`,
    users,
    `a rollback takes ${minutes(rollback.milliseconds)}, loses ${back}`,
  ].join('; ');
}

function fits(schedule: EnvironmentForecast['schedule'], timeZone: string): string {
  const clock = (iso: string) => localDateTime(Date.parse(iso), timeZone).replace('T', ' ');
  switch (schedule.kind) {
    case 'fits':
      return schedule.closes === null
        ? `from ${clock(schedule.start)} (${timeZone}), at any time`
        : `from ${clock(schedule.start)}, in the window until ${clock(schedule.closes)} (${timeZone})`;
    case 'no window is long enough':
      return 'that fit into NO window';
    case 'waits':
      return `at a time that is not known before ${schedule.environment} has a window`;
  }
}

function minutes(milliseconds: number): string {
  return `${Math.ceil(milliseconds / 60_000)} min`;
}
