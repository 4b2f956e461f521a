/** Where a request is sent, and where next when that fails: no request may be lost because a front end is replaced. */

export interface Attempt<T> {
  readonly frontEnd: T;
  /** A `kept` connection may be ended by the front end in the very moment it is used; a `fresh` one is refused or served. */
  readonly connection: 'kept' | 'fresh';
}

/**
 * Reading may be tried again as long as no byte has come back. Once more, last, on the first front end: only its kept connection
 * may have failed, not the front end itself. Anything else changes something: it goes by a fresh connection, and elsewhere only
 * after a refused one, when nothing can have been sent.
 */
export function attemptsFor<T>(method: string, frontEnds: readonly T[]): readonly Attempt<T>[] {
  const [first, ...others] = frontEnds;
  if (first === undefined) return [];
  if (!isReading(method)) return frontEnds.map((frontEnd) => ({ frontEnd, connection: 'fresh' }));
  return [
    { frontEnd: first, connection: 'kept' },
    ...[...others, first].map((frontEnd): Attempt<T> => ({ frontEnd, connection: 'fresh' })),
  ];
}

export function mayTryAgain(method: string, error: unknown): boolean {
  return isReading(method) || wasRefused(error);
}

/** Nothing listens there: the front end is down. */
export function wasRefused(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ECONNREFUSED';
}

function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}
