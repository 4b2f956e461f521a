/** Days as the business counts them: without a time of day and without a time zone. */

/** `2026-03-09`. Dates of this form sort as text. */
export type IsoDate = string;

const day = 86_400_000;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function today(): IsoDate {
  return isoDate(new Date());
}

/** Whether the text is a day of the calendar: `2026-02-30` has the form of one but is none. */
export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && isoDate(moment(text)) === text;
}

export function addDays(date: IsoDate, days: number): IsoDate {
  return isoDate(new Date(moment(date).getTime() + days * day));
}

/** The same day of a later month, or that month's last day: a month after 31 January is 28 or 29 February. */
export function addMonths(date: IsoDate, count: number): IsoDate {
  const from = moment(date);
  const target = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + count, 1));
  const last = new Date(Date.UTC(target.getUTCFullYear(), target.getUTCMonth() + 1, 0)).getUTCDate();
  target.setUTCDate(Math.min(from.getUTCDate(), last));
  return isoDate(target);
}

/** Negative when `to` is before `from`. */
export function daysBetween(from: IsoDate, to: IsoDate): number {
  return Math.round((moment(to).getTime() - moment(from).getTime()) / day);
}

export function yearsBetween(from: IsoDate, to: IsoDate): number {
  const years = Number(to.slice(0, 4)) - Number(from.slice(0, 4));
  return to.slice(5) < from.slice(5) ? years - 1 : years;
}

/** Both ends belong to the period. */
export function isWithin(date: IsoDate, from: IsoDate, to: IsoDate): boolean {
  return from <= date && date <= to;
}

/** The first day from `date` on that banks work: Monday to Friday. */
export function bankDay(date: IsoDate): IsoDate {
  switch (moment(date).getUTCDay()) {
    case 0:
      return addDays(date, 1);
    case 6:
      return addDays(date, 2);
    default:
      return date;
  }
}

/** `9 Mar 2026`. */
export function showDate(date: IsoDate): string {
  const shown = moment(date);
  return `${shown.getUTCDate()} ${months[shown.getUTCMonth()]} ${shown.getUTCFullYear()}`;
}

/** `today`, `yesterday`, `in 3 days`, `12 days ago`. */
export function showDistance(date: IsoDate, seenFrom: IsoDate): string {
  const days = daysBetween(seenFrom, date);
  if (days === 0) return 'today';
  if (days === -1) return 'yesterday';
  if (days === 1) return 'tomorrow';
  return days > 0 ? `in ${days} days` : `${-days} days ago`;
}

function moment(date: IsoDate): Date {
  return new Date(`${date}T00:00:00Z`);
}

function isoDate(at: Date): IsoDate {
  return at.toISOString().slice(0, 10);
}
