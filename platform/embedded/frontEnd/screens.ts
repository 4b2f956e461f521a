/** Showing a screen: what it gets, what its answer becomes, what happens when it fails. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { screenAnswer } from './answer.js';
import { sendNotFound, sendPage, sendProblem } from './documents.js';
import { messageOf } from './errorLog.js';
import type { ScreenRequest } from './instance.js';
import type { FrontEndState } from './state.js';
import { withinTime } from './timeLimit.js';

/** Milliseconds a screen may take. A drained front end never waits longer than this. */
export const screenLimit = 30_000;

/** An error is the module's: it is recorded, and the browser learns only that there was one. */
export async function showScreen(
  request: FastifyRequest<{ Params: { module: string; screen: string } }>,
  reply: FastifyReply,
  state: FrontEndState,
): Promise<FastifyReply> {
  const found = state.catalogue().find(request.params.module, request.params.screen);
  if (!found) return sendNotFound(reply, state);
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
        return await sendPage(reply, state, answer.status, { ...around, body: answer.body });
    }
  } catch (error) {
    state.errors.write({
      module: module.name,
      message: `${request.method} ${request.params.screen}: ${messageOf(error)}`,
    });
    return sendProblem(reply, state, {
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
