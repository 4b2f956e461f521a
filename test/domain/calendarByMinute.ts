/**
 * Which minutes a calendar leaves open, by looking at what the clock shows in each of them: the rule as people would check it, and
 * nothing of how `domain/calendar/window.ts` finds it.
 */
import { type Freeze, type Window, weekdays } from '../../domain/calendar/window.js';

const minute = 60_000;
const day = 1440;

/** No window is longer than a week. */
const before = 9 * day;
const after = 2 * day;

/** For each of `count` minutes from `now` on, whether it is open. `now` is a whole minute. */
export function minutesOf(
  windows: readonly Window[],
  freezes: readonly Freeze[],
  now: number,
  count: number,
): readonly boolean[] {
  const start = now - before * minute;
  const length = before + count + after;
  const clocks = new Map<string, Clock>();
  const shown = (timeZone: string) => {
    const clock = clocks.get(timeZone) ?? shownBy(timeZone, start / minute, length);
    clocks.set(timeZone, clock);
    return clock;
  };
  const open: boolean[] = new Array(length).fill(windows.length === 0);
  for (const window of windows) {
    for (const opens of openingsOf(window, shown(window.timeZone))) open.fill(true, opens, opens + window.minutes);
  }
  for (const { from, to, timeZone } of freezes) {
    const clock = shown(timeZone);
    const [begins, ends] = [inMinutes(from), inMinutes(to)];
    const first = clock.findIndex((shows) => shows >= begins);
    const last = clock.findLastIndex((shows) => shows < ends);
    if (first >= 0) open.fill(false, first, last + 1);
  }
  return open.slice(before, before + count);
}

/** What a clock shows in each minute, as minutes since it would have shown 1970. */
type Clock = Int32Array;

/** The first minute of each date with the window's weekday at which the clock shows its time or a later one. */
function openingsOf({ weekday, opens }: Window, clock: Clock): number[] {
  const [first = 0, last = 0] = [clock[0], clock.at(-1)].map((shows) => Math.floor((shows ?? 0) / day));
  const dates = Array.from({ length: last - first }, (_, index) => first + 1 + index);
  return dates
    .filter((date) => weekdays[(new Date(date * day * minute).getUTCDay() + 6) % 7] === weekday)
    .map((date) => clock.findIndex((shows) => shows >= date * day + inMinutes(`1970-01-01T${opens}`)))
    .filter((index) => index > 0);
}

/** `start` in minutes since 1970. Asked every half hour: clocks change on one. */
function shownBy(timeZone: string, start: number, length: number): Clock {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  const clock = new Int32Array(length);
  let shows = 0;
  for (let index = 0; index < length; index++) {
    const isAsked = index === 0 || (start + index) % 30 === 0;
    shows = isAsked ? inMinutes(format.format((start + index) * minute).replace(' ', 'T')) : shows + 1;
    clock[index] = shows;
  }
  return clock;
}

function inMinutes(text: string): number {
  return Date.parse(`${text}Z`) / minute;
}
