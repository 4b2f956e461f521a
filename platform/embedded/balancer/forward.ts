/** Sending a request to a front end, and to the next one where nothing came back. */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { createProxyServer, type ProxyServer } from 'httpxy';
import type { Logger } from 'pino';
import { type Attempt, attemptsFor, mayTryAgain, wasRefused } from './attempts.js';
import { type BalancedFrontEnd, type FrontEndTable, takesRequests } from './frontEnds.js';

/**
 * `answered`: something was sent, whole or not, or the client went away. `no front end`: there was none to send it to.
 * `failed`: it may have arrived at one, and nothing came back.
 */
type Forwarded = 'answered' | 'no front end' | 'failed';

export interface Forwarder {
  /** `body`: of the request, which was read whole. */
  forward(request: IncomingMessage, response: ServerResponse, body: readonly Buffer[]): Promise<Forwarded>;
  close(): void;
}

/** Milliseconds a front end may be silent in an answer. More than it gives its screens. */
const answerLimit = 60_000;

export function forwarder(table: FrontEndTable, log: Logger): Forwarder {
  const kept = new http.Agent({ keepAlive: true });
  const proxy = createProxyServer({ proxyTimeout: answerLimit });
  keepConnectionsApart(proxy);

  return {
    async forward(request, response, body) {
      const method = request.method ?? 'GET';
      let outcome: Forwarded = 'no front end';
      for (const attempt of attemptsFor(method, table.rotation())) {
        if (!takesRequests(attempt.frontEnd)) continue;
        const error = await send(request, response, body, attempt);
        if (error === undefined || response.headersSent || response.destroyed) return cutOff(response, error);
        if (wasRefused(error)) table.markDown(attempt.frontEnd);
        log.warn({ frontEnd: attempt.frontEnd.name, url: request.url, err: error }, 'nothing came back');
        if (!wasRefused(error)) outcome = 'failed';
        if (!mayTryAgain(method, error)) return outcome;
      }
      return outcome;
    },
    close: () => kept.destroy(),
  };

  /** Resolves when the response has ended, with what went wrong. */
  async function send(
    request: IncomingMessage,
    response: ServerResponse,
    body: readonly Buffer[],
    { frontEnd, connection }: Attempt<BalancedFrontEnd>,
  ): Promise<unknown> {
    try {
      await frontEnd.inFlight.during(response, () =>
        proxy.web(request, response, {
          target: `http://127.0.0.1:${frontEnd.port}`,
          agent: connection === 'kept' ? kept : false,
          buffer: Readable.from(body),
          headers: { 'x-forwarded-for': forwardedFor(request), 'x-forwarded-proto': 'http' },
        }),
      );
      frontEnd.answered++;
      return undefined;
    } catch (error) {
      return error;
    }
  }
}

/** A front end's word on its connection is not for the client, whose connection is another one. */
function keepConnectionsApart(proxy: ProxyServer): void {
  proxy.on('proxyRes', ({ headers }) => {
    delete headers.connection;
    delete headers['keep-alive'];
  });
}

/** An answer that broke off must not look whole. */
function cutOff(response: ServerResponse, error: unknown): Forwarded {
  if (error !== undefined && !response.writableEnded) response.destroy();
  return 'answered';
}

function forwardedFor({ headers, socket }: IncomingMessage): string {
  const before = headers['x-forwarded-for'];
  return [...(before === undefined ? [] : [before].flat()), socket.remoteAddress ?? 'unknown'].join(', ');
}
