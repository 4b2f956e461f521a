/**
 * Maintenance windows: when an environment may be touched. A rollback waits for neither window nor freeze (LIVE-05): nothing here
 * is asked before one.
 */
import { type Instant, localDateTime, weekdayNumber } from './localTime.js';
import { type Freeze, frozenTime, openTimes, type Window, weekdays } from './openTimes.js';

export { type Freeze, type Weekday, type Window, weekdays } from './openTimes.js';

/**
 * The first moment at or after `now` at which `work` (milliseconds) fits before the window closes or a freeze begins. In the middle
 * of an open window that is `now`. Without windows any time is open; windows that overlap or touch are one.
 * Returns `undefined` when no window is long enough in the 400 days after `now` and after the last freeze.
 *
 * Daylight saving: `opens` is wall-clock time; a window that starts in the skipped hour starts when the hour ends, one in the
 * repeated hour starts at its first pass. A freeze ends at the last pass of its end.
 */
export function nextFit(
  windows: readonly Window[],
  freezes: readonly Freeze[],
  now: Instant,
  work: number,
): Instant | undefined {
  for (const { opens, closes } of openTimes(windows, freezes, now)) {
    const start = Math.max(opens, now);
    if (start + work <= closes) return start;
  }
  return undefined;
}

/** When the window around `now` closes, by its end or a freeze; `now` itself while it is closed; `undefined` when it never closes. */
export function closesAt(windows: readonly Window[], freezes: readonly Freeze[], now: Instant): Instant | undefined {
  const [next] = openTimes(windows, freezes, now);
  if (!next || next.opens > now) return now;
  return Number.isFinite(next.closes) ? next.closes : undefined;
}

export function isOpen(windows: readonly Window[], freezes: readonly Freeze[], now: Instant): boolean {
  return closesAt(windows, freezes, now) !== now;
}

/** In words, with the next opening, for people; `undefined` while it is open. */
export function whyClosed(windows: readonly Window[], freezes: readonly Freeze[], now: Instant): string | undefined {
  const [next] = openTimes(windows, freezes, now);
  if (next && next.opens <= now) return undefined;
  const why = whyFrozen(freezes, now) ?? 'No window is open';
  const timeZone = windows[0]?.timeZone ?? freezes[0]?.timeZone ?? 'UTC';
  return next ? `${why}. The next opening is ${inWords(next.opens, timeZone)}` : `${why}. No opening follows`;
}

/** In words, for people; `undefined` while no freeze is on, whatever the windows say. */
export function whyFrozen(freezes: readonly Freeze[], now: Instant): string | undefined {
  const frozen = freezes.filter((freeze) => isFrozen(freeze, now));
  return frozen.length === 0 ? undefined : frozen.map(freezeInWords).join('; ');
}

function isFrozen(freeze: Freeze, now: Instant): boolean {
  const { opens, closes } = frozenTime(freeze);
  return opens <= now && now < closes;
}

function freezeInWords({ to, timeZone, reason }: Freeze): string {
  return `Frozen until ${to.replace('T', ' ')} ${timeZone} (${reason})`;
}

/** `Saturday 2026-11-07 22:00 Europe/Lisbon` */
function inWords(instant: Instant, timeZone: string): string {
  const [date = '', time] = localDateTime(instant, timeZone).split('T');
  const weekday = weekdays[weekdayNumber(date)] ?? '';
  return `${weekday.slice(0, 1).toUpperCase()}${weekday.slice(1)} ${date} ${time} ${timeZone}`;
}
