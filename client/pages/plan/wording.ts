/** How a plan is worded, in the terminal and on its page. */

import type { LifeTimeDecision } from '../../../domain/analysis/lifeTime.js';
import { localDateTime, weekdayNumber } from '../../../domain/calendar/localTime.js';
import type { Concern, Weight } from '../../../domain/knowledge/concerns.js';
import type {
  ApprovalNeeded,
  EnvironmentDecisions,
  EnvironmentForecast,
  PlanForecast,
} from '../../../domain/plan/plan.js';
import type { DurationBasis } from '../../../domain/plan/stepDuration.js';
import { duration } from '../../words.js';
import { type EnvironmentText, namesText } from '../grouped.js';

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** `Sat 2026-07-04 22:00` on the clock of `timeZone`. */
export function momentText(iso: string, timeZone: string): string {
  const [date = '', time] = localDateTime(Date.parse(iso), timeZone).split('T');
  return `${days[weekdayNumber(date)]} ${date} ${time}`;
}

/** `Sat 2026-07-04 22:00 to 23:23`; the second date only where it differs. */
export function spanText(start: string, end: string, timeZone: string): string {
  const [from, to] = [momentText(start, timeZone), momentText(end, timeZone)];
  const sameDay = from.slice(0, -5) === to.slice(0, -5);
  return `${from} to ${sameDay ? to.slice(-5) : to}`;
}

/** When, or why not. */
export function scheduleText({ schedule, timeZone }: EnvironmentForecast): string {
  switch (schedule.kind) {
    case 'fits':
      return spanText(schedule.start, schedule.end, timeZone);
    case 'no window is long enough':
      return `no window is long enough (the longest has ${duration(schedule.longest)})`;
    case 'waits':
      return `waits for ${schedule.environment}`;
  }
}

/** Whether they can work meanwhile: in place they cannot while a zone's only front end is replaced. */
export function usersText({ downtime }: EnvironmentForecast, { strategy }: EnvironmentDecisions): string {
  if (downtime === 0) return 'keep working';
  switch (strategy) {
    case 'downtime':
    case 'zero downtime':
      return `kept out ${duration(downtime)}`;
    case 'in place':
      return `cannot work ${duration(downtime)}, while a zone’s only front end is replaced`;
  }
}

export function downtimeText({ downtime }: EnvironmentForecast): string {
  return downtime === 0 ? 'none' : duration(downtime);
}

export function basisText(basis: DurationBasis, environment: string): string {
  switch (basis.kind) {
    case 'default':
      return 'default';
    case 'measured':
      return basis.environment === environment ? 'measured here' : `measured in ${basis.environment}`;
  }
}

/** `Lisbon: first l1, l2; then l3`, or the front ends in their order. */
export function frontEndTexts({ frontEnds, halves, controller }: EnvironmentDecisions): readonly string[] {
  const named = (name: string) => (name === controller ? `${name} (controller)` : name);
  if (halves.length === 0) return [frontEnds.map(named).join(', ')];
  return halves.map(
    ({ zone, first, second }) => `${zone}: first ${first.map(named).join(', ')}; then ${second.map(named).join(', ')}`,
  );
}

export function lifeTimeText(decision: LifeTimeDecision): string {
  switch (decision.kind) {
    case 'not described':
      return 'is not described, so its release is not known';
    case 'newest':
      return `runs ${decision.release}, its newest release`;
    case 'upgrade first':
      return `is on ${decision.from} and has to be upgraded to ${decision.to} first, by people: Uplift does not do it`;
    case 'left out':
      return `stays on ${decision.release}, although ${decision.newest} is out`;
  }
}

/** `go live: 2 people, not the requester, of ana, rui; always`, with the environment it is about. */
export function approvalTexts({ approvals }: PlanForecast): readonly EnvironmentText[] {
  return approvals.map((approval) => ({
    environment: approval.environment ?? 'the plan',
    text: `${approval.gate}: ${peopleText(approval)}; ${approval.asked}`,
  }));
}

/** `during preparation: all modules of the environment`, with the environment. */
export function lockTexts({ environments }: PlanForecast): readonly EnvironmentText[] {
  return environments.flatMap(({ name, locks }) =>
    locks.map(({ during, modules }) => ({ environment: name, text: `during ${during}: ${modules}` })),
  );
}

export function peopleText({ people, excludesRequester, approvers }: ApprovalNeeded): string {
  return [
    people === 1 ? '1 person' : `${people} people`,
    ...(excludesRequester ? ['not the requester'] : []),
    ...(approvers.length > 0 ? [`of ${approvers.join(', ')}`] : []),
  ].join(', ');
}

/** What going back loses, from when on, and how long it takes. */
export function rollbackText({ rollback, timeZone }: EnvironmentForecast): string {
  const { pointOfNoReturn, loses, at, milliseconds } = rollback;
  const when = at === null ? '' : `, expected ${momentText(at, timeZone)}`;
  return `Loses: ${loses} Point of no return: ${pointOfNoReturn}${when}. Takes about ${duration(milliseconds)}.`;
}

/** What follows if a fact that nothing tells holds. */
export function weightText(weight: Weight): string {
  switch (weight) {
    case 'refusal':
      return 'the upgrade would be refused';
    case 'acknowledgement':
      return 'somebody would have to acknowledge it';
    case 'advice':
      return 'the advice changes';
  }
}

/** Where an entry applies, and where it perhaps does, with the facts that would tell. `all`: the names of every environment. */
export function whereText({ applies, unknown }: Concern<unknown>, all: readonly string[]): string {
  const facts = [...new Set(unknown.flatMap((one) => one.facts))];
  const perhaps = namesText(
    unknown.map(({ subject }) => subject),
    all,
  );
  return [
    ...(applies.length > 0 ? [namesText(applies, all)] : []),
    ...(unknown.length > 0 ? [`perhaps ${perhaps} (${facts.join(', ')})`] : []),
  ].join('; ');
}
