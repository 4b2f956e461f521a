/**
 * The HTTP side of a front end: home page, screens, health. It answers its balancer, and its supervisor on the platform's own paths:
 * who could go around the balancer would go around the door.
 */
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { originForm, requestProblem } from '../../../http/sameOrigin.js';
import { sendHome, sendNotFound, sendProblem } from './documents.js';
import { messageOf } from './errorLog.js';
import { screenLimit, showScreen } from './screens.js';
import type { FrontEndState } from './state.js';
import { withinTime } from './timeLimit.js';

/** Bytes of a form. */
const formLimit = 1_048_576;

/** What these start with is the platform's own, whatever modules are called. */
const platformPaths = '/_platform/';

export function frontEndServer(state: FrontEndState): FastifyInstance {
  const server = Fastify({
    bodyLimit: formLimit,
    rewriteUrl: originForm,
    // A request that still arrives while the process ends is answered like any other: refusing it would lose it.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: {
      maxParamLength: 500,
      querystringParser: (text) => Object.fromEntries(new URLSearchParams(text)),
    },
  });
  let ending = false;
  server.addHook('onRequest', async (request, reply) => {
    const caller = state.secrets.callerOf(request.headers);
    const wanted = request.routeOptions.url?.startsWith(platformPaths) ? 'supervisor' : 'balancer';
    const stranger = caller !== 'balancer' && caller !== wanted;
    const problem = stranger
      ? `${state.frontEnd} answers nobody but the balancer of ${state.environment}`
      : requestProblem(request.raw);
    if (problem) return reply.code(403).type('text/plain; charset=utf-8').send(`${problem}.\n`);
    if (caller !== wanted) return sendNotFound(reply, state);
  });
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
  server.get(`${platformPaths}health`, async (_request, reply) => {
    const ready = state.ready();
    return reply
      .code(ready ? 200 : 503)
      .send({ frontEnd, environment, release, modules: state.modules().length, ready });
  });
  server.get(`${platformPaths}modules`, async () => ({
    frontEnd,
    modules: state.modules().map(({ screens, ...module }) => ({ ...module, screens: [...screens.keys()] })),
  }));
}

function screenRoutes(server: FastifyInstance, state: FrontEndState): void {
  server.register(async (pages) => {
    pages.addHook('onRequest', async (_request, reply) => {
      // A balancer that has not noticed the start yet may send requests already: they wait rather than fail.
      if (await isReadyInTime(state)) return;
      const message = `${state.frontEnd} is still loading its modules.`;
      return sendProblem(reply, state, { status: 503, title: 'Not available yet', message });
    });
    pages.get('/', (_request, reply) => sendHome(reply, state));
    pages.route<{ Params: { module: string; screen: string } }>({
      method: ['GET', 'POST'],
      url: '/:module/:screen',
      handler: (request, reply) => showScreen(request, reply, state),
    });
  });
  server.setNotFoundHandler((_request, reply) => sendNotFound(reply, state));
  server.setErrorHandler<FastifyError>((error, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) state.errors.write({ message: messageOf(error) });
    return sendProblem(reply, state, { status, title: 'This request cannot be answered', message: reasonFor(status) });
  });
}

function isReadyInTime({ becomesReady }: FrontEndState): Promise<boolean> {
  return withinTime(becomesReady, screenLimit, 'not ready').then(
    () => true,
    () => false,
  );
}

function reasonFor(status: number): string {
  if (status >= 500) return 'Something went wrong. The error was recorded.';
  return status === 413 ? 'What you sent is larger than 1 MB.' : 'The server could not understand this request.';
}
