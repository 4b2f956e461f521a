/** The door of an environment: open to everybody, or closed to all but its checks (LIVE-01). A restart keeps it as it is wanted. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { checkHeader, checkSecret } from '../checkSecret.js';
import type { PlatformDatabase } from '../database.js';
import { readWhenChanged } from '../follow.js';
import { requestsInFlight } from './inFlight.js';

type Visitor = 'user' | 'check';

export interface Door {
  /** Who sends a request. The secret is off it afterwards, right or wrong: no front end gets to see it. */
  visitor(request: IncomingMessage): Visitor;
  admits(visitor: Visitor): boolean;
  /** Counts a user's passage as in flight until it has ended, or is cut because the door closes. */
  pass<T>(visitor: Visitor, response: ServerResponse, passage: () => Promise<T>): Promise<T>;
  /** Reads what is wanted and writes what is so. */
  reconcile(): Promise<void>;
  state(): { readonly wanted: Wanted; readonly observed: Wanted; readonly usersInFlight: number };
}

type Wanted = 'open' | 'closed';

/** `drainPatience`: milliseconds that users' requests in flight have when it closes. */
export async function environmentDoor(
  database: PlatformDatabase,
  environment: string,
  { log, drainPatience }: { readonly log: Logger; readonly drainPatience: number },
): Promise<Door> {
  const secret = digest(await checkSecret(database, environment));
  const read = readWhenChanged(database, () => readRow(database, environment));
  let wanted: Wanted = 'closed';
  let written: Wanted | undefined;
  const users = requestsInFlight(drainPatience);

  /** Closed only once no user's request is in flight any more. */
  const observed = (): Wanted => (wanted === 'closed' && users.count() === 0 ? 'closed' : 'open');

  return {
    visitor({ headers }) {
      const given = headers[checkHeader];
      delete headers[checkHeader];
      return typeof given === 'string' && timingSafeEqual(digest(given), secret) ? 'check' : 'user';
    },
    admits: (visitor) => wanted === 'open' || visitor === 'check',
    pass: (visitor, response, passage) => (visitor === 'check' ? passage() : users.during(response, passage)),
    async reconcile() {
      const row = await read();
      wanted = row.wanted;
      written ??= row.observed;
      const cut = users.drain(wanted === 'closed');
      if (cut > 0) log.warn({ door: wanted, cut, seconds: drainPatience / 1000 }, 'requests that did not end were cut');
      const now = observed();
      if (now === written) return;
      await database.updateTable('environments').set({ observed_door: now }).where('name', '=', environment).execute();
      written = now;
      log.info({ door: now }, 'door');
    },
    state: () => ({ wanted, observed: observed(), usersInFlight: users.count() }),
  };
}

/** Of the same length whatever was given, as a comparison in constant time needs it. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function readRow(
  database: PlatformDatabase,
  environment: string,
): Promise<{ readonly wanted: Wanted; readonly observed: Wanted }> {
  return database
    .selectFrom('environments')
    .select(['wanted_door as wanted', 'observed_door as observed'])
    .where('name', '=', environment)
    .executeTakeFirstOrThrow();
}
