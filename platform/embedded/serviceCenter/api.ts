/** The HTTP API of Service Center: JSON in, JSON out. */
import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { UpliftError } from '../../../domain/errors.js';
import type { ServiceCenterParts } from './operations.js';
import {
  deleteBody,
  executionParams,
  launchBody,
  pauseBody,
  publishBody,
  settingsBody,
  uploadBody,
} from './schemas.js';

interface Named {
  Params: { name: string };
}

/** Bytes of a request; the sources of a module are the largest. */
const bodyLimit = 16 * 1_048_576;

export async function api(server: FastifyInstance, parts: ServiceCenterParts): Promise<void> {
  reading(server, parts);
  launching(server, parts);
  changing(server, parts);
}

function reading(server: FastifyInstance, { environment, operations }: ServiceCenterParts): void {
  server.get('/environment', () => operations.facts());
  server.get('/modules', () => operations.modules());
  server.get<Named>('/modules/:name', async ({ params: { name } }) =>
    found(await operations.module(name), 'MODULE_UNKNOWN', `${environment} has no module ${name}`),
  );
  server.get('/upgrades', () => operations.executions());
  const schema = { params: executionParams };
  server.get<{ Params: { id: string } }>('/upgrades/preparations/:id', { schema }, async ({ params: { id } }) =>
    found(await operations.preparation(Number(id)), 'EXECUTION_UNKNOWN', `${environment} has no preparation ${id}`),
  );
  server.get<{ Params: { id: string } }>('/upgrades/deployments/:id', { schema }, async ({ params: { id } }) =>
    found(await operations.deployment(Number(id)), 'EXECUTION_UNKNOWN', `${environment} has no deployment ${id}`),
  );
}

function launching(server: FastifyInstance, { launcher, pauses, log }: ServiceCenterParts): void {
  const schema = { body: launchBody };
  server.post<{ Body: { user: string } }>('/upgrades/prepare', { schema }, async ({ body }, reply) =>
    reply.code(202).send(await launcher.prepare(body.user)),
  );
  server.post<{ Body: { user: string } }>('/upgrades/deploy', { schema }, async ({ body }, reply) =>
    reply.code(202).send(await launcher.deploy(body.user)),
  );
  type Pause = { Body: { user: string; reason: string } };
  server.get('/pause', async () => ({ paused: await pauses.current() }));
  server.post<Pause>('/pause', { schema: { body: pauseBody } }, async ({ body }) => {
    await pauses.pause(body.user, body.reason);
    return { paused: true };
  });
  server.delete<Pause>('/pause', { schema: { body: pauseBody } }, async ({ body }) => {
    await pauses.resume(body.user, body.reason);
    log.info(body, 'everything was resumed');
    return { paused: false };
  });
}

/** Without an `id` of the caller a repeated request is another operation. */
function changing(server: FastifyInstance, { environment, operations }: ServiceCenterParts): void {
  server.put<Named & { Body: { user: string; id?: string; files: Record<string, string> } }>(
    '/modules/:name/source',
    { schema: { body: uploadBody }, bodyLimit },
    async ({ params: { name }, body: { user, id = randomUUID(), files } }) => {
      await operations.upload({ id, environment, module: name, user, files });
      return { id };
    },
  );
  server.post<Named & { Body: { user: string; id?: string; files?: Record<string, string> } }>(
    '/modules/:name/publish',
    { schema: { body: publishBody }, bodyLimit },
    ({ params: { name }, body: { user, id = randomUUID(), files } }) =>
      operations.publish({ id, environment, module: name, user, ...(files === undefined ? {} : { files }) }),
  );
  server.post<Named & { Body: { user: string; id?: string; settings: Record<string, string> } }>(
    '/modules/:name/apply-configurations',
    { schema: { body: settingsBody } },
    ({ params: { name }, body: { user, id = randomUUID(), settings } }) =>
      operations.applyConfigurations({ id, environment, module: name, user, settings }),
  );
  server.delete<Named & { Body: { user: string; id?: string } }>(
    '/modules/:name',
    { schema: { body: deleteBody } },
    async ({ params: { name }, body: { user, id = randomUUID() } }) => {
      await operations.deleteModule({ id, environment, module: name, user });
      return { id };
    },
  );
}

function found<T>(value: T | undefined, code: 'MODULE_UNKNOWN' | 'EXECUTION_UNKNOWN', what: string): T {
  if (value !== undefined) return value;
  throw new UpliftError(code, { what });
}
