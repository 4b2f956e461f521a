/** The HTTP side of a front end: home page, screens, health. */
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { html, markupOf } from '../html.js';
import { crossSiteProblem } from '../sameOrigin.js';
import { screenAnswer } from './answer.js';
import type { Catalogue } from './catalogue.js';
import { type ErrorLog, messageOf } from './errorLog.js';
import type { ScreenRequest } from './instance.js';
import type { LoadedModule } from './loadedModules.js';
import {
  type ErrorPageParts,
  type NavigationEntry,
  type PageParts,
  plainRuntime,
  type ServerRuntime,
  type Surroundings,
} from './runtime.js';
import { withinTime } from './timeLimit.js';

export interface FrontEndState {
  readonly frontEnd: string;
  readonly environment: string;
  readonly release: string;
  readonly runtime: ServerRuntime;
  readonly errors: ErrorLog;
  /** Whether everything wanted at the start is loaded. */
  ready(): boolean;
  readonly becomesReady: Promise<void>;
  modules(): readonly LoadedModule[];
  catalogue(): Catalogue;
}

/** Milliseconds a screen may take. A drained front end never waits longer than this. */
const screenLimit = 30_000;

/** Bytes of a form. */
const formLimit = 1_048_576;

export function frontEndServer(state: FrontEndState): FastifyInstance {
  const server = Fastify({
    bodyLimit: formLimit,
    // A request that still arrives while the process ends is answered like any other: refusing it would lose it.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: {
      maxParamLength: 500,
      querystringParser: (text) => Object.fromEntries(new URLSearchParams(text)),
    },
  });
  let ending = false;
  server.addHook('preClose', async () => {
    ending = true;
  });
  server.addHook('onSend', async (_request, reply) => {
    reply.headers({
      'x-front-end': state.frontEnd,
      'x-server-release': state.release,
      'x-content-type-options': 'nosniff',
      ...(ending ? { connection: 'close' } : {}),
    });
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  platformRoutes(server, state);
  screenRoutes(server, state);
  return server;
}

function platformRoutes(server: FastifyInstance, state: FrontEndState): void {
  const { frontEnd, environment, release } = state;
  server.get('/_platform/health', async (_request, reply) => {
    const ready = state.ready();
    return reply
      .code(ready ? 200 : 503)
      .send({ frontEnd, environment, release, modules: state.modules().length, ready });
  });
  server.get('/_platform/modules', async () => ({
    frontEnd,
    modules: state.modules().map(({ screens, ...module }) => ({ ...module, screens: [...screens.keys()] })),
  }));
}

function screenRoutes(server: FastifyInstance, state: FrontEndState): void {
  server.register(async (pages) => {
    pages.addHook('onRequest', async (request, reply) => {
      const crossSite = crossSiteProblem(request.method, request.headers);
      if (crossSite) return problem(reply, state, { status: 403, title: 'Refused', message: `${crossSite}.` });
      // A balancer that has not noticed the start yet may send requests already: they wait rather than fail.
      await withinTime(state.becomesReady, screenLimit, `${state.frontEnd} is still loading its modules`);
    });
    pages.get('/', async (_request, reply) =>
      document(reply, state, 200, { title: 'Applications', body: homeBody(state.catalogue().navigation) }),
    );
    pages.route<{ Params: { module: string; screen: string } }>({
      method: ['GET', 'POST'],
      url: '/:module/:screen',
      handler: (request, reply) => showScreen(request, reply, state),
    });
  });
  server.setNotFoundHandler((_request, reply) => notFound(reply, state));
  server.setErrorHandler<FastifyError>((error, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) state.errors.write({ message: messageOf(error) });
    const message =
      status === 413 ? 'What you sent is larger than 1 MB.' : 'The server could not understand this request.';
    return problem(reply, state, { status, title: 'This request cannot be answered', message });
  });
}

async function showScreen(
  request: FastifyRequest<{ Params: { module: string; screen: string } }>,
  reply: FastifyReply,
  state: FrontEndState,
): Promise<FastifyReply> {
  const found = state.catalogue().find(request.params.module, request.params.screen);
  if (!found) return notFound(reply, state);
  const { module, screen } = found;
  const around = { title: screen.name, module: module.name, moduleRelease: module.release };
  try {
    const late = `${screen.name} did not answer within ${screenLimit / 1000} s`;
    const rendering = Promise.resolve().then(() => screen.render(screenRequest(request)));
    const answer = screenAnswer(await withinTime(rendering, screenLimit, late));
    switch (answer.kind) {
      case 'redirect':
        return await reply.redirect(answer.location, 303);
      case 'document':
        return await document(reply, state, answer.status, { ...around, body: answer.body });
    }
  } catch (error) {
    state.errors.write({
      module: module.name,
      message: `${request.method} ${request.params.screen}: ${messageOf(error)}`,
    });
    return problem(reply, state, {
      ...around,
      status: 500,
      title: 'Something went wrong',
      message: `${screen.name} could not be shown. The error was recorded.`,
    });
  }
}

function screenRequest(request: FastifyRequest): ScreenRequest {
  const query = request.query as Record<string, string>;
  const user = request.headers['x-forwarded-user'];
  return {
    ...query,
    method: request.method === 'POST' ? 'POST' : 'GET',
    path: request.url.split('?', 1)[0] ?? '/',
    query,
    form: (request.body ?? {}) as Record<string, string>,
    // Whoever stands in front of the balancer and signs people in says who it is.
    user: typeof user === 'string' ? user : '',
  };
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

function notFound(reply: FastifyReply, state: FrontEndState): Promise<FastifyReply> {
  return problem(reply, state, { status: 404, title: 'Not found', message: 'There is no screen at this address.' });
}

async function document(
  reply: FastifyReply,
  state: FrontEndState,
  status: number,
  parts: Omit<PageParts, 'serverRelease' | 'frontEnd' | 'navigation'>,
): Promise<FastifyReply> {
  const made = state.runtime.page({ ...surroundings(state), ...parts });
  return reply.code(status).type('text/html; charset=utf-8').send(made);
}

/** The release's own error page; the plain one when even that cannot be made. */
async function problem(
  reply: FastifyReply,
  state: FrontEndState,
  parts: Omit<ErrorPageParts, 'serverRelease' | 'frontEnd' | 'navigation'>,
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

function surroundings({ release, frontEnd, catalogue }: FrontEndState): Omit<Surroundings, 'title'> {
  return { serverRelease: release, frontEnd, navigation: catalogue().navigation };
}
