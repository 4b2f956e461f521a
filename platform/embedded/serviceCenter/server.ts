/**
 * Service Center of one environment: its pages and its HTTP API. It has no state and decides nothing: locks, order of publishing and
 * verdicts are the platform's, and its buttons ask the launcher.
 */
import Fastify, { type FastifyInstance } from 'fastify';
import { originForm, requestProblem } from '../../../http/sameOrigin.js';
import { api } from './api.js';
import { type FailureBody, failureOf } from './failures.js';
import type { ServiceCenterParts } from './operations.js';
import { pages } from './pages/routes.js';
import { showNotFound } from './pages/show.js';
import { schemaProblem, strictAjv } from './schemas.js';

/** Not listening yet. It is made for the loopback address only: it asks nobody for a password. */
export function serviceCenter(parts: ServiceCenterParts): FastifyInstance {
  const server = Fastify({
    forceCloseConnections: 'idle',
    rewriteUrl: originForm,
    routerOptions: { maxParamLength: 500 },
    ajv: { customOptions: strictAjv },
    schemaErrorFormatter: schemaProblem,
  });
  server.addHook('onRequest', async (request, reply) => {
    const problem = requestProblem(request.raw);
    if (problem) return reply.code(403).send({ code: 'INPUT_INVALID', message: problem } satisfies FailureBody);
  });
  server.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff');
  });
  server.setErrorHandler((error, request, reply) => {
    const { status, body } = failureOf(error);
    if (status >= 500) parts.log.error({ err: error, url: request.url }, 'a request failed');
    return reply.code(status).send(body);
  });
  server.setNotFoundHandler((request, reply) => {
    const message = `There is nothing at ${request.method} ${request.url}`;
    if (!request.url.startsWith('/api/')) return showNotFound(request, reply, parts, message);
    return reply.code(404).send({ code: 'INPUT_INVALID', message } satisfies FailureBody);
  });
  server.get('/health', async () => ({ environment: parts.environment, ready: true }));
  server.get('/', (_request, reply) => reply.redirect('/ServiceCenter/'));
  server.register((plugin) => api(plugin, parts), { prefix: '/api' });
  server.register((plugin) => pages(plugin, parts), { prefix: '/ServiceCenter' });
  return server;
}
