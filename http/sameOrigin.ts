/**
 * Keeps other web sites from reading and acting through the browser of somebody who may: every HTTP server here answers to this
 * machine's own names only, and what changes something comes from its own pages.
 */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

const harmless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

type Asked = Pick<IncomingMessage, 'method' | 'headers'>;

/** Why a request is refused, if it is: the name it was sent to, or the site it comes from. */
export function requestProblem({ method = 'GET', headers }: Asked): string | undefined {
  return foreignHostProblem(headers.host) ?? crossSiteProblem(method, headers);
}

/**
 * The target of a request in its usual form. Where it is a whole address, as clients send it to a proxy, what it names is the host,
 * whatever the `Host` header says, and the rest is the target (RFC 9112, 3.2.2).
 */
export function originForm(request: IncomingMessage): string {
  const { url = '/' } = request;
  const [, host, rest = ''] = /^https?:\/\/([^/?#]*)([^#]*)/i.exec(url) ?? [];
  if (host === undefined) return url;
  request.headers.host = host;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/**
 * A browser says where a request comes from, and no page can change what it says; a client
 * that says nothing (a script, a test) is no browser.
 */
function crossSiteProblem(method: string, headers: IncomingHttpHeaders): string | undefined {
  if (harmless.has(method)) return undefined;
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') {
    return `This request comes from another site (${String(site)}) and was refused`;
  }
  const { origin, host } = headers;
  if (origin !== undefined && !isOrigin(origin, host)) return `This request comes from ${origin} and was refused`;
  return undefined;
}

/** A name that leads here only because somebody else's name server says so must not be answered. */
function foreignHostProblem(host: string | undefined): string | undefined {
  const name = host?.replace(/:\d+$/, '').toLowerCase();
  if (name === '127.0.0.1' || name === 'localhost') return undefined;
  return `This server answers to 127.0.0.1 and localhost, not to ${host ?? 'a request without a host'}`;
}

function isOrigin(origin: string, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}
