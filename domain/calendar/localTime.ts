/**
 * Wall-clock time of a time zone, and the moments it stands for.
 *
 * Pure given the time zone data that `Intl` carries: two machines with one version of that data give one answer. Where the answer
 * decides what a workflow does, take it once and keep it in the history.
 */

import { nearestName } from '../nearestName.js';

/** Milliseconds since 1970, UTC. */
export type Instant = number;

/** `HH:MM`, 00:00 to 23:59, on the clock of a time zone named beside it. */
export type LocalTime = string;

/** `YYYY-MM-DD`, in the years 2000 to 2099. */
export type LocalDate = string;

/** `YYYY-MM-DDTHH:MM`, on the clock of a time zone named beside it. */
export type LocalDateTime = string;

/** Which moment a wall-clock time stands for that a clock shows twice, when it is put back. */
export type Pass = 'first' | 'last';

export const minute = 60_000;
export const day = 24 * 60 * minute;

/** The moment of a wall-clock time. One that the clock skips, when it is put forward, is the moment the skipped time ends. */
export function momentOf(local: LocalDateTime, timeZone: string, pass: Pass): Instant {
  const wall = Date.parse(`${local}Z`);
  const before = offsetAt(wall - day, timeZone);
  const after = offsetAt(wall + day, timeZone);
  if (before === after) return wall - before;
  const moments = [wall - before, wall - after].filter((moment) => moment + offsetAt(moment, timeZone) === wall);
  if (moments.length === 0) return changeBetween(wall - after, wall - before, timeZone);
  return pass === 'first' ? Math.min(...moments) : Math.max(...moments);
}

/** What the clock of `timeZone` shows at `instant`. */
export function localDateTime(instant: Instant, timeZone: string): LocalDateTime {
  return new Date(instant + offsetAt(instant, timeZone)).toISOString().slice(0, 16);
}

/** `days` later; negative: earlier. */
export function addDays(date: LocalDate, days: number): LocalDate {
  return new Date(Date.parse(date) + days * day).toISOString().slice(0, 10);
}

/** 0 for Monday to 6 for Sunday. */
export function weekdayNumber(date: LocalDate): number {
  return (new Date(date).getUTCDay() + 6) % 7;
}

/** Whether `name` is a time zone of the IANA data, written as there: `Europe/Lisbon`. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Z][\w+-]*(\/[A-Z][\w+-]*)*$/.test(name)) return false;
  const listed = timeZones().find((zone) => zone.toLowerCase() === name.toLowerCase());
  return listed === undefined ? isKnown(name) : listed === name;
}

/** How a time zone is written, with the name that `wrong` may stand for. */
export function timeZoneExpected(wrong: string): string {
  const meant = wrong.length <= 40 ? nearestName(wrong, timeZones()) : undefined;
  return `a time zone has its IANA name, such as Europe/Lisbon or UTC${meant ? `; perhaps "${meant}" is meant` : ''}`;
}

/** Names of the data, without those that are only other names of one. */
function timeZones(): readonly string[] {
  return Intl.supportedValuesOf('timeZone');
}

/** Whether `text` is a day of the calendar: 2026-02-30 is not. */
export function isLocalDate(text: string): boolean {
  if (!/^20\d\d-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(text);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

export function isLocalTime(text: string): boolean {
  return /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}

function isKnown(timeZone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en-US', { timeZone }));
  } catch {
    return false;
  }
}

/** Milliseconds that the clock of `timeZone` is ahead of UTC. */
function offsetAt(instant: Instant, timeZone: string): number {
  const parts = clockOf(timeZone).formatToParts(instant);
  const number = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value);
  const shown = Date.UTC(
    number('year'),
    number('month') - 1,
    number('day'),
    number('hour'),
    number('minute'),
    number('second'),
  );
  return shown - Math.floor(instant / 1000) * 1000;
}

/** The clock's one change after `from` and not after `to`, to the second. */
function changeBetween(from: Instant, to: Instant, timeZone: string): Instant {
  const changed = offsetAt(to, timeZone);
  let [before, after] = [Math.floor(from / 1000), Math.floor(to / 1000)];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(middle * 1000, timeZone) === changed) after = middle;
    else before = middle;
  }
  return after * 1000;
}

/** Kept, because making one costs a hundred times what using it does. */
const clocks = new Map<string, Intl.DateTimeFormat>();

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  clocks.set(timeZone, clock);
  return clock;
}
