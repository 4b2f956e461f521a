/**
 * Errors that are new since a moment, as an upgrade is (TEST-01). Two entries of the error log are of the same kind when module and
 * message agree but for numbers, ids and quoted values: a known error about another claim is no new one.
 */
import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely';
import { UpliftError } from '../../domain/errors.js';
import type { NewError } from '../../port/checks.js';
import type { EmbeddedContext } from './context.js';
import type { PlatformDatabase } from './database.js';
import type { PlatformTables } from './schema.js';
import { readManifests } from './snapshots/folder.js';

/** The kinds logged since `since` that were not logged before, most frequent first. Throws `ENVIRONMENT_UNKNOWN`, `INPUT_INVALID`. */
export async function newErrors(
  context: Pick<EmbeddedContext, 'database' | 'dataFolder'>,
  environment: string,
  since: string,
): Promise<readonly NewError[]> {
  const { database } = context;
  await assertExists(database, environment);
  const later = await laterThan(context, environment, since);
  const before = new Set((await readLog(database, environment, (eb) => eb.not(later(eb)))).map(kindOf));
  const found = new Map<string, NewError>();
  for (const entry of await readLog(database, environment, later)) {
    const kind = kindOf(entry);
    if (before.has(kind)) continue;
    const known = found.get(kind);
    found.set(kind, known ? { ...known, count: known.count + entry.count } : entry);
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}

type Condition = (
  eb: ExpressionBuilder<PlatformTables, 'error_log'>,
) => ExpressionWrapper<PlatformTables, 'error_log', SqlBool>;

/** By place in the log where a snapshot was taken then, for a clock may have been set back since; else by the clock. */
async function laterThan(
  { dataFolder }: Pick<EmbeddedContext, 'dataFolder'>,
  environment: string,
  since: string,
): Promise<Condition> {
  const from = logTime(since);
  const snapshot = (await readManifests(dataFolder, environment)).find(({ takenAt }) => takenAt === since);
  const last = snapshot?.errors ?? null;
  return (eb) => (last === null ? eb('at', '>=', from) : eb('id', '>', last));
}

/** One per module and message, in the order of their first appearance. */
async function readLog(
  database: PlatformDatabase,
  environment: string,
  condition: Condition,
): Promise<readonly NewError[]> {
  return database
    .selectFrom('error_log')
    .select((eb) => ['module', 'message', eb.fn.countAll<number>().as('count')])
    .where('environment', '=', environment)
    .where(condition)
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
