/** What the forms of the pages do. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { UpliftError } from '../../../../domain/errors.js';
import { nameRule, textProblem } from '../../../../domain/text.js';
import { html } from '../../../../http/html.js';
import type { Execution, Launched, ServiceCenterOperations, ServiceCenterParts } from '../operations.js';
import type { PageContent } from './layout.js';
import { moduleAddress } from './parts.js';
import { show } from './show.js';
import { executionAddress } from './upgrades.js';
import { uploadOf } from './upload.js';

interface ModulePath {
  Params: { name: string };
}

type Form = Readonly<Record<string, string>>;

/** Milliseconds for which a button waits until what it started shows up, so that its progress can be shown at once (DEP-04). */
const showUp = 5_000;

export function moduleForms(server: FastifyInstance, { environment, operations }: ServiceCenterParts): void {
  const request = (name: string, form: Form) => ({ id: randomUUID(), environment, module: name, user: userOf(form) });
  server.post<ModulePath>('/modules/:name/upload', async (posted, reply) => {
    const { name } = posted.params;
    const upload = await uploadOf(posted, (user) => userOf({ user: String(user ?? '') }));
    await operations.upload({ id: randomUUID(), environment, module: name, ...upload });
    return reply.redirect(`${moduleAddress(name)}?done=uploaded`, 303);
  });
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

export function upgradeForms(server: FastifyInstance, { operations, launcher }: ServiceCenterParts): void {
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

function formOf(body: unknown): Form {
  return (body ?? {}) as Form;
}

function userOf(form: Form): string {
  const user = form.user?.trim();
  const problem = user && textProblem(user, nameRule);
  if (problem) throw new UpliftError('INPUT_INVALID', { what: `Your name ${problem}`, next: 'fill in your name' });
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
