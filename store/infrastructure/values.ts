/** The single values of uplift.yaml: names, texts, releases, paths, time zones, moments. What is wrong with one is said in words. */
import * as z from 'zod';
import { isLocalDate, isLocalTime, isTimeZone, timeZoneExpected } from '../../domain/calendar/localTime.js';
import { isVersion } from '../../domain/releases/version.js';
import { nameRule, placeRule, unseen } from '../../domain/text.js';

export const name = z.string().max(placeRule.most).regex(placeRule.shape.pattern, placeRule.shape.words);

/** One line of text, up to `most` characters. */
export const line = (most: number) =>
  z
    .string()
    .max(most)
    .regex(new RegExp(`^[^${unseen}]*$`, 'u'), 'a text is one line without control characters')
    .regex(/\S/, 'a text that says something is needed');

/** As in the messages that people send: whoever is named here can answer. */
export const person = line(nameRule.most);

export const release = z
  .string()
  .max(40)
  .regex(/^\d+(\.\d+){1,3}$/, 'a release is two to four numbers separated by dots, such as 11.41.0')
  .refine(isVersion, 'a release has no numbers as large as that');

export const hotPoint = z
  .string()
  .max(500)
  .regex(/^\/[\x21-\x7e]*$/, 'a path begins with "/" and has no blanks, such as /claims/Claims');

export const timeZone = z
  .string()
  .max(60)
  .refine(isTimeZone, { error: ({ input }) => timeZoneExpected(String(input)) })
  .describe(
    'IANA name of the time zone of windows and freezes, such as Europe/Lisbon. Needed where there are any, else UTC',
  );

/** A day or a moment on an environment's clock. */
export const moment = z
  .string()
  .regex(
    /^20\d\d-\d\d-\d\d([T ]\d\d:\d\d)?$/,
    'a date such as 2026-12-15, or a date and time such as 2026-12-15T18:00, is needed',
  )
  .refine((text) => isLocalDate(text.slice(0, 10)), 'the calendar has no such day')
  .refine((text) => text.length === 10 || isLocalTime(text.slice(11)), 'the clock has no such time');
