/** The pages of Service Center and what their forms do. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { UpliftError } from '../../../../domain/errors.js';
import { html } from '../../html.js';
import { failureOf } from '../failures.js';
import type { Execution, Launched, ServiceCenterOperations, ServiceCenterParts } from '../operations.js';
import { deploymentPage } from './deployment.js';
import { failurePage } from './failure.js';
import { type PageContent, type PageFrame, pageDocument } from './layout.js';
import { modulePage } from './module.js';
import { modulesPage } from './modules.js';
import { overviewPage } from './overview.js';
import { moduleAddress } from './parts.js';
import { preparationPage } from './preparation.js';
import { style } from './style.js';
import { executionAddress, upgradesPage } from './upgrades.js';

interface ModulePath {
  Params: { name: string };
}

interface ExecutionPath {
  Params: { id: string };
}

type Form = Readonly<Record<string, string>>;

/** Everything a page needs comes from elsewhere on this server; nothing may run in it. */
const contentPolicy =
  "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Milliseconds for which a button waits until what it started shows up, so that its progress can be shown at once (DEP-04). */
const showUp = 5_000;

export async function pages(server: FastifyInstance, parts: ServiceCenterParts): Promise<void> {
  const { operations } = parts;
  server.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) =>
    done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  server.setErrorHandler((error, request, reply) => failed(request, reply, parts, error));
  server.get('/style.css', (_request, reply) => reply.type('text/css; charset=utf-8').send(style));
  readingPages(server, operations);
  moduleForms(server, parts);
  upgradeForms(server, parts);
}

function readingPages(server: FastifyInstance, operations: ServiceCenterOperations): void {
  server.get('/', async (_request, reply) => show(reply, operations, overviewPage(await operations.facts())));
  server.get('/modules', async (_request, reply) => show(reply, operations, modulesPage(await operations.modules())));
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
  ['configured', 'The settings are applied.'],
]);

function moduleForms(server: FastifyInstance, { environment, operations }: ServiceCenterParts): void {
  const request = (name: string, form: Form) => ({ id: randomUUID(), environment, module: name, user: userOf(form) });
  server.post<ModulePath>('/modules/:name/publish', async ({ params: { name }, body }, reply) => {
    await operations.publish(request(name, formOf(body)));
    return reply.redirect(`${moduleAddress(name)}?done=published`, 303);
  });
  server.post<ModulePath>('/modules/:name/apply-configurations', async ({ params: { name }, body }, reply) => {
    const form = formOf(body);
    await operations.applyConfigurations({ ...request(name, form), settings: settingsOf(form) });
    return reply.redirect(`${moduleAddress(name)}?done=configured`, 303);
  });
  server.post<ModulePath>('/modules/:name/delete', async ({ params: { name }, body }, reply) => {
    await operations.deleteModule(request(name, formOf(body)));
    return reply.redirect('/ServiceCenter/modules', 303);
  });
}

function upgradeForms(server: FastifyInstance, { operations, launcher }: ServiceCenterParts): void {
  const launch = async (reply: FastifyReply, step: Execution['step'], start: () => Promise<Launched>) => {
    const before = await operations.executions();
    const launched = await start();
    const running = await startedExecution(operations, step, before);
    if (running) return reply.redirect(executionAddress(running), 303);
    return show(reply.code(202), operations, launchedPage(step, launched));
  };
  server.post('/upgrades/prepare', ({ body }, reply) =>
    launch(reply, 'Preparation', () => launcher.prepare(userOf(formOf(body)))),
  );
  server.post('/upgrades/deploy', ({ body }, reply) =>
    launch(reply, 'Deployment', () => launcher.deploy(userOf(formOf(body)))),
  );
}

/** The execution that a button has started or joined, once there is a row of it. */
async function startedExecution(
  operations: ServiceCenterOperations,
  step: Execution['step'],
  before: readonly Execution[],
): Promise<Execution | undefined> {
  const deadline = Date.now() + showUp;
  const newest = before.find((execution) => execution.step === step)?.id ?? 0;
  while (Date.now() < deadline) {
    const now = (await operations.executions()).find((execution) => execution.step === step);
    if (now && (now.id > newest || now.status === 'running')) return now;
    await delay(100);
  }
  return undefined;
}

function launchedPage(step: Execution['step'], { workflow, link }: Launched): PageContent {
  return {
    title: `${step} requested`,
    section: 'upgrades',
    content: html`<p class="banner info" role="status">Workflow ${link ? html`<a href="${link}">${workflow}</a>` : workflow} was asked for and has not begun yet.</p>
<p><a href="/ServiceCenter/upgrades">Upgrades</a></p>`,
  };
}

async function show(
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

async function failed(
  request: FastifyRequest,
  reply: FastifyReply,
  { operations, log }: ServiceCenterParts,
  error: unknown,
): Promise<FastifyReply> {
  const { status, body } = failureOf(error);
  if (status >= 500) log.error({ err: error, url: request.url }, 'a page failed');
  return show(reply.code(status), operations, failurePage(body, backFrom(request.url)));
}

function backFrom(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  return path.startsWith('/ServiceCenter/upgrades/')
    ? '/ServiceCenter/upgrades'
    : path.replace(/\/(publish|apply-configurations|delete)$/, '');
}

function formOf(body: unknown): Form {
  return (body ?? {}) as Form;
}

function userOf(form: Form): string {
  const user = form.user?.trim();
  if (user) return user;
  throw new UpliftError('INPUT_INVALID', { what: 'The form does not say who you are', next: 'fill in your name' });
}

/** The fields of the settings there are, and the one that is added. */
function settingsOf(form: Form): Record<string, string> {
  const prefix = 'setting.';
  const changed = Object.entries(form).flatMap(([field, value]) =>
    field.startsWith(prefix) ? [[field.slice(prefix.length), value] as const] : [],
  );
  const added = form.name ? [[form.name, form.value ?? ''] as const] : [];
  return Object.fromEntries([...changed, ...added]);
}

function known<T>(value: T | undefined, code: 'MODULE_UNKNOWN' | 'EXECUTION_UNKNOWN', what: string): T {
  if (value !== undefined) return value;
  throw new UpliftError(code, { what: `This environment has ${what}` });
}
