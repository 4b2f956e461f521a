/** What answers at an address, redirects followed as long as they stay within its site: a page, a login page, or nothing. */
import { shortened } from '../../domain/text.js';
import { connectionProblem } from './connectionProblem.js';

export type SiteAnswer =
  /** `problem`, null: none. */
  | { readonly kind: 'page'; readonly status: number; readonly problem: string | null }
  /** `how` it was told. */
  | { readonly kind: 'login'; readonly status: number; readonly how: string }
  | { readonly kind: 'none'; readonly problem: string };

/** As many as browsers follow. */
const mostRedirects = 20;

/** Never throws: also when `signal` is aborted. */
export async function answerAt(
  asked: URL,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<SiteAnswer> {
  let url = asked;
  let redirects = 0;
  try {
    for (;;) {
      const response = await fetch(url, { headers, redirect: 'manual', signal });
      const target = redirectOf(response, url);
      if (!target) return await judged(response, url, asked);
      await response.body?.cancel();
      if (!isSameSite(target, url)) return elsewhere(target, response.status);
      if (++redirects > mostRedirects) {
        const problem = `more than ${mostRedirects} redirects, the last to ${shown(target)}`;
        return { kind: 'page', status: response.status, problem };
      }
      url = target;
    }
  } catch (error) {
    return { kind: 'none', problem: connectionProblem(error) };
  }
}

/** Undefined: it is none, or leads nowhere. */
function redirectOf({ status, headers }: Response, from: URL): URL | undefined {
  const location = headers.get('location');
  if (![301, 302, 303, 307, 308].includes(status) || location === null) return undefined;
  return URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
}

/** Of one host and port; or from HTTP to HTTPS on one host. */
function isSameSite(target: URL, from: URL): boolean {
  return (
    target.origin === from.origin ||
    (from.protocol === 'http:' && target.protocol === 'https:' && target.hostname === from.hostname)
  );
}

function elsewhere(target: URL, status: number): SiteAnswer {
  const to = `${target.origin === 'null' ? target.protocol : target.origin}${shortened(target.pathname, 100)}`;
  if (looksLikeLogin(target.hostname) || looksLikeLogin(target.pathname)) {
    return { kind: 'login', status, how: `redirected to ${to}` };
  }
  return { kind: 'page', status, problem: `redirected to another site, ${to}` };
}

async function judged(response: Response, url: URL, asked: URL): Promise<SiteAnswer> {
  const { status } = response;
  if (status === 401 || status === 403) {
    await response.body?.cancel();
    return { kind: 'login', status, how: `status ${status}` };
  }
  const isEmpty = !(await hasContent(response));
  if (response.ok && url.pathname !== asked.pathname && looksLikeLogin(url.pathname)) {
    return { kind: 'login', status, how: `redirected to ${shown(url)}` };
  }
  return { kind: 'page', status, problem: problemOf(response, isEmpty) };
}

function problemOf({ ok, status, headers }: Response, isEmpty: boolean): string | null {
  if (!ok) return `status ${status}`;
  if (isEmpty) return 'the page is empty';
  const type = headers.get('content-type') ?? '';
  return /^[^;]*\b(html|json|xml)\b/i.test(type) ? null : 'the answer is neither a page nor data (HTML, JSON, XML)';
}

/** Names of pages, and of hosts, that ask who somebody is; rather too many than too few, since somebody looks at those that fail. */
function looksLikeLogin(text: string): boolean {
  return loginNames.test(text.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase());
}

const loginNames =
  /(log|sign)[-_]?(in|on)(page|screen|form|user)?(?![a-z])|no[-_]?permission|(?<![a-z])(sso|saml|oidc|o?auth)(?![a-z])|authori[sz]e|authenticat/;

/** What is read of an answer, so that one that breaks off is told from one that is whole: nothing of it is kept. */
const mostRead = 5 * 1024 * 1024;

async function hasContent({ body }: Response): Promise<boolean> {
  let found = false;
  let read = 0;
  for await (const chunk of body ?? []) {
    read += chunk.length;
    found ||= Buffer.from(chunk).toString('latin1').trim() !== '';
    if (read > mostRead) break;
  }
  return found;
}

/** Without what follows `?`: it may be a secret of somebody's session. */
function shown({ pathname }: URL): string {
  return shortened(pathname, 100);
}
