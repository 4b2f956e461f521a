import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  closesAt,
  type Freeze,
  isOpen,
  nextFit,
  type Weekday,
  type Window,
  weekdays,
  whyClosed,
} from '../../domain/calendar/window.js';
import { minutesOf } from './calendarByMinute.js';

const lisbon = 'Europe/Lisbon';
const hour = 3_600_000;
const minute = 60_000;

const at = (text: string): number => Date.parse(text);
const iso = (instant: number | undefined): string | undefined =>
  instant === undefined ? undefined : new Date(instant).toISOString().replace(':00.000Z', 'Z');

const window = (weekday: Weekday, opens: string, minutes: number, timeZone = lisbon): Window => ({
  weekday,
  opens,
  minutes,
  timeZone,
});
const freeze = (from: string, to: string, reason = 'year end', timeZone = lisbon): Freeze => ({
  from,
  to,
  timeZone,
  reason,
});
const everyDay = (opens: string, minutes: number, timeZone = lisbon) =>
  weekdays.map((weekday) => window(weekday, opens, minutes, timeZone));

describe('the next fit', () => {
  const saturdayNight = [window('saturday', '22:00', 360)];

  it.each([
    ['before the window', '2026-07-03T10:00Z', 2, '2026-07-04T21:00Z'],
    ['as it opens', '2026-07-04T21:00Z', 2, '2026-07-04T21:00Z'],
    ['inside it', '2026-07-04T23:30Z', 2, '2026-07-04T23:30Z'],
    ['at the last moment that still fits', '2026-07-05T01:00Z', 2, '2026-07-05T01:00Z'],
    ['a minute too late', '2026-07-05T01:01Z', 2, '2026-07-11T21:00Z'],
    ['as it closes', '2026-07-05T03:00Z', 0, '2026-07-11T21:00Z'],
    ['in winter time', '2026-12-01T00:00Z', 6, '2026-12-05T22:00Z'],
  ])('%s', (_, now, hours, expected) => {
    expect(iso(nextFit(saturdayNight, [], at(now), hours * hour))).toBe(expected);
  });

  it('is nowhere when no window is long enough', () => {
    expect(nextFit(saturdayNight, [], at('2026-07-03T10:00Z'), 6 * hour + 1)).toBeUndefined();
  });

  it('is now when there are no windows, however long the work', () => {
    expect(nextFit([], [], at('2026-07-03T10:00Z'), 5000 * hour)).toBe(at('2026-07-03T10:00Z'));
  });

  it('takes windows that overlap or touch as one', () => {
    const touching = [window('saturday', '22:00', 120), window('sunday', '00:00', 120), window('sunday', '01:00', 180)];
    expect(iso(nextFit(touching, [], at('2026-07-03T10:00Z'), 6 * hour))).toBe('2026-07-04T21:00Z');
    expect(nextFit(touching, [], at('2026-07-03T10:00Z'), 6 * hour + 1)).toBeUndefined();
  });

  it('takes windows of different time zones as one where they meet', () => {
    const meeting = [window('saturday', '22:00', 60), window('sunday', '03:30', 60, 'Asia/Kolkata')];
    expect(iso(nextFit(meeting, [], at('2026-07-03T10:00Z'), 2 * hour))).toBe('2026-07-04T21:00Z');
    const meetingInWinter = [window('saturday', '22:00', 60), window('sunday', '02:30', 60, 'Asia/Kolkata')];
    expect(iso(nextFit(meetingInWinter, [], at('2026-07-03T10:00Z'), 2 * hour))).toBe('2026-10-31T21:00Z');
  });

  it('finds the one night of the year on which windows meet because the clock is put forward', () => {
    const apart = [window('saturday', '22:00', 180), window('sunday', '02:00', 180)];
    expect(iso(nextFit(apart, [], at('2026-04-01T00:00Z'), 6 * hour))).toBe('2027-03-27T22:00Z');
    expect(nextFit(apart, [], at('2026-04-01T00:00Z'), 6 * hour + 1)).toBeUndefined();
  });

  it('waits until a freeze is over and opens late', () => {
    const frozen = [freeze('2026-07-01T00:00', '2026-07-04T23:30')];
    expect(iso(nextFit(saturdayNight, frozen, at('2026-07-03T10:00Z'), 2 * hour))).toBe('2026-07-04T22:30Z');
  });

  it('ends before a freeze begins, which closes the window early', () => {
    const frozen = [freeze('2026-07-05T00:00', '2026-07-06T00:00')];
    expect(iso(nextFit(saturdayNight, frozen, at('2026-07-03T10:00Z'), 2 * hour))).toBe('2026-07-04T21:00Z');
    expect(iso(nextFit(saturdayNight, frozen, at('2026-07-03T10:00Z'), 3 * hour))).toBe('2026-07-11T21:00Z');
    expect(iso(closesAt(saturdayNight, frozen, at('2026-07-04T21:30Z')))).toBe('2026-07-04T23:00Z');
  });

  it('looks beyond a freeze of years', () => {
    const frozen = [freeze('2026-07-01T00:00', '2029-01-01T00:00')];
    expect(iso(nextFit(saturdayNight, frozen, at('2026-07-03T10:00Z'), hour))).toBe('2029-01-06T22:00Z');
    expect(iso(nextFit([], frozen, at('2026-07-03T10:00Z'), hour))).toBe('2029-01-01T00:00Z');
  });
});

describe('daylight saving', () => {
  it('a window in the skipped hour opens when the hour ends, and keeps its length', () => {
    const skipped = [window('sunday', '01:30', 120)];
    const now = at('2026-03-28T00:00Z');
    expect(iso(nextFit(skipped, [], now, 2 * hour))).toBe('2026-03-29T01:00Z');
    expect(iso(closesAt(skipped, [], at('2026-03-29T01:00Z')))).toBe('2026-03-29T03:00Z');
  });

  it('a window in the repeated hour opens at its first pass', () => {
    const repeated = [window('sunday', '01:30', 120)];
    expect(iso(nextFit(repeated, [], at('2026-10-24T00:00Z'), 2 * hour))).toBe('2026-10-25T00:30Z');
    expect(iso(closesAt(repeated, [], at('2026-10-25T00:30Z')))).toBe('2026-10-25T02:30Z');
  });

  it('a window lasts as long on the nights the clock changes', () => {
    const night = [window('saturday', '23:00', 360)];
    expect(iso(closesAt(night, [], at('2026-03-29T00:00Z')))).toBe('2026-03-29T05:00Z');
    expect(iso(closesAt(night, [], at('2026-10-25T00:00Z')))).toBe('2026-10-25T04:00Z');
  });

  it('a freeze that ends in the repeated hour ends at its last pass, one that begins there at its first', () => {
    const ending = [freeze('2026-10-20T00:00', '2026-10-25T01:30')];
    expect(iso(nextFit([], ending, at('2026-10-24T00:00Z'), hour))).toBe('2026-10-25T01:30Z');
    const beginning = [freeze('2026-10-25T01:30', '2026-10-26T00:00')];
    expect(iso(closesAt([], beginning, at('2026-10-24T00:00Z')))).toBe('2026-10-25T00:30Z');
  });

  it('knows changes of half an hour', () => {
    const island = [window('sunday', '02:15', 60, 'Australia/Lord_Howe')];
    expect(iso(nextFit(island, [], at('2026-10-01T00:00Z'), hour))).toBe('2026-10-03T15:30Z');
    expect(iso(nextFit(island, [], at('2026-04-01T00:00Z'), hour))).toBe('2026-04-04T15:45Z');
  });

  it('knows a day that a country left out', () => {
    const friday = [window('friday', '12:00', 60, 'Pacific/Apia')];
    expect(iso(nextFit(friday, [], at('2011-12-28T00:00Z'), hour))).toBe('2011-12-30T10:00Z');
  });
});

describe('open and closed', () => {
  const now = at('2026-07-03T10:00Z');

  it('a closed window closes now, an open one at its end, an endless one never', () => {
    expect(closesAt([window('monday', '08:00', 60)], [], now)).toBe(now);
    expect(iso(closesAt([window('friday', '10:00', 120)], [], now))).toBe('2026-07-03T11:00Z');
    expect(closesAt([], [], now)).toBeUndefined();
    expect(closesAt(everyDay('00:00', 1440, 'UTC'), [], now)).toBeUndefined();
    expect(closesAt(everyDay('00:00', 1500), [], now)).toBeUndefined();
  });

  it('days of 24 hours leave the hour open that the day has more when the clock is put back', () => {
    expect(iso(closesAt(everyDay('00:00', 1440), [], now))).toBe('2026-10-25T23:00Z');
    expect(iso(nextFit(everyDay('00:00', 1440), [], at('2026-10-25T23:10Z'), hour))).toBe('2026-10-26T00:00Z');
  });

  it('says why in words, with the next opening', () => {
    const windows = [window('saturday', '22:00', 360)];
    expect(whyClosed(windows, [], now)).toBe(
      'No window is open. The next opening is Saturday 2026-07-04 22:00 Europe/Lisbon',
    );
    expect(whyClosed(windows, [freeze('2026-07-01T00:00', '2026-07-05T01:00', 'audit')], now)).toBe(
      'Frozen until 2026-07-05 01:00 Europe/Lisbon (audit). The next opening is Sunday 2026-07-05 01:00 Europe/Lisbon',
    );
    expect(whyClosed(windows, [], at('2026-07-04T21:00Z'))).toBeUndefined();
    expect(whyClosed([], [], now)).toBeUndefined();
  });

  it('says that nothing opens any more', () => {
    expect(whyClosed([window('friday', '12:00', 0)], [], now)).toBe('No window is open. No opening follows');
  });
});

const anyZone = fc.constantFrom(
  lisbon,
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'UTC',
  'America/Sao_Paulo',
  'Africa/Casablanca',
  'Pacific/Chatham',
);
const anyTime = fc
  .record({ hours: fc.integer({ min: 0, max: 23 }), minutes: fc.integer({ min: 0, max: 59 }) })
  .map(({ hours, minutes }) => `${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`);
const anyLength = fc.oneof(
  fc.integer({ min: 1, max: 24 * 60 }),
  fc.integer({ min: 1, max: 7 * 24 * 60 }),
  fc.constantFrom(60, 1440),
);

/** Half of them within a few days of a change of the clock in Europe, America or Australia. */
const anyNow = fc.oneof(
  fc.integer({ min: at('2023-01-01') / minute, max: at('2031-01-01') / minute }),
  fc
    .tuple(
      fc.integer({ min: 2023, max: 2030 }),
      fc.constantFrom('03-08', '03-27', '04-03', '10-03', '10-25', '11-01'),
      fc.integer({ min: -4 * 1440, max: 4 * 1440 }),
    )
    .map(([year, date, minutes]) => at(`${year}-${date}`) / minute + minutes),
);

const local = (minutes: number) => new Date(minutes * minute).toISOString().slice(0, 16);

const anyCalendar = fc.tuple(anyZone, anyZone, anyNow).chain(([zone, otherZone, now]) =>
  fc.record({
    now: fc.constant(now * minute),
    windows: fc.array(
      fc.record({
        weekday: fc.constantFrom(...weekdays),
        opens: fc.oneof(anyTime, fc.constantFrom('01:30', '02:15', '02:30', '00:00')),
        minutes: anyLength,
        timeZone: fc.constantFrom(zone, zone, zone, otherZone),
      }),
      { maxLength: 5 },
    ),
    freezes: fc.array(
      fc
        .record({ from: fc.integer({ min: -4 * 1440, max: 9 * 1440 }), length: fc.integer({ min: 1, max: 5 * 1440 }) })
        .map(({ from, length }) => freeze(local(now + from), local(now + from + length), 'any', zone)),
      { maxLength: 3 },
    ),
    work: fc
      .oneof(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 1, max: 2 * 1440 }))
      .map((minutes) => minutes * minute),
  }),
);

const runs = process.env['UPLIFT_LONG'] ? 5000 : 250;

/** Minutes that are looked at one by one from `now` on: ten days. */
const looked = 10 * 1440;

describe('any calendar, compared with a walk through every minute', () => {
  it('work starts in the first minute from which every minute is open, and it closes at the first that is not', () => {
    fc.assert(
      fc.property(anyCalendar, ({ windows, freezes, now, work }) => {
        const open = minutesOf(windows, freezes, now, looked);
        const expected = firstRun(open, work / minute);
        const found = nextFit(windows, freezes, now, work);
        if (expected !== undefined) expect(iso(found)).toBe(iso(now + expected * minute));
        else expect(found === undefined || found + work > now + looked * minute, iso(found) ?? 'nowhere').toBe(true);

        const shut = open.indexOf(false);
        const closes = closesAt(windows, freezes, now);
        if (shut >= 0) expect(iso(closes)).toBe(iso(now + shut * minute));
        else expect(closes === undefined || closes >= now + looked * minute).toBe(true);
        expect(isOpen(windows, freezes, now)).toBe(open[0]);
        expect(whyClosed(windows, freezes, now) === undefined).toBe(open[0]);
      }),
      { numRuns: runs, seed: 20260704 },
    );
  });

  it('a later now never finds an earlier fit, and the fit found fits', () => {
    fc.assert(
      fc.property(anyCalendar, fc.integer({ min: 0, max: 7 * 24 * hour }), ({ windows, freezes, now, work }, later) => {
        const found = nextFit(windows, freezes, now, work);
        const foundLater = nextFit(windows, freezes, now + later, work);
        if (found === undefined) return;
        expect(nextFit(windows, freezes, found, work)).toBe(found);
        const closes = closesAt(windows, freezes, found);
        expect(closes === undefined || closes - found >= work).toBe(true);
        if (foundLater !== undefined) expect(foundLater).toBeGreaterThanOrEqual(found);
      }),
      { numRuns: runs, seed: 7 },
    );
  });
});

/** Where the first `length` minutes in a row begin that are open. */
function firstRun(open: readonly boolean[], length: number): number | undefined {
  let run = 0;
  for (const [index, free] of open.entries()) {
    run = free ? run + 1 : 0;
    if (run >= length) return index - length + 1;
  }
  return undefined;
}
