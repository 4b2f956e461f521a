/** Windows as people say them. */
import { type Weekday, type Window, weekdays } from './window.js';

/** `Saturday 22:00 to Sunday 04:00 (Europe/Lisbon)`; the close is as the clock shows it when it does not change meanwhile. */
export function windowText({ weekday, opens, minutes, timeZone }: Window): string {
  const [hours = 0, past = 0] = opens.split(':').map(Number);
  const end = hours * 60 + past + minutes;
  const closes = `${twoDigits(Math.floor(end / 60) % 24)}:${twoDigits(end % 60)}`;
  const daysLater = Math.floor(end / (24 * 60));
  const last = weekdays[(weekdays.indexOf(weekday) + daysLater) % weekdays.length] ?? weekday;
  return `${capitalised(weekday)} ${opens} to ${daysLater === 0 ? '' : `${capitalised(last)} `}${closes} (${timeZone})`;
}

/** A line for each; `at any time` when there are none. */
export function windowTexts(windows: readonly Window[]): readonly string[] {
  return windows.length === 0 ? ['at any time'] : windows.map(windowText);
}

function capitalised(weekday: Weekday): string {
  return weekday.charAt(0).toUpperCase() + weekday.slice(1);
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
