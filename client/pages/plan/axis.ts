/** Where moments and durations lie on a picture, and which of them are written below it. */
import {
  addDays,
  day,
  type Instant,
  localDateTime,
  minute,
  momentOf,
  weekdayNumber,
} from '../../../domain/calendar/localTime.js';

/** Of the pictures, in the units of their view box. */
export const picture = { width: 1040, left: 158, right: 14 } as const;

/** Positions from `from` to `to` across the picture. */
export interface Axis {
  readonly from: number;
  readonly to: number;
  at(value: number): number;
}

export interface Tick {
  readonly x: number;
  readonly text: string;
}

export function axis(from: number, to: number): Axis {
  const width = picture.width - picture.left - picture.right;
  const at = (value: number) => picture.left + ((Math.min(Math.max(value, from), to) - from) / (to - from)) * width;
  return { from, to, at: (value) => Math.round(at(value) * 10) / 10 };
}

const mostTicks = 9;
const hour = 60 * minute;
const daySteps = [1, 2, 7, 14, 28, 56, 112];
const hourSteps = [1, 2, 3, 6, 12];

/** Of a calendar: whole hours of a day, or days, on the clock of `timeZone`. */
export function calendarTicks(calendar: Axis, timeZone: string): readonly Tick[] {
  const span = calendar.to - calendar.from;
  const firstDay = localDateTime(calendar.from, timeZone).slice(0, 10);
  const hours = hourSteps.find((step) => span / (step * hour) <= mostTicks);
  if (hours !== undefined) {
    const midnight = momentOf(`${firstDay}T00:00`, timeZone, 'first');
    return everyStep(
      calendar,
      (index) => midnight + index * hours * hour,
      (moment) => clockText(moment, timeZone),
    );
  }
  const days = daySteps.find((step) => span / (step * day) <= mostTicks) ?? 224;
  const midnightOf = (index: number) => momentOf(`${addDays(firstDay, index * days)}T00:00`, timeZone, 'first');
  return everyStep(calendar, midnightOf, (moment) => dateText(moment, timeZone));
}

/** Of durations, from 0: `30 min`, `1 h`. */
export function durationTicks(durations: Axis): readonly Tick[] {
  const steps = [0.25, 0.5, 1, 5, 10, 15, 30, 60, 120, 180, 360, 720].map((minutes) => minutes * minute);
  const step = steps.find((some) => durations.to / some <= mostTicks) ?? day;
  return everyStep(durations, (index) => index * step, durationText);
}

function everyStep(
  along: Axis,
  valueAt: (index: number) => number,
  textOf: (value: number) => string,
): readonly Tick[] {
  const ticks: Tick[] = [];
  for (let index = 0; valueAt(index) <= along.to; index++) {
    const value = valueAt(index);
    if (value >= along.from) ticks.push({ x: along.at(value), text: textOf(value) });
  }
  return ticks;
}

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Sat 4 Jul` */
function dateText(moment: Instant, timeZone: string): string {
  const date = localDateTime(moment, timeZone).slice(0, 10);
  return `${weekdays[weekdayNumber(date)]} ${Number(date.slice(8))} ${months[Number(date.slice(5, 7)) - 1]}`;
}

function clockText(moment: Instant, timeZone: string): string {
  const time = localDateTime(moment, timeZone).slice(11);
  return time === '00:00' ? dateText(moment, timeZone) : time;
}

function durationText(milliseconds: number): string {
  if (milliseconds === 0) return '0';
  if (milliseconds < minute) return `${milliseconds / 1000} s`;
  if (milliseconds < hour) return `${milliseconds / minute} min`;
  const rest = (milliseconds % hour) / minute;
  return rest === 0 ? `${milliseconds / hour} h` : `${Math.floor(milliseconds / hour)} h ${rest}`;
}
