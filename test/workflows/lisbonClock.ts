/** A clock in Lisbon, as `Intl` shows it: when windows open and freezes hold is looked up here without asking the domain. */

export const timeZone = 'Europe/Lisbon';

/** A window of uplift.yaml. */
export interface LocalWindow {
  readonly weekdays: readonly string[];
  /** `20:00` */
  readonly opens: string;
  readonly hours: number;
}

/** A freeze of uplift.yaml: its first and its last day, `2027-11-01`. */
export interface LocalFreeze {
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** Milliseconds. */
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone,
  hourCycle: 'h23',
  weekday: 'long',
  ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit' },
});

/** What it shows at `moment` (milliseconds since 1970): `2027-10-14 20:00`. */
export function shownAt(moment: number): string {
  const { year, month, day, hour, minute } = partsAt(moment);
  return `${year}-${month}-${day} ${hour}:${minute}`;
}

/** The first moment at which it shows `date` and `time`: an hour before the second one in the night in which it is put back. */
export function momentAt(date: string, time: string): number {
  const asUtc = Date.parse(`${date}T${time}:00Z`);
  const found = [asUtc - hour, asUtc].find((moment) => shownAt(moment) === `${date} ${time}`);
  if (found === undefined) throw new Error(`no clock in Lisbon shows ${date} ${time}`);
  return found;
}

/** The day in whose night it is put back, the last Sunday of October: the next one that is three weeks away or more. */
export function nextChange(moment: number): string {
  const year = new Date(moment).getUTCFullYear();
  const ofThisYear = lastSundayOfOctober(year);
  return Date.parse(ofThisYear) - moment > 21 * day ? ofThisYear : lastSundayOfOctober(year + 1);
}

/** `2027-10-31` and 1 make `2027-11-01`. */
export function daysAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * day).toISOString().slice(0, 10);
}

/** Whether the window opened in the minutes before `moment` that it lasts. */
export function isInside(moment: number, { weekdays, opens, hours }: LocalWindow): boolean {
  const before = Array.from({ length: hours * 60 }, (_, minutes) => partsAt(moment - minutes * minute));
  return before.some(
    ({ weekday = '', hour, minute }) => weekdays.includes(weekday.toLowerCase()) && `${hour}:${minute}` === opens,
  );
}

export function isFrozen(moment: number, { from, to }: LocalFreeze): boolean {
  const date = shownAt(moment).slice(0, 10);
  return from <= date && date <= to;
}

function lastSundayOfOctober(year: number): string {
  const last = `${year}-10-31`;
  return daysAfter(last, -new Date(last).getUTCDay());
}

function partsAt(moment: number): Partial<Record<Intl.DateTimeFormatPartTypes, string>> {
  return Object.fromEntries(clock.formatToParts(moment).map(({ type, value }) => [type, value]));
}
