/** Windows as people say them. */
import { describe, expect, it } from 'vitest';
import { type Window, weekdays } from '../../domain/calendar/window.js';
import { windowTexts } from '../../domain/calendar/windowText.js';
import { saturdayNight } from './infrastructures.js';

describe('windows in words', () => {
  const monday: Window = { weekday: 'monday', opens: '09:00', minutes: 90, timeZone: 'UTC' };
  const on = (...days: Window['weekday'][]) => days.map((weekday) => ({ ...monday, weekday }));

  it.each<[readonly Window[], readonly string[]]>([
    [[], ['at any time']],
    [[saturdayNight], ['Saturday 22:00 to Sunday 04:00 (Europe/Lisbon)']],
    [[monday], ['Monday 09:00 to 10:30 (UTC)']],
    [[{ ...monday, weekday: 'sunday', opens: '20:00', minutes: 240 }], ['Sunday 20:00 to Monday 00:00 (UTC)']],
    [[{ ...monday, weekday: 'friday', opens: '00:00', minutes: 3 * 1440 }], ['Friday 00:00 to Monday 00:00 (UTC)']],
    [on('friday', 'monday'), ['Monday and Friday 09:00, 90 minutes (UTC)']],
    [on('monday', 'tuesday', 'wednesday'), ['Monday to Wednesday 09:00, 90 minutes (UTC)']],
    [on('monday', 'tuesday', 'friday'), ['Monday, Tuesday and Friday 09:00, 90 minutes (UTC)']],
    [weekdays.map((weekday) => ({ ...saturdayNight, weekday })), ['every day 22:00, 6 hours (Europe/Lisbon)']],
    [
      [monday, saturdayNight, ...on('friday')],
      ['Monday and Friday 09:00, 90 minutes (UTC)', 'Saturday 22:00 to Sunday 04:00 (Europe/Lisbon)'],
    ],
  ])('%j', (windows, texts) => {
    expect(windowTexts(windows)).toEqual(texts);
  });
});
