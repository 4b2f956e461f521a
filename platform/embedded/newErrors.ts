/**
 * Errors that are new since a moment, as an upgrade is (TEST-01). Two entries of the error log are of the same kind when module and
 * message agree but for numbers, ids and quoted values: a known error about another claim is no new one.
 */
import { UpliftError } from '../../domain/errors.js';
import type { NewError } from '../port.js';
import type { PlatformDatabase } from './database.js';

/** The kinds logged since `since` that were not logged before, most frequent first. Throws `ENVIRONMENT_UNKNOWN`, `INPUT_INVALID`. */
export async function newErrors(
  database: PlatformDatabase,
  environment: string,
  since: string,
): Promise<readonly NewError[]> {
  await assertExists(database, environment);
  const from = logTime(since);
  const before = new Set((await readLog(database, environment, '<', from)).map(kindOf));
  const found = new Map<string, NewError>();
  for (const entry of await readLog(database, environment, '>=', from)) {
    const kind = kindOf(entry);
    if (before.has(kind)) continue;
    const known = found.get(kind);
    found.set(kind, known ? { ...known, count: known.count + entry.count } : entry);
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}

/** One per module and message, in the order of their first appearance. */
async function readLog(
  database: PlatformDatabase,
  environment: string,
  side: '<' | '>=',
  from: string,
): Promise<readonly NewError[]> {
  return database
    .selectFrom('error_log')
    .select((eb) => ['module', 'message', eb.fn.countAll<number>().as('count')])
    .where('environment', '=', environment)
    .where('at', side, from)
    .groupBy(['module', 'message'])
    .orderBy((eb) => eb.fn.min('id'))
    .execute();
}

/** What changes from one occurrence of the same error to the next. The order matters: a quoted value may hold numbers. */
const changing: readonly RegExp[] = [
  /"[^"]*"|`[^`]*`|“[^”]*”|‘[^’]*’|(?<!\p{L})'[^']*'(?!\p{L})/gu,
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/giu,
  // Digests and random ids.
  /\b(?=\w*\d)(?:[0-9a-f]{8,}|\w{20,})\b/giu,
  /\d+(?:[.,:]\d+)*/gu,
];

function kindOf({ module, message }: NewError): string {
  const pattern = changing.reduce((text, part) => text.replaceAll(part, '#'), message);
  return JSON.stringify([module, pattern]);
}

/** The log's own form, so that texts compare as moments do. */
function logTime(since: string): string {
  const moment = new Date(since);
  if (!Number.isNaN(moment.getTime())) return moment.toISOString();
  throw new UpliftError('INPUT_INVALID', {
    what: `${JSON.stringify(since)} is no moment`,
    next: 'give one as 2026-03-01T22:00:00Z',
  });
}

async function assertExists(database: PlatformDatabase, environment: string): Promise<void> {
  const row = await database
    .selectFrom('environments')
    .select('name')
    .where('name', '=', environment)
    .executeTakeFirst();
  if (!row) throw new UpliftError('ENVIRONMENT_UNKNOWN', { what: `There is no environment ${environment}` });
}
