/** The pages of Service Center. */
import type { FastifyInstance } from 'fastify';
import { UpliftError } from '../../../../domain/errors.js';
import type { ServiceCenterParts } from '../operations.js';
import { deploymentPage } from './deployment.js';
import { moduleForms, upgradeForms } from './forms.js';
import { icon } from './icon.js';
import { deletePage, modulePage } from './module.js';
import { type ModulesFilter, modulesPage } from './modules.js';
import { overviewPage } from './overview.js';
import { preparationPage } from './preparation.js';
import { releasePage } from './release.js';
import { show, showFailure, showWhole } from './show.js';
import { style } from './style.js';
import { upgradesPage } from './upgrades.js';
import { acceptUploads } from './upload.js';

interface ModulePath {
  Params: { name: string };
}

interface ExecutionPath {
  Params: { id: string };
}

export async function pages(server: FastifyInstance, parts: ServiceCenterParts): Promise<void> {
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  acceptUploads(server);
  server.setErrorHandler((error, request, reply) => showFailure(request, reply, parts, error));
  server.get('/style.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(style));
  server.get('/icon.svg', (_request, reply) => reply.type('image/svg+xml').send(icon));
  readingPages(server, parts);
  moduleForms(server, parts);
  upgradeForms(server, parts);
}

function readingPages(server: FastifyInstance, { operations, planPage }: ServiceCenterParts): void {
  server.get('/', async (_request, reply) => show(reply, operations, overviewPage(await operations.facts())));
  server.get<{ Querystring: ModulesFilter }>('/modules', async ({ query }, reply) =>
    show(reply, operations, modulesPage(await operations.modules(), query)),
  );
  server.get<ModulePath>('/modules/:name/delete', async ({ params }, reply) => {
    const module = known(await operations.module(params.name), 'MODULE_UNKNOWN', `no module ${params.name}`);
    return show(reply, operations, deletePage(await operations.facts(), module));
  });
  server.get<{ Params: { release: string } }>('/releases/:release', ({ params: { release } }, reply) =>
    show(reply, operations, releasePage(release)),
  );
  server.get<ModulePath & { Querystring: { done?: string } }>('/modules/:name', async ({ params, query }, reply) => {
    const module = known(await operations.module(params.name), 'MODULE_UNKNOWN', `no module ${params.name}`);
    return show(reply, operations, modulePage(await operations.facts(), module, notices.get(query.done ?? '')));
  });
  server.get('/upgrades', async (_request, reply) => {
    const environment = await operations.facts();
    const modules = await operations.modules();
    return show(reply, operations, upgradesPage({ environment, modules, executions: await operations.executions() }));
  });
  server.get<ExecutionPath>('/upgrades/preparations/:id', async ({ params: { id } }, reply) => {
    const detail = known(await operations.preparation(Number(id)), 'EXECUTION_UNKNOWN', `no preparation ${id}`);
    return show(reply, operations, preparationPage(detail));
  });
  server.get<ExecutionPath>('/upgrades/deployments/:id', async ({ params: { id } }, reply) => {
    const detail = known(await operations.deployment(Number(id)), 'EXECUTION_UNKNOWN', `no deployment ${id}`);
    return show(reply, operations, deploymentPage(detail));
  });
  server.get<{ Params: { hash: string } }>('/plans/:hash', async ({ params: { hash } }, reply) =>
    showWhole(reply, await planPage(hash)),
  );
  // The address of the report up to 11.16.1 (PREP-14).
  server.get('/PrepareModules.aspx', async (_request, reply) => {
    const latest = await operations.latestPreparation();
    return reply.redirect(
      latest ? `/ServiceCenter/upgrades/preparations/${latest.preparation}` : '/ServiceCenter/upgrades',
    );
  });
}

const notices: ReadonlyMap<string, string> = new Map([
  ['published', 'Published: every front end runs the new version.'],
  ['uploaded', 'The sources are stored: Publish compiles and deploys them.'],
  ['configured', 'The settings are applied.'],
]);

function known<T>(value: T | undefined, code: 'MODULE_UNKNOWN' | 'EXECUTION_UNKNOWN', what: string): T {
  if (value !== undefined) return value;
  throw new UpliftError(code, { what: `This environment has ${what}` });
}
