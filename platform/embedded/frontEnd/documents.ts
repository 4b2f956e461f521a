/** The documents a front end answers with, made by the runtime of its release. */
import type { FastifyReply } from 'fastify';
import { html, markupOf } from '../../../http/html.js';
import { messageOf } from './errorLog.js';
import {
  type ErrorPageParts,
  type NavigationEntry,
  type PageParts,
  plainRuntime,
  type Surroundings,
} from './runtime.js';
import type { FrontEndState } from './state.js';

/** What the front end itself adds to a page. */
type Around = 'serverRelease' | 'frontEnd' | 'navigation';

export async function sendPage(
  reply: FastifyReply,
  state: FrontEndState,
  status: number,
  parts: Omit<PageParts, Around>,
): Promise<FastifyReply> {
  const made = state.runtime.page({ ...surroundings(state), ...parts });
  return reply.code(status).type('text/html; charset=utf-8').send(made);
}

/** The release's own error page; the plain one when even that cannot be made. */
export async function sendProblem(
  reply: FastifyReply,
  state: FrontEndState,
  parts: Omit<ErrorPageParts, Around>,
): Promise<FastifyReply> {
  const all = { ...surroundings(state), ...parts };
  let made: string;
  try {
    made = state.runtime.errorPage(all);
  } catch (error) {
    state.errors.write({ message: `The error page of ${state.release}: ${messageOf(error)}` });
    made = plainRuntime.errorPage(all);
  }
  return reply.code(parts.status).type('text/html; charset=utf-8').send(made);
}

export function sendNotFound(reply: FastifyReply, state: FrontEndState): Promise<FastifyReply> {
  return sendProblem(reply, state, { status: 404, title: 'Not found', message: 'There is no screen at this address.' });
}

/** The applications and their screens. */
export function sendHome(reply: FastifyReply, state: FrontEndState): Promise<FastifyReply> {
  return sendPage(reply, state, 200, { title: 'Applications', body: homeBody(state.catalogue().navigation) });
}

function homeBody(navigation: readonly NavigationEntry[]): string {
  const applications = [...new Set(navigation.map(({ application }) => application))];
  const sections = applications.map((application) => {
    const screens = navigation.filter((entry) => entry.application === application);
    const links = screens.map(({ href, title }) => html`<li><a href="${href}">${title}</a></li>`);
    return html`<section class="card"><h2>${application}</h2><ul>${links}</ul></section>`;
  });
  const nothing = html`<p class="empty">No module with a screen is deployed.</p>`;
  return markupOf(html`<div class="screen"><h1>Applications</h1>${sections.length > 0 ? sections : nothing}</div>`);
}

function surroundings({ release, frontEnd, catalogue }: FrontEndState): Pick<Surroundings, Around> {
  return { serverRelease: release, frontEnd, navigation: catalogue().navigation };
}
