/** A closed door in words (LIVE-01): since when users are kept out, by whom and why, and what lets them in again. */
import { clockText } from '../text.js';

/** Users are kept out. */
export interface ClosedDoor {
  /** ISO 8601 UTC. */
  readonly since: string;
  /** The run that closed it: its workflow id. */
  readonly closedBy: string;
  readonly reason: string;
}

/** A door that an older program has closed may know none of it. */
export function doorText({ since, closedBy, reason }: ClosedDoor): string {
  const when = since === '' ? '' : ` since ${clockText(since)}`;
  return `users are kept out${when} by ${closedBy || 'an earlier run'}: ${reason || 'no reason is known'}`;
}

/** Of a door that an upgrade has closed: neither a stop nor a rejection opens it. */
export const whatOpensTheDoor =
  'the upgrade lets them in when it comes to its end, also when it is started again; a rollback lets them in on the former release';
