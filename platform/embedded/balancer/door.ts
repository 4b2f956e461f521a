/** The door of an environment: open to everybody, or closed to all but its checks (LIVE-01). A restart keeps it as it is wanted. */
import type { ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { MaintenanceNotice } from '../../../port/door.js';
import type { PlatformDatabase } from '../database.js';
import { readWhenChanged } from '../follow.js';
import { requestsInFlight } from './inFlight.js';

export type Visitor = 'user' | 'check';

export interface Door {
  admits(visitor: Visitor): boolean;
  /** Counts a user's passage as in flight until it has ended, or is cut because the door closes. */
  pass<T>(visitor: Visitor, response: ServerResponse, passage: () => Promise<T>): Promise<T>;
  /** Reads what is wanted and writes what is so. */
  reconcile(): Promise<void>;
  /** Why users are kept out, and what they are told. */
  closed(): Closed;
  state(): { readonly wanted: Wanted; readonly observed: Wanted; readonly usersInFlight: number };
}

type Wanted = 'open' | 'closed';

export interface Closed {
  readonly reason: string | null;
  readonly notice: MaintenanceNotice | null;
}

/** `drainPatience`: milliseconds that users' requests in flight have when it closes. */
export function environmentDoor(
  database: PlatformDatabase,
  environment: string,
  { log, drainPatience }: { readonly log: Logger; readonly drainPatience: number },
): Door {
  const read = readWhenChanged(database, () => readRow(database, environment));
  let wanted: Wanted = 'closed';
  let closed: Closed = { reason: null, notice: null };
  let written: Wanted | undefined;
  const users = requestsInFlight(drainPatience);

  /** Closed only once no user's request is in flight any more. */
  const observed = (): Wanted => (wanted === 'closed' && users.count() === 0 ? 'closed' : 'open');

  return {
    admits: (visitor) => wanted === 'open' || visitor === 'check',
    pass: (visitor, response, passage) => (visitor === 'check' ? passage() : users.during(response, passage)),
    async reconcile() {
      const row = await read();
      wanted = row.wanted;
      closed = { reason: row.reason, notice: row.notice ? (JSON.parse(row.notice) as MaintenanceNotice) : null };
      written ??= row.observed;
      const cut = users.drain(wanted === 'closed');
      if (cut > 0) log.warn({ door: wanted, cut, seconds: drainPatience / 1000 }, 'requests that did not end were cut');
      const now = observed();
      if (now === written) return;
      await database.updateTable('environments').set({ observed_door: now }).where('name', '=', environment).execute();
      written = now;
      log.info({ door: now }, 'door');
    },
    closed: () => closed,
    state: () => ({ wanted, observed: observed(), usersInFlight: users.count() }),
  };
}

interface Row {
  readonly wanted: Wanted;
  readonly observed: Wanted;
  readonly reason: string | null;
  readonly notice: string | null;
}

function readRow(database: PlatformDatabase, environment: string): Promise<Row> {
  return database
    .selectFrom('environments')
    .select(['wanted_door as wanted', 'observed_door as observed', 'door_reason as reason', 'door_notice as notice'])
    .where('name', '=', environment)
    .executeTakeFirstOrThrow();
}
