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

/** Of a web site, without a path. */
export const address = z
  .string()
  .max(300)
  .regex(
    /^https?:\/\/[^\s/?#@\\]+\/?$/i,
    'an address is http:// or https:// with a host, without user, path or query, such as https://apps.acme.example',
  )
  .refine(URL.canParse, 'an address needs a host that there can be, such as https://apps.acme.example');

/** Headers that say where a request goes or how it is sent. */
const reservedHeaders =
  /^(host|connection|content-length|expect|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*)$/i;

export const header = z
  .string()
  .max(60)
  .regex(/^[A-Za-z0-9-]+$/, 'the name of a header has letters, digits and "-", such as X-Checks')
  .refine((text) => !reservedHeaders.test(text), 'this header says how a request is sent; choose one of your own');

/** Of a machine that checks: none but those that are meant for it can be sent anywhere. */
export const entryVariable = z
  .string()
  .max(100)
  .regex(/^UPLIFT_ENTRY_[A-Z0-9_]+$/, 'such a variable begins with UPLIFT_ENTRY_, such as UPLIFT_ENTRY_PRODUCTION');

export const absolutePath = z
  .string()
  .max(500)
  .regex(
    /^(\/|[A-Za-z]:[\\/])[^\p{Cc}\p{Cf}]*$/u,
    'a path from the root is needed, such as /etc/uplift/production.entry',
  );

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
