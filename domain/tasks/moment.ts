/** Moments as people write them down: a day, a time and the zone it was read in, so that no reader has to guess. */

/** An example of one. */
export const exampleMoment = '2026-03-01T22:30:00Z';

const written = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:Z|[+-](\d{2}):(\d{2}))$/;

/** Hours that a zone is away from UTC at most. */
const farthest = 14;

/**
 * Milliseconds since 1970 of `2026-03-01T22:30:00+01:00`, or of one that ends in Z; undefined for anything else: for a day that the
 * calendar does not have, an hour 24, or a time without its zone.
 */
export function momentOf(text: string): number | undefined {
  const [, day = '', hours, minutes, seconds = '0', offsetHours = '0', offsetMinutes = '0'] = written.exec(text) ?? [];
  const inRange =
    isDay(day) &&
    Number(hours) <= 23 &&
    Number(minutes) <= 59 &&
    Number(seconds) <= 59 &&
    Number(offsetHours) <= farthest &&
    Number(offsetMinutes) <= 59;
  return inRange ? Date.parse(text) : undefined;
}

/** 2026-02-30 is none. */
function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
