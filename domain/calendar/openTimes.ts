/** The times that windows and freezes leave open, in order. */
import {
  addDays,
  day,
  type Instant,
  type LocalDateTime,
  type LocalTime,
  localDateTime,
  minute,
  momentOf,
  weekdayNumber,
} from './localTime.js';

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof weekdays)[number];

/** A weekly recurring window in the environment's own time zone; `minutes` long as they pass, up to a week. */
export interface Window {
  readonly weekday: Weekday;
  readonly opens: LocalTime;
  readonly minutes: number;
  readonly timeZone: string;
}

/** Nothing is touched from `from` on and before `to`, whatever the windows say. */
export interface Freeze {
  readonly from: LocalDateTime;
  readonly to: LocalDateTime;
  readonly timeZone: string;
  readonly reason: string;
}

/** From `opens` on and before `closes`; `Infinity`: it never closes. */
export interface OpenTime {
  readonly opens: Instant;
  readonly closes: Instant;
}

/** Windows repeat by the week and clocks by the year: what has not happened in this time after the last freeze never does. */
const horizon = 400 * day;

/** Longer than the time between two changes of a clock: windows that have been one for so long stay one. */
const endless = 380 * day;

const always: OpenTime = { opens: Number.NEGATIVE_INFINITY, closes: Number.POSITIVE_INFINITY };

/**
 * Open times that close after `now`, in order, none touching the next. The one around `now` may be said to open later than it did.
 * Ends at the horizon, so that a window which never opens is found out.
 */
export function* openTimes(
  windows: readonly Window[],
  freezes: readonly Freeze[],
  now: Instant,
): Generator<OpenTime, void, undefined> {
  const frozen = [...joined(freezes.map(frozenTime).sort(byOpening), Number.POSITIVE_INFINITY)];
  const until = Math.max(now, ...frozen.map(({ closes }) => closes)) + horizon;
  const open = windows.length === 0 ? [always] : joined(openings(windows, now, until), endless);
  for (const time of open) {
    for (const left of without(time, frozen)) if (left.closes > now) yield left;
  }
}

/** When a freeze holds. */
export function frozenTime({ from, to, timeZone }: Freeze): OpenTime {
  return { opens: momentOf(from, timeZone, 'first'), closes: momentOf(to, timeZone, 'last') };
}

/** Every opening of every window from around `now` until `until`, in order. */
function* openings(windows: readonly Window[], now: Instant, until: Instant): Generator<OpenTime, void, undefined> {
  const calendars = windows.map((window) => openingsOf(window, now));
  const next = calendars.map((calendar) => calendar.next().value);
  for (;;) {
    const earliest = Math.min(...next.map(({ opens }) => opens));
    if (earliest > until) return;
    for (const [index, calendar] of calendars.entries()) {
      const time = next[index];
      if (time?.opens !== earliest) continue;
      yield time;
      next[index] = calendar.next().value;
    }
  }
}

/** Week after week, without end. */
function* openingsOf(
  { weekday, opens, minutes, timeZone }: Window,
  now: Instant,
): Generator<OpenTime, never, undefined> {
  const early = localDateTime(now - minutes * minute - day, timeZone).slice(0, 10);
  const daysUntil = (weekdays.indexOf(weekday) - weekdayNumber(early) + weekdays.length) % weekdays.length;
  for (let date = addDays(early, daysUntil); ; date = addDays(date, weekdays.length)) {
    const moment = momentOf(`${date}T${opens}`, timeZone, 'first');
    yield { opens: moment, closes: moment + minutes * minute };
  }
}

/**
 * Makes one of those that overlap or touch; one that is at least `longest` never closes. `times` come by their opening; those that
 * close as they open are left out.
 */
function* joined(times: Iterable<OpenTime>, longest: number): Generator<OpenTime, void, undefined> {
  let current: OpenTime | undefined;
  for (const time of times) {
    if (time.closes <= time.opens) continue;
    if (current && time.opens <= current.closes) {
      current = { opens: current.opens, closes: Math.max(current.closes, time.closes) };
    } else {
      if (current) yield current;
      current = time;
    }
    if (current.closes - current.opens >= longest) {
      yield { opens: current.opens, closes: Number.POSITIVE_INFINITY };
      return;
    }
  }
  if (current) yield current;
}

/** What is left of `time`. `frozen` is in order and joined. */
function* without({ opens, closes }: OpenTime, frozen: readonly OpenTime[]): Generator<OpenTime, void, undefined> {
  let from = opens;
  for (const freeze of frozen) {
    if (freeze.closes <= from) continue;
    if (freeze.opens >= closes) break;
    if (freeze.opens > from) yield { opens: from, closes: freeze.opens };
    from = freeze.closes;
  }
  if (from < closes) yield { opens: from, closes };
}

function byOpening(left: OpenTime, right: OpenTime): number {
  return left.opens - right.opens;
}
