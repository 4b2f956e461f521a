/** The pages a balancer answers with itself. None of them may be kept: the next request may be served. */
import type { ServerResponse } from 'node:http';
import { type Html, html, markupOf } from '../html.js';

const titles = { 403: 'Refused', 413: 'Too large', 502: 'No answer', 503: 'Not available' } as const;

/** Seconds after which a browser or a script may try again: a front end comes back soon, an upgrade takes its time. */
const retryAfter = { soon: '1', maintenance: '60' };

export function sendProblem(response: ServerResponse, status: keyof typeof titles, message: string): void {
  const title = titles[status];
  sendPage(response, status, title, html`<h1>${title}</h1><p>${message}</p>`, retryAfter.soon);
}

/** What every user gets while the door of the environment is closed (LIVE-01). */
export function sendMaintenance(response: ServerResponse, environment: string): void {
  const body = html`<h1>${environment} is under maintenance</h1>
<p>It is being upgraded and answers nobody meanwhile. Please come back later.</p>`;
  sendPage(response, 503, `${environment} is under maintenance`, body, retryAfter.maintenance);
}

function sendPage(response: ServerResponse, status: number, title: string, body: Html, after: string): void {
  const page = html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title></head>
<body><main>${body}</main></body>
</html>
`;
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    ...(status === 503 ? { 'retry-after': after } : {}),
  });
  response.end(markupOf(page));
}
