/** The nights of a schedule as the server is told them: a time of day, on a clock that is put forward and back. */
import type { CalendarSpec, ScheduleDescription, ScheduleSpec } from '@temporalio/client';
import {
  addDays,
  isTimeZone,
  type LocalDateTime,
  type LocalTime,
  localDateTime,
  momentOf,
  minute as oneMinute,
  timeZoneExpected,
} from '../domain/calendar/localTime.js';
import { UpliftError } from '../domain/errors.js';

export interface NightlyTime {
  /** Wall-clock time in `timeZone`: `02:00`. */
  readonly at?: string;
  /** IANA name; without one this machine's, or UTC where that is not known. */
  readonly timeZone?: string;
}

const defaultTime = '02:00';

/** By its comment a calendar is known as ours; others were made by people, and stay. */
const comments = { nightly: 'nightly Deploy All', changed: 'the clock is changed over the time this night' } as const;

/** Days: five years. Every start of `uplift up` looks as far ahead again. */
const lookAhead = 1826;

/** Throws `INPUT_INVALID` for what is no time of day or no time zone. */
export function nightlySpec({ at = defaultTime, timeZone = machineTimeZone() ?? 'UTC' }: NightlyTime): ScheduleSpec {
  const [hour, minute] = hourAndMinute(at);
  assertTimeZone(timeZone);
  const changed = changedNights(`${two(hour)}:${two(minute)}`, timeZone);
  return {
    calendars: [{ hour, minute, comment: comments.nightly }, ...changed.calendars],
    skip: changed.skip,
    timezone: timeZone,
  };
}

/** The same nights, looked ahead from now on. A spec that people have made themselves stays as it is. */
export function renewedSpec(spec: ScheduleDescription['spec']): ScheduleSpec {
  const { at, timeZone } = timeOf(spec);
  if (nightlyCalendar(spec)?.comment !== comments.nightly || !isTimeZone(timeZone)) return spec;
  const others = <Calendar extends { comment?: string }>(calendars: readonly Calendar[] = []) =>
    calendars.filter(({ comment }) => comment !== comments.changed);
  const changed = changedNights(at, timeZone);
  return {
    ...spec,
    calendars: [...others(spec.calendars), ...changed.calendars],
    skip: [...others(spec.skip), ...changed.skip],
  };
}

export function timeOf(spec: ScheduleDescription['spec']): Required<NightlyTime> {
  const nightly = nightlyCalendar(spec);
  return {
    at: `${two(nightly?.hour[0]?.start ?? 0)}:${two(nightly?.minute[0]?.start ?? 0)}`,
    timeZone: spec.timezone ?? 'UTC',
  };
}

/** `undefined` where it is not known, as in containers whose TZ is empty. */
export function machineTimeZone(): string | undefined {
  // Node tells `Etc/Unknown`, or nothing at all, where TZ is empty or names none.
  const { timeZone = '' }: { timeZone?: string } = new Intl.DateTimeFormat().resolvedOptions();
  return timeZone !== 'Etc/Unknown' && isTimeZone(timeZone) ? timeZone : undefined;
}

/**
 * The server leaves out a night whose clock skips the time, and runs some of those twice whose clock shows it twice. Each such night of
 * the years ahead is a date of its own: it runs when the hour ends that is skipped or repeated.
 */
function changedNights(at: LocalTime, timeZone: string): { calendars: CalendarSpec[]; skip: CalendarSpec[] } {
  const today = localDateTime(Date.now(), timeZone).slice(0, 10);
  const nights = Array.from({ length: lookAhead }, (_, days) => `${addDays(today, days)}T${at}`);
  const changed = nights.flatMap((local) => {
    const instead = insteadOf(local, timeZone);
    return instead === local ? [] : [{ local, instead }];
  });
  return { calendars: changed.map(({ instead }) => once(instead)), skip: changed.map(({ local }) => once(local)) };
}

/** `local` itself where the clock shows it once; else when the hour ends that is skipped or repeated. */
function insteadOf(local: LocalDateTime, timeZone: string): LocalDateTime {
  const first = momentOf(local, timeZone, 'first');
  if (momentOf(local, timeZone, 'last') === first) return localDateTime(first, timeZone);
  return insteadOf(new Date(Date.parse(`${local}Z`) + oneMinute).toISOString().slice(0, 16), timeZone);
}

function once(local: LocalDateTime): CalendarSpec {
  const [year, month = 1, dayOfMonth, hour, minute] = local.split(/\D/).map(Number);
  return { year, month: months[month - 1], dayOfMonth, hour, minute, comment: comments.changed } as CalendarSpec;
}

const months = [
  ...['JANUARY', 'FEBRUARY', 'MARCH', 'APRIL', 'MAY', 'JUNE'],
  ...['JULY', 'AUGUST', 'SEPTEMBER', 'OCTOBER', 'NOVEMBER', 'DECEMBER'],
];

function nightlyCalendar({ calendars = [] }: ScheduleDescription['spec']) {
  return calendars.find(({ comment }) => comment === comments.nightly) ?? calendars[0];
}

function hourAndMinute(at: string): readonly [hour: number, minute: number] {
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(at) ?? [];
  if (hour !== undefined && minute !== undefined) return [Number(hour), Number(minute)];
  throw new UpliftError('INPUT_INVALID', { what: `"${at}" is not a time of day`, next: 'write it like 02:00' });
}

function assertTimeZone(timeZone: string): void {
  if (isTimeZone(timeZone)) return;
  throw new UpliftError('INPUT_INVALID', {
    what: `"${timeZone}" is not a time zone`,
    next: timeZoneExpected(timeZone),
  });
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
