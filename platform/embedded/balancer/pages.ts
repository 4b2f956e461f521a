/** The pages a balancer answers with itself. None of them may be kept: the next request may be served. */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { localDateTime } from '../../../domain/calendar/localTime.js';
import { type Html, type HtmlValue, html, markupOf, trusted } from '../../../http/html.js';
import type { MaintenanceNotice } from '../../../port/door.js';
import type { Closed } from './door.js';

const titles = { 403: 'Refused', 413: 'Too large', 502: 'No answer', 503: 'Not available' } as const;

/** Seconds after which a browser or a script may try again: a front end comes back soon, an upgrade takes its time. */
const retryAfter = { soon: '1', maintenance: '60' };

export function sendProblem(response: ServerResponse, status: keyof typeof titles, message: string): void {
  const title = titles[status];
  sendPage(response, status, title, html`<h1>${title}</h1><p>${message}</p>`, retryAfter.soon);
}

/** What every user gets while the door of the environment is closed (LIVE-01): in the words of the site, where it has some. */
export function sendMaintenance(response: ServerResponse, environment: string, { reason, notice }: Closed): void {
  const body = html`<h1>${environment} is under maintenance</h1>
<p>${notice?.text ?? 'It is being upgraded and answers nobody meanwhile. Please come back later.'}</p>
<dl>${reason && html`<dt>Why</dt><dd>${reason}</dd>`}${untilPart(notice)}${notice?.contact && html`<dt>Contact</dt><dd>${notice.contact}</dd>`}</dl>`;
  sendPage(response, 503, `${environment} is under maintenance`, body, retryAfter.maintenance);
}

/** Nothing where nobody knows, and where it is over already: it takes longer. */
function untilPart(notice: MaintenanceNotice | null): HtmlValue {
  if (notice?.until === undefined || Date.parse(notice.until) <= Date.now()) return null;
  const { until, timeZone } = notice;
  const text = localDateTime(Date.parse(until), timeZone).replace('T', ' ');
  return html`<dt>Expected until</dt><dd><time datetime="${until}">${text}</time> (${timeZone})</dd>`;
}

const style = `
:root { color-scheme: light dark; font: 17px/1.55 system-ui, sans-serif; color: #1c2733; background: #f4f6f8; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { box-sizing: border-box; width: 100%; max-width: 38rem; padding: 2rem 1.5rem; border-top: 5px solid #0b5c8a; background: #fff; overflow-wrap: anywhere; }
h1 { margin: 0 0 .6rem; font-size: 1.5rem; line-height: 1.25; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .2rem 1.2rem; margin: 1.2rem 0 0; font-size: .92rem; }
dl:empty { display: none; }
dt { color: #55636f; }
dd { margin: 0; }
@media (max-width: 30rem) { dl { grid-template-columns: minmax(0, 1fr); gap: 0; } dd { margin-bottom: .5rem; } }
@media (prefers-color-scheme: dark) { :root { color: #e3e9ee; background: #10171d; } main { background: #172129; } dt { color: #a3b1bc; } }
`;

/** Nothing runs in these pages, nothing comes from elsewhere, and no style but this one applies. */
const contentPolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`;

function sendPage(response: ServerResponse, status: number, title: string, body: Html, after: string): void {
  const page = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${trusted(style)}</style></head>
<body><main>${body}</main></body>
</html>
`;
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentPolicy,
    'cache-control': 'no-store',
    ...(status === 503 ? { 'retry-after': after } : {}),
  });
  response.end(markupOf(page));
}
