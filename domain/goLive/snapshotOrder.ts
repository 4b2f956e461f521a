/**
 * Which snapshot is the newest, and whose it is. Both are told by the environment's tokens, which only ever grow: a clock may be set
 * back. Of those that an older program took there is nothing but the number of their upgrade, and the clock.
 */

interface Taken {
  /** As a rule that of its upgrade: `acme#7`. */
  readonly id: string;
  /** Of the hold it was taken under; null: by a program that did not keep it. */
  readonly token: number | null;
  /** ISO 8601 UTC. */
  readonly takenAt: string;
}

interface Began {
  /** The first token of the hold; null: a program that did not keep it has begun it. */
  readonly firstToken: number | null;
  /** ISO 8601 UTC. */
  readonly since: string;
}

/** Negative when `a` is newer than `b`. */
export function newestFirst(a: Taken, b: Taken): number {
  if (a.token !== null || b.token !== null) return (b.token ?? 0) - (a.token ?? 0);
  const byNumber = numberOf(b) - numberOf(a);
  if (byNumber !== 0 && !Number.isNaN(byNumber)) return byNumber;
  return Date.parse(b.takenAt) - Date.parse(a.takenAt);
}

function numberOf({ id }: Taken): number {
  return Number(/#(\d+)$/.exec(id)?.[1]);
}

/** Whether a snapshot was taken under a hold that stands, under whichever of its tokens. */
export function isOfHold(snapshot: Omit<Taken, 'id'>, hold: Began): boolean {
  if (snapshot.token === null) return hold.firstToken === null && snapshot.takenAt >= hold.since;
  // What has a token was taken after every hold that was begun without.
  return snapshot.token >= (hold.firstToken ?? 0);
}
