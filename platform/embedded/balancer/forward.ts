/** Sending a request to a front end, and to the next one only where it cannot have arrived. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { createProxyServer } from 'httpxy';
import type { Logger } from 'pino';
import { keepConnectionsApart } from '../../../http/forwarding.js';
import { type BalancedFrontEnd, type FrontEndTable, takesRequests, wasRefused } from './frontEnds.js';

/**
 * `answered`: something was sent, whole or not, or the client went away. `no front end`: there was none to send it to.
 * `failed`: it may have arrived at one, and nothing came back.
 */
type Forwarded =
  | { readonly kind: 'answered' }
  | { readonly kind: 'no front end' }
  | { readonly kind: 'failed'; readonly frontEnd: string };

export interface Forwarder {
  /** `body`: of the request, which was read whole. */
  forward(request: IncomingMessage, response: ServerResponse, body: readonly Buffer[]): Promise<Forwarded>;
}

/** Milliseconds a front end may be silent in an answer. More than it gives its screens. */
const answerLimit = 60_000;

/**
 * A request that may have arrived is sent nowhere else, whatever its method: it may be what ended the front end, or holds it up, and
 * would do the same to the next one. Each goes by a connection of its own, which is refused or served: one that was kept may be
 * ended by the front end in the very moment it is used, and nobody knows then whether the request was read.
 * `headers`: what front ends know their balancer by.
 */
export function forwarder(
  table: FrontEndTable,
  { log, headers }: { readonly log: Logger; readonly headers: Readonly<Record<string, string>> },
): Forwarder {
  const proxy = createProxyServer({ proxyTimeout: answerLimit });
  keepConnectionsApart(proxy);

  return {
    async forward(request, response, body) {
      for (const frontEnd of table.rotation()) {
        if (!takesRequests(frontEnd)) continue;
        const error = await send(request, response, body, frontEnd);
        if (error === undefined || response.headersSent || response.destroyed) return cutOff(response, error);
        log.warn({ frontEnd: frontEnd.name, url: request.url, err: error }, 'nothing came back');
        if (!wasRefused(error)) return { kind: 'failed', frontEnd: frontEnd.name };
        table.markDown(frontEnd);
      }
      return { kind: 'no front end' };
    },
  };

  /** Resolves when the response has ended, with what went wrong. */
  async function send(
    request: IncomingMessage,
    response: ServerResponse,
    body: readonly Buffer[],
    frontEnd: BalancedFrontEnd,
  ): Promise<unknown> {
    try {
      await frontEnd.inFlight.during(response, () =>
        proxy.web(request, response, {
          target: `http://127.0.0.1:${frontEnd.port}`,
          agent: false,
          buffer: Readable.from(body),
          headers: { ...headers, 'x-forwarded-for': forwardedFor(request), 'x-forwarded-proto': 'http' },
        }),
      );
      frontEnd.answered++;
      return undefined;
    } catch (error) {
      return error;
    }
  }
}

/** An answer that broke off must not look whole. */
function cutOff(response: ServerResponse, error: unknown): Forwarded {
  if (error !== undefined && !response.writableEnded) response.destroy();
  return { kind: 'answered' };
}

function forwardedFor({ headers, socket }: IncomingMessage): string {
  const before = headers['x-forwarded-for'];
  return [...(before === undefined ? [] : [before].flat()), socket.remoteAddress ?? 'unknown'].join(', ');
}
