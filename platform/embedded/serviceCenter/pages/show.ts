/** Sending a page, and the page of what went wrong. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { failureOf } from '../failures.js';
import type { ServiceCenterOperations, ServiceCenterParts } from '../operations.js';
import { failurePage } from './failure.js';
import { type PageContent, type PageFrame, pageDocument } from './layout.js';

/** Everything a page needs comes from elsewhere on this server; nothing may run in it. */
const contentPolicy =
  "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export async function show(
  reply: FastifyReply,
  operations: ServiceCenterOperations,
  content: PageContent,
): Promise<FastifyReply> {
  const frame: PageFrame = { facts: await operations.facts(), preparation: await operations.latestPreparation() };
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', contentPolicy)
    .header('cache-control', 'no-store')
    .send(pageDocument(frame, content));
}

/** A page that has its own frame and style: it can be kept as a file (PLAN-06). */
export function showWhole(reply: FastifyReply, page: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
    .header('cache-control', 'no-store')
    .send(page);
}

export async function showFailure(
  request: FastifyRequest,
  reply: FastifyReply,
  { environment, operations, log }: ServiceCenterParts,
  error: unknown,
): Promise<FastifyReply> {
  const failure = failureOf(error);
  const { status } = failure;
  if (status >= 500) log.error({ err: error, url: request.url }, 'a page failed');
  return show(reply.code(status), operations, failurePage({ ...failure, environment, back: backFrom(request.url) }));
}

/** From a form of a module back to the module, from anything else to the list it belongs to, or to the first page. */
function backFrom(url: string): string {
  const [path = ''] = url.split('?', 1);
  if (path.startsWith('/ServiceCenter/upgrades')) return '/ServiceCenter/upgrades';
  const form = /^(.+)\/(?:upload|publish|apply-configurations|delete)$/.exec(path);
  return form?.[1] ?? (path.startsWith('/ServiceCenter/modules') ? '/ServiceCenter/modules' : '/ServiceCenter/');
}

/** An address that leads nowhere. */
export async function showNotFound(
  request: FastifyRequest,
  reply: FastifyReply,
  { environment, operations }: ServiceCenterParts,
  message: string,
): Promise<FastifyReply> {
  const failure = { status: 404, body: { code: 'INPUT_INVALID', message } } as const;
  return show(reply.code(404), operations, failurePage({ ...failure, environment, back: backFrom(request.url) }));
}
