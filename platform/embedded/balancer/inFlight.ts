/** Requests in flight: they end by themselves or, where none may be left, are cut once their time is over. */
import type { ServerResponse } from 'node:http';

export interface InFlight {
  count(): number;
  /** Counts a request, which `response` answers, until its passage has ended. */
  during<T>(response: ServerResponse, passage: () => Promise<T>): Promise<T>;
  /**
   * To be told again and again whether none may be left. Once that was so for the whole patience, the connections of those that are
   * left are closed and count no more: how many, is given.
   */
  drain(draining: boolean): number;
}

/** `patience`: milliseconds that requests have to end by themselves. */
export function requestsInFlight(patience: number): InFlight {
  const responses = new Set<ServerResponse>();
  let deadline: number | undefined;

  return {
    count: () => responses.size,
    async during(response, passage) {
      responses.add(response);
      try {
        return await passage();
      } finally {
        responses.delete(response);
      }
    },
    drain(draining) {
      const now = performance.now();
      deadline = draining ? (deadline ?? now + patience) : undefined;
      return deadline === undefined || now < deadline ? 0 : cut();
    },
  };

  function cut(): number {
    const left = [...responses];
    responses.clear();
    for (const response of left) response.destroy();
    return left.length;
  }
}
