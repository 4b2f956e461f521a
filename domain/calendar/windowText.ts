/** Windows as people say them. */
import { type Weekday, type Window, weekdays } from './window.js';

/** A line for each group of days that open alike; `at any time` when there are no windows. */
export function windowTexts(windows: readonly Window[]): readonly string[] {
  if (windows.length === 0) return ['at any time'];
  const groups = new Map<string, Window[]>();
  for (const window of windows) {
    const key = JSON.stringify([window.opens, window.minutes, window.timeZone]);
    groups.set(key, [...(groups.get(key) ?? []), window]);
  }
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (!first) return [];
    if (others.length === 0) return [windowText(first)];
    const days = daysText([first, ...others].map(({ weekday }) => weekday));
    return [`${days} ${first.opens}, ${lengthText(first.minutes)} (${first.timeZone})`];
  });
}

/** `Saturday 22:00 to Sunday 04:00 (Europe/Lisbon)`; the close is as the clock shows it when it does not change meanwhile. */
function windowText({ weekday, opens, minutes, timeZone }: Window): string {
  const [hours = 0, past = 0] = opens.split(':').map(Number);
  const end = hours * 60 + past + minutes;
  const closes = `${twoDigits(Math.floor(end / 60) % 24)}:${twoDigits(end % 60)}`;
  const daysLater = Math.floor(end / (24 * 60));
  const last = weekdays[(weekdays.indexOf(weekday) + daysLater) % weekdays.length] ?? weekday;
  return `${capitalised(weekday)} ${opens} to ${daysLater === 0 ? '' : `${capitalised(last)} `}${closes} (${timeZone})`;
}

/** `every day`, `Monday to Friday`, `Tuesday and Thursday`; in the order of the week. */
function daysText(days: readonly Weekday[]): string {
  const inOrder = weekdays.filter((day) => days.includes(day));
  const names = inOrder.map(capitalised);
  const [first = '', last = ''] = [names[0], names.at(-1)];
  if (inOrder.length === weekdays.length) return 'every day';
  const inARow =
    weekdays.indexOf(inOrder.at(-1) ?? 'monday') - weekdays.indexOf(inOrder[0] ?? 'monday') === inOrder.length - 1;
  return inARow && inOrder.length > 2 ? `${first} to ${last}` : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** `5 hours`, `90 minutes`. */
function lengthText(minutes: number): string {
  if (minutes % 60 !== 0) return `${minutes} minutes`;
  return minutes === 60 ? '1 hour' : `${minutes / 60} hours`;
}

function capitalised(weekday: Weekday): string {
  return weekday.charAt(0).toUpperCase() + weekday.slice(1);
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
