/** The door of an environment: open to everybody, or closed to all but its checks (LIVE-01). A restart keeps it as it is wanted. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Logger } from 'pino';
import { checkHeader, checkSecret } from '../checkSecret.js';
import type { PlatformDatabase } from '../database.js';
import { readWhenChanged } from '../follow.js';

type Visitor = 'user' | 'check';

export interface Door {
  /** Who sends a request. The secret is off it afterwards, right or wrong: no front end gets to see it. */
  visitor(request: IncomingMessage): Visitor;
  admits(visitor: Visitor): boolean;
  /** Counts a user's passage as in flight until it has ended. */
  pass<T>(visitor: Visitor, passage: () => Promise<T>): Promise<T>;
  /** Reads what is wanted and writes what is so. */
  reconcile(): Promise<void>;
  state(): { readonly wanted: Wanted; readonly observed: Wanted; readonly usersInFlight: number };
}

type Wanted = 'open' | 'closed';

export async function environmentDoor(database: PlatformDatabase, environment: string, log: Logger): Promise<Door> {
  const secret = digest(await checkSecret(database, environment));
  const read = readWhenChanged(database, () => readRow(database, environment));
  let wanted: Wanted = 'closed';
  let written: Wanted | undefined;
  let usersInFlight = 0;

  /** Closed only once no user's request is in flight. */
  const observed = (): Wanted => (wanted === 'closed' && usersInFlight === 0 ? 'closed' : 'open');

  return {
    visitor({ headers }) {
      const given = headers[checkHeader];
      delete headers[checkHeader];
      return typeof given === 'string' && timingSafeEqual(digest(given), secret) ? 'check' : 'user';
    },
    admits: (visitor) => wanted === 'open' || visitor === 'check',
    async pass(visitor, passage) {
      if (visitor === 'check') return passage();
      usersInFlight++;
      try {
        return await passage();
      } finally {
        usersInFlight--;
      }
    },
    async reconcile() {
      const row = await read();
      wanted = row.wanted;
      written ??= row.observed;
      const now = observed();
      if (now === written) return;
      await database.updateTable('environments').set({ observed_door: now }).where('name', '=', environment).execute();
      written = now;
      log.info({ door: now }, 'door');
    },
    state: () => ({ wanted, observed: observed(), usersInFlight }),
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
