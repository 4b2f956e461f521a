/**
 * A door before a server of somebody else's, which answers to any name and cannot be told not to: what comes is checked as it is
 * everywhere here, then passed on as it came.
 */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import { createProxyServer } from 'httpxy';
import { keepConnectionsApart } from './forwarding.js';
import { listen, type Serving } from './listen.js';
import { originForm, requestProblem } from './sameOrigin.js';

export interface CheckedProxyOptions {
  /** Of this machine, where the door listens; left out, the loopback address. */
  readonly address?: string;
  readonly port: number;
  /** The port of the loopback address on which the server listens. Nobody is told: who knows it goes around the door. */
  readonly target: number;
  /** What is reached through it, as people call it. */
  readonly what: string;
}

/** Resolves once it listens; the server itself may come later. Throws `PORT_IN_USE`. */
export async function startCheckedProxy({ address, port, target, what }: CheckedProxyOptions): Promise<Serving> {
  const proxy = createProxyServer({ target: `http://127.0.0.1:${target}` });
  keepConnectionsApart(proxy);
  const server = http.createServer((request, response) => {
    request.url = originForm(request);
    const problem = requestProblem(request);
    if (problem) return answer(request, response, 403, problem);
    proxy.web(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else answer(request, response, 502, `${what} does not answer`);
    });
  });
  await listen(server, port, what, address);
  return {
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(request: IncomingMessage, response: ServerResponse, status: number, problem: string): void {
  request.resume();
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${problem}.\n`);
}
