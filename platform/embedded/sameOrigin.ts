/** Keeps other web sites from acting through the browser of somebody who may: what changes something comes from our own pages. */
import type { IncomingHttpHeaders } from 'node:http';

const harmless: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Why a request is refused, if it is. A browser says where a request comes from, and no page can change what it says; a client
 * that says nothing (a script, a test) is no browser.
 */
export function crossSiteProblem(method: string, headers: IncomingHttpHeaders): string | undefined {
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
export function foreignHostProblem(host: string | undefined): string | undefined {
  const name = host?.replace(/:\d+$/, '').toLowerCase();
  if (name === '127.0.0.1' || name === 'localhost') return undefined;
  return `This server answers to 127.0.0.1 and localhost, not to ${host ?? 'a request without a host'}`;
}

function isOrigin(origin: string, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}
