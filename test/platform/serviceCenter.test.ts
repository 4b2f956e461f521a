/** Service Center over real sockets: its API, what it refuses and in which words, its pages. */
import http from 'node:http';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { UpliftError } from '../../domain/errors.js';
import type { ModuleState } from '../../domain/modules/module.js';
import { notUpgradedText } from '../../domain/modules/publication.js';
import { packSource, unpackSource } from '../../platform/embedded/compile/sources.js';
import { defaultSettings } from '../../platform/embedded/context.js';
import { leaseFor, nowText, type PlatformDatabase } from '../../platform/embedded/database.js';
import { databaseOperations } from '../../platform/embedded/serviceCenter/databaseOperations.js';
import type { Launcher, ServiceCenterOperations } from '../../platform/embedded/serviceCenter/operations.js';
import { serviceCenter } from '../../platform/embedded/serviceCenter/server.js';
import { startServiceCenter } from '../../platform/embedded/serviceCenter/start.js';
import { openStore, type Store } from '../../store/store.js';
import { ask, environment, testPlatform, underLock } from './serving.js';

const log = pino({ level: 'silent' });

interface Center {
  readonly database: PlatformDatabase;
  readonly store: Store;
  readonly url: string;
  startAgain(): Promise<void>;
  /** Who was asked to launch what. */
  readonly launches: string[];
  api(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }>;
  page(path: string): Promise<string>;
  form(path: string, fields: Record<string, string>): Promise<Response>;
}

interface ModuleRow {
  readonly name: string;
  readonly state: ModuleState;
  readonly release?: string;
  readonly diagnostics?: unknown;
  readonly cause?: unknown;
  readonly producers?: readonly string[];
}

/** A Service Center on a real database, with these modules. `launched`: what a button leaves behind. */
async function center(
  modules: readonly ModuleRow[] = [],
  launched?: (database: PlatformDatabase) => Promise<unknown>,
): Promise<Center> {
  const { database, data, serviceCenterPort } = await testPlatform();
  await database.insertInto('sources').values({ digest: 'none', files: new Uint8Array() }).execute();
  for (const module of modules) await addModule(database, module);
  const launches: string[] = [];
  const launch = (what: string) => async (by: string) => {
    launches.push(`${what} by ${by}`);
    await launched?.(database);
    return { workflow: `${what}/acme/${environment}`, link: 'http://127.0.0.1:8233/' };
  };
  const launcher: Launcher = { prepare: launch('prepare'), deploy: launch('deploy') };
  const store = openStore(data);
  const start = () => startServiceCenter({ database, dataFolder: data, environment, launcher, store, log });
  let serving = await start();
  onTestFinished(async () => {
    await serving.close();
    await store.destroy();
  });
  return {
    database,
    store,
    launches,
    async startAgain() {
      await serving.close();
      serving = await start();
    },
    ...client(`http://127.0.0.1:${serviceCenterPort}`),
  };
}

/** A Service Center whose operations are made up, for answers that only broken or busy worlds give. */
async function centerWith(operations: Partial<ServiceCenterOperations>): Promise<ReturnType<typeof client>> {
  const nothing = async () => ({ workflow: 'none' });
  const server = serviceCenter({
    environment,
    operations: { latestPreparation: async () => undefined, ...operations } as ServiceCenterOperations,
    launcher: { prepare: nothing, deploy: nothing },
    pauses: { pause: async () => undefined, resume: async () => undefined, current: async () => null },
    log,
  });
  onTestFinished(() => server.close());
  return client(await server.listen({ port: 0, host: '127.0.0.1' }));
}

function client(url: string) {
  return {
    url,
    async api(method: string, path: string, body?: unknown) {
      const response = await fetch(`${url}/api${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    page: async (path: string) => (await fetch(`${url}${path}`)).text(),
    form: (path: string, fields: Record<string, string>) =>
      fetch(`${url}${path}`, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual' }),
  };
}

async function addModule(database: PlatformDatabase, module: ModuleRow): Promise<void> {
  const { name, state, release = null, diagnostics, cause, producers = [] } = module;
  await underLock(database, name, (token) =>
    database
      .insertInto('modules')
      .values({
        environment,
        name,
        application: 'Claims',
        kind: 'web',
        version: '1.0.0',
        uploaded_source: 'none',
        published_source: 'none',
        published_at: null,
        state,
        release,
        diagnostics: diagnostics === undefined ? null : JSON.stringify(diagnostics),
        cause: cause === undefined ? null : JSON.stringify(cause),
        cost: 1,
        token,
      })
      .execute(),
  );
  for (const producer of producers) {
    await database.insertInto('module_references').values({ environment, consumer: name, producer }).execute();
  }
}

async function lockModule(database: PlatformDatabase, module: string): Promise<void> {
  await database
    .insertInto('locks')
    .values({
      environment,
      module,
      token: 1000,
      operation: 'Modules upgrade',
      holder: 'Compiler Service',
      claimed_by: 'a group',
      since: '2026-03-01T10:00:00.000Z',
      lease_until: leaseFor(60_000),
    })
    .execute();
}

type Status = 'running' | 'finished' | 'finished with errors' | 'failed';

async function addPreparation(
  database: PlatformDatabase,
  status: Status,
  counts: Record<string, number>,
): Promise<number> {
  const { id } = await database
    .insertInto('preparations')
    .values({
      environment,
      release: '11.18.1',
      status,
      requested_by: 'ana',
      started_at: nowText,
      ended_at: status === 'running' ? null : nowText,
      counts: JSON.stringify({ prepared: 0, failed: 0, skipped: 0, notApplicable: 0, left: 0, ...counts }),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

async function addGroup(
  database: PlatformDatabase,
  {
    preparation,
    number,
    status,
    modules,
  }: { preparation: number; number: number; status: 'running' | 'finished'; modules: string[] },
): Promise<void> {
  const common = { preparation, token: number, started_at: nowText, ended_at: null };
  await database
    .insertInto('preparation_groups')
    .values({ ...common, number, status, modules: JSON.stringify(modules) })
    .execute();
  for (const module of modules) {
    const outcome = status === 'running' ? 'running' : 'prepared';
    await database
      .insertInto('attempts')
      .values({ ...common, environment, module, group_number: number, outcome })
      .execute();
  }
}

const claims = '@acme/claims';
const at = (name: string) => `/modules/${encodeURIComponent(name)}`;

describe('the API', () => {
  it('tells how the environment and its modules stand', async () => {
    const { api } = await center([
      {
        name: claims,
        state: 'failed',
        producers: ['@acme/money'],
        diagnostics: [{ file: 'src/index.ts', line: 3, column: 1, code: 'TS2339', message: 'no' }],
      },
      { name: '@acme/money', state: 'pending' },
    ]);

    expect((await api('GET', '/environment')).body).toMatchObject({ name: environment, serverRelease: '11.18.1' });
    expect((await api('GET', '/modules')).body).toMatchObject([
      { name: claims, state: 'failed', diagnostics: [{ line: 3 }] },
      { name: '@acme/money', state: 'pending' },
    ]);
    expect((await api('GET', at('@acme/money'))).body).toMatchObject({
      consumers: [claims],
      producers: [],
      settings: {},
    });
    expect(await api('GET', at('@acme/nobody'))).toMatchObject({ status: 404, body: { code: 'MODULE_UNKNOWN' } });
    expect(await api('GET', '/nothing')).toMatchObject({ status: 404 });
  });

  it('PREP-09 DEP-04 lists every preparation and deployment, the newest first, each with its counts', async () => {
    const { api, database } = await center();
    const first = await addPreparation(database, 'finished with errors', {
      total: 5,
      prepared: 3,
      failed: 1,
      skipped: 1,
    });
    await database
      .insertInto('deployments')
      .values({
        environment,
        release: '11.18.1',
        status: 'finished',
        requested_by: 'bo',
        started_at: '2999-01-01T00:00:00.000Z',
      })
      .execute();
    const items = [
      { module: 'a', state: 'deployed' as const },
      { module: 'b', state: 'skipped' as const },
    ];
    await database
      .insertInto('deployment_items')
      .values(items.map((item) => ({ deployment: 1, reason: null, started_at: null, ended_at: null, ...item })))
      .execute();

    expect((await api('GET', '/upgrades')).body).toMatchObject([
      {
        step: 'Deployment',
        status: 'finished',
        requestedBy: 'bo',
        counts: { done: 1, failed: 0, skipped: 1, left: 0 },
      },
      { step: 'Preparation', id: first, requestedBy: 'ana', counts: { done: 3, failed: 1, skipped: 1, left: 0 } },
    ]);
    expect((await api('GET', '/upgrades/deployments/1')).body).toMatchObject({
      items: [{ module: 'a' }, { module: 'b' }],
    });
    expect(await api('GET', '/upgrades/preparations/99')).toMatchObject({
      status: 404,
      body: { code: 'EXECUTION_UNKNOWN' },
    });
    expect(await api('GET', '/upgrades/preparations/x')).toMatchObject({
      status: 400,
      body: { code: 'INPUT_INVALID' },
    });
  });

  it('PREP-05 refuses publish, apply configurations and delete of a locked module, in the words of the vendor', async () => {
    const { api, database } = await center([{ name: claims, state: 'pending' }]);
    await lockModule(database, claims);
    const answers = [
      await api('POST', `${at(claims)}/publish`, { user: 'ana' }),
      await api('POST', `${at(claims)}/apply-configurations`, { user: 'ana', settings: { colour: 'blue' } }),
      await api('DELETE', at(claims), { user: 'ana' }),
    ];

    for (const [index, operation] of ['1-Click Publish', 'Configuration update', 'Delete module'].entries()) {
      const { status, body } = answers[index] ?? { status: 0, body: {} };
      expect([status, body.code]).toEqual([409, 'MODULE_LOCKED']);
      expect(String(body.message).replace(/ at \d{4}-[^ ]+Z can't/, " at NOW can't")).toBe(
        `The ${operation} started by ana at NOW can't proceed because there is an ongoing Modules upgrade, started by Compiler Service at 2026-03-01T10:00:00.000Z, that is locking '@acme/claims' module.`,
      );
    }
  });

  it('PREP-06 refuses to publish a consumer whose producer is not prepared, naming the producer', async () => {
    const { api } = await center([
      { name: claims, state: 'pending', producers: ['@acme/money'] },
      { name: '@acme/money', state: 'pending' },
    ]);

    const { status, body } = await api('POST', `${at(claims)}/publish`, { user: 'ana' });

    expect([status, body.code]).toEqual([409, 'PRODUCER_NOT_PREPARED']);
    expect(body.message).toBe(
      "Producer module '@acme/money' hasn't been prepared for the current OutSystems environment version. The Preparation of Modules may not have finished yet, failed, or it is on hold. Check Service Center for more details or try to publish '@acme/money'.",
    );
  });

  it('applies settings, deletes a module nobody consumes and keeps one that is consumed', async () => {
    const { api, database } = await center([
      { name: claims, state: 'pending', producers: ['@acme/money'] },
      { name: '@acme/money', state: 'pending' },
    ]);

    expect(
      await api('POST', `${at(claims)}/apply-configurations`, { user: 'ana', settings: { a: '1' } }),
    ).toMatchObject({ status: 200 });
    const second = await api('POST', `${at(claims)}/apply-configurations`, { user: 'ana', settings: { b: '2' } });
    expect(second.body).toMatchObject({ settings: { a: '1', b: '2' } });
    expect(await api('DELETE', at('@acme/money'), { user: 'ana' })).toMatchObject({
      status: 409,
      body: { code: 'MODULE_HAS_CONSUMERS', blockedBy: claims },
    });
    expect(await api('DELETE', at(claims), { user: 'ana' })).toMatchObject({ status: 200 });
    expect(await database.selectFrom('modules').select('name').execute()).toEqual([{ name: '@acme/money' }]);
  });

  it('answers a failed compilation with its diagnostics, and an unexpected error without a word of it', async () => {
    const diagnostics = [
      { module: claims, file: 'src/index.ts', line: 2, column: 5, code: 'TS2339', message: 'no such thing' },
    ];
    const { api } = await centerWith({
      publish: async ({ module }) => {
        if (module !== claims) throw new TypeError('secret of the house at /opt/data');
        throw new UpliftError(
          'COMPILATION_FAILED',
          { what: `${claims} does not compile`, next: 'correct it' },
          { cause: { diagnostics } },
        );
      },
    });

    expect(await api('POST', `${at(claims)}/publish`, { user: 'ana' })).toEqual({
      status: 422,
      body: { code: 'COMPILATION_FAILED', message: `${claims} does not compile`, next: 'correct it', diagnostics },
    });
    const unexpected = await api('POST', `${at('other')}/publish`, { user: 'ana' });
    expect(unexpected).toMatchObject({ status: 500, body: { code: 'INTERNAL' } });
    expect(JSON.stringify(unexpected)).not.toContain('secret');
  });

  it('hands over the id, the user and the files it was given', async () => {
    const publish = vi.fn<ServiceCenterOperations['publish']>(async ({ id, module }) => ({
      id,
      module,
      release: '11.18.1',
      declarationsChanged: false,
      consumersPending: 0,
    }));
    const { api } = await centerWith({ publish });
    const body = { user: 'ana', id: 'ci/42', files: { 'src/index.ts': 'export {};' } };

    expect(await api('POST', `${at(claims)}/publish`, body)).toMatchObject({ status: 200, body: { id: 'ci/42' } });
    expect(publish).toHaveBeenCalledExactlyOnceWith({ environment, module: claims, ...body });
  });

  it.each([
    ['an unknown field', { user: 'ana', file: {} }, 'There is no field "file" in this request'],
    ['no user', {}, "must have required property 'user'"],
    ['a number for a text', { user: 7 }, 'user must be string'],
    ['a path that leaves the module', { user: 'ana', files: { '../../x.ts': '' } }, 'files'],
    ['an absolute path', { user: 'ana', files: { '/etc/x': '' } }, 'files'],
    ['a path that hides the way up', { user: 'ana', files: { 'src/../../x.ts': '' } }, 'files'],
    ['a file that is no text', { user: 'ana', files: { 'src/a.ts': 1 } }, 'files.src~1a.ts must be string'],
  ])('refuses %s', async (_what, body, message) => {
    const { api } = await centerWith({});

    const answer = await api('POST', `${at(claims)}/publish`, body);

    expect(answer).toMatchObject({ status: 400, body: { code: 'INPUT_INVALID' } });
    expect(answer.body.message).toContain(message);
  });

  it('names the known fields beside an unknown one, and refuses a body that is no JSON', async () => {
    const { api, url } = await centerWith({});

    expect((await api('POST', '/upgrades/prepare', { user: 'ana', force: true })).body.next).toBe('known fields: user');
    const response = await fetch(`${url}/api/upgrades/prepare`, {
      method: 'POST',
      body: '{',
      headers: { 'content-type': 'application/json' },
    });
    expect(response.status).toBe(400);
    const form = await fetch(`${url}/api/upgrades/prepare`, {
      method: 'POST',
      body: new URLSearchParams({ user: 'ana' }),
    });
    expect(form.status).toBe(415);
  });

  it('launches preparations and deployments for whoever asks', async () => {
    const { api, launches } = await center();

    expect(await api('POST', '/upgrades/prepare', { user: 'ana' })).toMatchObject({
      status: 202,
      body: { workflow: 'prepare/acme/Development' },
    });
    await api('POST', '/upgrades/deploy', { user: 'bo' });
    expect(launches).toEqual(['prepare by ana', 'deploy by bo']);
  });

  it('pauses and resumes everything', async () => {
    const { api } = await center();

    expect(await api('POST', '/pause', { user: 'ana', reason: 'fire drill' })).toMatchObject({
      status: 200,
      body: { paused: true },
    });
    expect(await api('POST', '/pause', { user: 'ana' })).toMatchObject({ status: 400 });
    expect(await api('DELETE', '/pause', { user: 'ana', reason: 'over' })).toMatchObject({
      status: 200,
      body: { paused: false },
    });
  });
});

describe('who may change something', () => {
  /** `fetch` does not let anybody choose these headers, as browsers do not. */
  function post(url: string, path: string, headers: Record<string, string>): Promise<number> {
    return new Promise((resolve, reject) => {
      const request = http.request(
        `${url}${path}`,
        { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      request.on('error', reject);
      request.end('{"user":"ana"}');
    });
  }

  it('refuses requests of other sites and under other names, for the API and for forms', async () => {
    const { url, launches } = await center();
    const host = new URL(url).host;
    const paths = ['/api/upgrades/prepare', '/ServiceCenter/upgrades/prepare'];
    const hostile = [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: 'http://localhost:1' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { host: 'evil.example' },
      { host: `127.0.0.1.evil.example:${new URL(url).port}` },
    ];

    for (const path of paths) for (const headers of hostile) expect(await post(url, path, headers)).toBe(403);
    expect(launches).toEqual([]);
    expect(
      await post(url, '/api/upgrades/prepare', { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }),
    ).toBe(202);
    expect(await post(url, '/api/upgrades/prepare', { host: `localhost:${new URL(url).port}` })).toBe(202);
  });

  it('takes the host from the target of a request where that is a whole address', async () => {
    const { url } = await center();

    expect((await ask(url, { path: 'http://evil.example/health' })).status).toBe(403);
    expect((await ask(url, { path: `${url}/health`, headers: { host: 'evil.example' } })).status).toBe(200);
  });
});

describe('the pages', () => {
  const pagePaths = [
    '/ServiceCenter/',
    '/ServiceCenter/modules',
    `/ServiceCenter${at(claims)}`,
    '/ServiceCenter/upgrades',
  ];

  it('PREP-10 PREP-13 shows banner and sidebar of a running preparation on every page, leading to the group in progress', async () => {
    const { database, page } = await center([
      { name: claims, state: 'preparing' },
      { name: '@acme/money', state: 'prepared', release: '11.18.1' },
    ]);
    await lockModule(database, claims);
    const id = await addPreparation(database, 'running', { total: 2 });
    await addGroup(database, { preparation: id, number: 1, status: 'finished', modules: ['@acme/money'] });
    await addGroup(database, { preparation: id, number: 2, status: 'running', modules: [claims] });
    const address = `/ServiceCenter/upgrades/preparations/${id}`;

    for (const path of [...pagePaths, address]) {
      const text = await page(path);
      expect(text).toContain(
        'The first step of the upgrade process has finished. This environment has been successfully upgraded to Platform Server version (11.18.1)',
      );
      expect(text).toContain('We are now preparing your modules - 50%');
      expect(text).toContain(`<a href="${address}#in-progress">current preparation details</a>`);
      expect(text).toContain(`<a href="${address}#in-progress">More details</a>`);
    }
    const detail = await page(address);
    expect(detail.indexOf('Group 2')).toBeLessThan(detail.indexOf('Group 1'));
    expect(detail).toContain('http-equiv="refresh"');
    const upgrades = await page('/ServiceCenter/upgrades');
    expect(upgrades).toContain(`<a href="${address}">Preparation</a>`);
    expect(upgrades).toContain('http-equiv="refresh"');
    expect(upgrades).not.toContain('<form');
  });

  it('PREP-11 PREP-13 shows after errors what failed, why others were skipped, what to do, and offers Prepare', async () => {
    const { database, page } = await center([
      {
        name: '@acme/money',
        state: 'failed',
        diagnostics: [
          {
            file: 'src/index.ts',
            line: 7,
            column: 3,
            code: 'TS2339',
            message: "Property 'toUpperCase' does not exist",
          },
        ],
      },
      {
        name: claims,
        state: 'skipped',
        producers: ['@acme/money'],
        cause: { module: '@acme/money', path: [claims, '@acme/money'] },
      },
    ]);
    const id = await addPreparation(database, 'finished with errors', { total: 2, failed: 1, skipped: 1 });
    const address = `/ServiceCenter/upgrades/preparations/${id}`;

    const upgrades = await page('/ServiceCenter/upgrades');
    expect(upgrades).toContain(`<a href="${address}#unfinished">There were errors preparing some modules.</a>`);
    for (const path of [...pagePaths, address]) {
      expect(bannerOf(await page(path))).toContain('<a href="/ServiceCenter/upgrades">go to Upgrades</a>');
    }
    expect(upgrades).toContain('0 modules prepared successfully, 1 modules failed and 1 modules skipped.');
    expect(upgrades).toContain('action="/ServiceCenter/upgrades/prepare"');
    const detail = await page(address);
    expect(detail).toContain('src/index.ts:7');
    expect(detail).toContain('Property &#39;toUpperCase&#39; does not exist');
    expect(detail.replace(/<[^>]+>/g, '')).toContain('because of @acme/money (@acme/claims → @acme/money)');
    expect(detail).toContain('publish the failed and skipped modules, producers first: @acme/money, @acme/claims');
    expect(detail).toContain(`href="/api/upgrades/preparations/${id}"`);
  });

  it('DEP-01 offers Deploy after a preparation with modules ready, in releases that have it', async () => {
    const { database, page } = await center([{ name: claims, state: 'prepared', release: '11.18.1' }]);
    const deploy = 'action="/ServiceCenter/upgrades/deploy"';
    await addPreparation(database, 'finished', { total: 1, prepared: 1 });

    const before = await page('/ServiceCenter/upgrades');
    expect(before).toContain('This environment is ready (<a href="/ServiceCenter/releases/11.18.1">Release Notes</a>)');
    expect(before).toContain('No further actions are required.');
    expect(before).toContain('>go to Upgrades</a>');
    expect(before).not.toContain(deploy);
    await toRelease(database, '11.19.0');
    expect(await page('/ServiceCenter/upgrades')).toContain(deploy);
  });

  it('DEP-01 offers no Deploy before there was any preparation, and none when everything runs', async () => {
    const { database, page } = await center([{ name: claims, state: 'prepared', release: '11.18.1' }]);
    await toRelease(database, '11.19.0');
    const deploy = 'action="/ServiceCenter/upgrades/deploy"';

    expect(await page('/ServiceCenter/upgrades')).not.toContain(deploy);
    await addPreparation(database, 'finished', { total: 1, prepared: 1 });
    const upgrades = await page('/ServiceCenter/upgrades');
    expect(upgrades).toContain(deploy);
    expect(upgrades).toContain('<p>1 module can be deployed.</p>');
    await database.updateTable('modules').set({ state: 'pending', token: null }).execute();
    expect(await page('/ServiceCenter/upgrades')).not.toContain(deploy);
  });

  it('PREP-09 the page of an old preparation has its own errors, not those of today, and no advice', async () => {
    const { database, page } = await center([
      { name: claims, state: 'failed', diagnostics: [problem('today')] },
      { name: '@acme/money', state: 'prepared', release: '11.18.1' },
    ]);
    const unfinished = [{ name: '@acme/money', state: 'failed', diagnostics: [problem('back then')], cause: null }];
    const old = await addPreparation(database, 'finished with errors', { total: 1, failed: 1 });
    await database
      .updateTable('preparations')
      .set({ unfinished: JSON.stringify(unfinished) })
      .execute();
    const forgotten = await addPreparation(database, 'finished with errors', { total: 1, failed: 1 });
    const latest = await addPreparation(database, 'finished with errors', { total: 1, failed: 1 });
    const detail = (id: number) => page(`/ServiceCenter/upgrades/preparations/${id}`);

    expect(await detail(old)).toContain('back then');
    expect(await detail(old)).toContain('As this preparation left them');
    for (const id of [old, forgotten]) {
      expect(await detail(id)).not.toContain('today');
      expect(await detail(id)).not.toContain('What to do');
    }
    expect(await detail(latest)).toContain('today');
    expect(await detail(latest)).toContain('What to do');
  });

  it('PREP-13 banner, sidebar, list and page of a running preparation say one percentage, that of its own modules', async () => {
    const { database, page } = await center([
      { name: '@acme/before', state: 'prepared', release: '11.18.1' },
      { name: '@acme/done', state: 'prepared', release: '11.18.1' },
      { name: claims, state: 'preparing' },
      { name: '@acme/money', state: 'pending' },
    ]);
    await lockModule(database, claims);
    const id = await addPreparation(database, 'running', { total: 3 });
    await addGroup(database, { preparation: id, number: 1, status: 'finished', modules: ['@acme/done'] });
    await addGroup(database, { preparation: id, number: 2, status: 'running', modules: [claims] });

    const detail = await page(`/ServiceCenter/upgrades/preparations/${id}`);
    const list = await page('/ServiceCenter/upgrades');
    for (const text of [detail, list]) {
      expect(text).toContain('preparing your modules - 33%');
      expect(text).toContain('Preparing modules: 33 %');
      expect(text).toContain('</progress> 33 %');
    }
    expect(detail).toContain('1 prepared, 0 failed, 0 skipped, 2 left');
    expect(cellsOf(list)).toEqual(['1', '0', '0', '2']);
  });

  it('PREP-10 says that the step itself failed', async () => {
    const { database, page } = await center([{ name: claims, state: 'pending' }]);
    await addPreparation(database, 'failed', { total: 1, left: 1 });

    const banner = bannerOf(await page('/ServiceCenter/'));
    expect(banner).toContain('There was an error preparing your modules.');
    expect(banner).toContain('go to Upgrades');
    expect(await page('/ServiceCenter/upgrades')).toContain('<span class="badge bad">failed</span>');
  });

  it('PREP-15 Release Notes leads to what is known of the release', async () => {
    const { page } = await center();
    expect(await page('/ServiceCenter/releases/11.41.0')).toContain('<li>Deployment service uses port 12101.</li>');
    expect(await page('/ServiceCenter/releases/11.40.1')).toContain('Fixes only');
    expect(await page('/ServiceCenter/releases/99.1.0')).toContain('Nothing is known of this release.');
  });

  it('LIVE-01 calls nothing ready while users are kept out', async () => {
    const { database, page } = await center([{ name: claims, state: 'prepared', release: '11.18.1' }]);
    await addPreparation(database, 'finished', { total: 1, prepared: 1 });
    await toRelease(database, '11.19.0');
    const said = async () => Promise.all([...pagePaths, '/ServiceCenter/upgrades/preparations/1'].map(page));

    for (const text of await said()) expect(text).toContain('This environment is ready');
    await database
      .updateTable('environments')
      .set({ wanted_door: 'closed', door_since: nowText, token: 5000 })
      .execute();
    for (const text of await said()) {
      expect(text).toContain('Users are kept out since');
      expect(text).toContain('Every module is prepared.');
      expect(text.replace(/<[^>]+>/g, '')).not.toMatch(/ready/i);
    }
  });

  it('finds modules by name, application and state, and does not reload while somebody may be typing', async () => {
    const { database, page } = await center([
      { name: claims, state: 'failed', diagnostics: [problem('no')] },
      { name: '@acme/money', state: 'preparing' },
      { name: '@acme/text', state: 'failed' },
    ]);
    await lockModule(database, '@acme/money');
    await addPreparation(database, 'running', { total: 3 });
    const found = async (query: string) =>
      [...(await page(`/ServiceCenter/modules${query}`)).matchAll(/<td class="text"><a href="[^"]+">([^<]+)</g)].map(
        ([, name]) => name,
      );

    expect(await found('')).toEqual([claims, '@acme/money', '@acme/text']);
    expect(await found('?name=TEXT')).toEqual(['@acme/text']);
    expect(await found('?name=claims')).toEqual([claims, '@acme/money', '@acme/text']);
    expect(await found('?name=acme%2Fclaims&state=failed')).toEqual([claims]);
    expect(await found('?state=failed')).toEqual([claims, '@acme/text']);
    const text = await page('/ServiceCenter/modules?name=%22%3E&state=failed');
    expect(text).toContain('name="name" value="&quot;&gt;"');
    expect(text).toContain('<option value="failed" selected>failed (2)</option>');
    expect(text).toContain('No module is like that.');
    for (const path of pagePaths) {
      const shown = await page(path);
      if (/<(?:input|select)/.test(shown)) expect(shown, path).not.toContain('http-equiv="refresh"');
    }
  });

  it('has a page for addresses that lead nowhere, an icon, and a title on each page', async () => {
    const { page, url } = await center([{ name: claims, state: 'pending' }]);

    for (const path of ['/nowhere', '/ServiceCenter/nowhere', '/ServiceCenter/upgrades/preparations/x']) {
      const response = await fetch(`${url}${path}`);
      expect([response.status, response.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
      expect(await response.text()).toContain('<title>Not found - Development - Service Center</title>');
    }
    const [, icon] = (await page('/ServiceCenter/')).match(/<link rel="icon" [^>]*href="([^"]+)"/) ?? [];
    expect((await fetch(`${url}${icon}`)).headers.get('content-type')).toContain('image/svg+xml');
    const titles = await Promise.all(pagePaths.map(async (path) => /<title>([^<]+)/.exec(await page(path))?.[1]));
    expect(new Set(titles).size).toBe(pagePaths.length);
  });

  it('PREP-14 leads to the address of the older report where the release has that one', async () => {
    const { database, page, url } = await center();
    const id = await addPreparation(database, 'running', { total: 0 });
    await toRelease(database, '11.16.1');

    expect(await page('/ServiceCenter/')).toContain(
      '<a href="/ServiceCenter/PrepareModules.aspx">Click here for more details</a>',
    );
    const response = await fetch(`${url}/ServiceCenter/PrepareModules.aspx`);
    expect(response.url).toBe(`${url}/ServiceCenter/upgrades/preparations/${id}`);
    expect(response.status).toBe(200);
  });

  it('PREP-06 shows the status of a module that is not compiled in this release, its references and settings', async () => {
    const { database, page } = await center([
      { name: claims, state: 'pending', producers: ['@acme/money'] },
      { name: '@acme/money', state: 'prepared', release: '11.18.1' },
    ]);
    await database
      .insertInto('configurations')
      .values({ environment, module: claims, settings: '{"colour":"blue"}' })
      .execute();

    const text = await page(`/ServiceCenter${at(claims)}`);
    expect(text).toContain(notUpgradedText.replaceAll("'", '&#39;'));
    expect(text).toContain('<a href="/ServiceCenter/modules/%40acme%2Fmoney">@acme/money</a>');
    expect(text).toContain('name="setting.colour" value="blue"');
    expect(await page(`/ServiceCenter${at('@acme/money')}`)).not.toContain(notUpgradedText.replaceAll("'", '&#39;'));
  });

  it('shows names and messages that look like markup as text', async () => {
    const name = '@acme/<img src=x onerror=alert(1)>';
    const message = '"><script>alert(2)</script>';
    const { page, database } = await center([
      { name, state: 'failed', diagnostics: [{ file: '<b>', line: 1, column: 1, code: '<i>', message }] },
      { name: claims, state: 'skipped', producers: [name], cause: { module: name, path: [claims, name] } },
    ]);
    await addPreparation(database, 'finished with errors', { total: 2, failed: 1, skipped: 1 });

    const everywhere = [...pagePaths, `/ServiceCenter${at(name)}`, '/ServiceCenter/upgrades/preparations/1'];
    for (const path of everywhere) {
      const text = await page(path);
      expect(text).not.toContain('<img');
      expect(text).not.toContain('<script');
      expect(text).not.toContain('<i>');
    }
    expect(await page(`/ServiceCenter${at(name)}`)).toContain('&lt;script&gt;alert(2)');
  });

  it('lets nothing run in a page and nobody frame it', async () => {
    const { url } = await center();
    const { headers } = await fetch(`${url}/ServiceCenter/`);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect((await fetch(`${url}/ServiceCenter/style.css`)).headers.get('content-type')).toContain('text/css');
  });
});

describe('the forms', () => {
  it('leads from a refusal to the page that shows more, instead of naming a command', async () => {
    const { form, database } = await center([
      { name: claims, state: 'pending', producers: ['@acme/money'] },
      { name: '@acme/money', state: 'failed' },
    ]);
    const publish = async () => (await form(`/ServiceCenter${at(claims)}/publish`, { user: 'ana' })).text();

    expect(await publish()).toContain('Next: <a href="/ServiceCenter/modules/%40acme%2Fmoney">@acme/money</a></p>');
    await lockModule(database, claims);
    const locked = await publish();
    expect(locked).toContain('Next: <a href="/ServiceCenter/modules">Modules</a> shows when it is free');
    expect(locked).not.toContain('uplift ');
  });

  it('takes the sources of a module from a folder, with the checks of the API', async () => {
    const { url, database, page } = await center([{ name: claims, state: 'pending' }]);
    await database
      .updateTable('sources')
      .set({ files: packSource({ 'src/old.ts': '1' }).blob })
      .execute();
    const address = `/ServiceCenter${at(claims)}`;
    const post = (files: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>, user = 'ana') => {
      const body = new FormData();
      body.set('user', user);
      for (const [name, content] of Object.entries(files)) body.append('files', new File([content], name));
      return fetch(`${url}${address}/upload`, { method: 'POST', body, redirect: 'manual' });
    };

    const sources = { 'src/index.ts': "export * from './deep/Claim.js';", 'src/deep/Claim.ts': 'export const é = 1;' };
    const below = Object.fromEntries(Object.entries(sources).map(([name, text]) => [`claims/${name}`, text]));
    const sent = await post({ ...below, 'claims/dist/x.js': 'no' });
    expect([sent.status, sent.headers.get('location')]).toEqual([303, `${address}?done=uploaded`]);
    expect(await page(`${address}?done=uploaded`)).toContain('The sources are stored');
    const { files } = await database
      .selectFrom('sources')
      .innerJoin('modules', 'modules.uploaded_source', 'sources.digest')
      .select('files')
      .executeTakeFirstOrThrow();
    expect(unpackSource(files)).toEqual(sources); // what was there before and is not in the folder is gone

    const refusals = [
      [await post({ 'claims/src/../../evil.ts': '1' }), 'files'],
      [await post({ 'claims/readme.md': '1' }), 'neither a package.json nor TypeScript files'],
      [await post({ 'claims/src/a.ts': new Uint8Array([0xff, 0xfe]) }), 'is not a text in UTF-8'],
      [await post({ 'claims/package.json': '{' }), 'package.json'],
      [await post({ 'claims/src/a.ts': '1' }, ''), 'does not say who you are'],
    ] as const;
    for (const [response, why] of refusals) {
      expect(response.status, why).toBe(400);
      expect(await response.text()).toContain(why);
    }
  });

  it('asks before it deletes, and offers nothing where the module is consumed', async () => {
    const { page } = await center([
      { name: claims, state: 'pending', producers: ['@acme/money'] },
      { name: '@acme/money', state: 'pending' },
    ]);
    const asked = (name: string) => page(`/ServiceCenter${at(name)}/delete`);

    const module = await page(`/ServiceCenter${at(claims)}`);
    expect(module).toContain(`<a href="/ServiceCenter${at(claims)}/delete">`);
    expect(module).not.toContain(`action="/ServiceCenter${at(claims)}/delete"`);
    expect(await asked(claims)).toContain(`action="/ServiceCenter${at(claims)}/delete"`);
    expect(await asked('@acme/money')).toContain('It cannot be deleted');
    expect(await asked('@acme/money')).not.toContain('<form');
  });

  it('PREP-05 shows a refusal in the words of the vendor', async () => {
    const { form, database } = await center([{ name: claims, state: 'pending' }]);
    await lockModule(database, claims);

    const response = await form(`/ServiceCenter${at(claims)}/publish`, { user: 'ana' });

    expect(response.status).toBe(409);
    const text = await response.text();
    expect(text).toContain('The 1-Click Publish started by ana at');
    expect(text).toContain('that is locking &#39;@acme/claims&#39; module.');
    expect((await form(`/ServiceCenter${at(claims)}/publish`, {})).status).toBe(400);
  });

  it('shows what was done, and the errors of what does not compile', async () => {
    const publish: ServiceCenterOperations['publish'] = async ({ id, module, user }) => {
      if (user === 'ana') return { id, module, release: '11.18.1', declarationsChanged: false, consumersPending: 0 };
      const diagnostics = [
        { module, file: 'src/List.ts', line: 9, column: 2, code: 'TS1', message: 'no such <thing>' },
      ];
      throw new UpliftError('COMPILATION_FAILED', { what: `${module} does not compile` }, { cause: { diagnostics } });
    };
    const { database, data } = await testPlatform();
    const real = databaseOperations(
      { database, dataFolder: data, settings: defaultSettings },
      environment,
      new AbortController().signal,
    );
    const { form } = await centerWith({ ...real, publish });
    const address = `/ServiceCenter${at(claims)}`;

    const published = await form(`${address}/publish`, { user: 'ana' });
    const failed = await form(`${address}/publish`, { user: 'bo' });

    expect([published.status, published.headers.get('location')]).toEqual([303, `${address}?done=published`]);
    expect(failed.status).toBe(422);
    const text = await failed.text();
    expect(text).toContain('src/List.ts:9');
    expect(text).toContain('no such &lt;thing&gt;');
    expect(text).toContain(`<a href="${address}">Back</a>`);
  });

  it('changes and adds settings, and deletes', async () => {
    const { form, database, page } = await center([{ name: claims, state: 'pending' }]);
    const address = `/ServiceCenter${at(claims)}`;
    await form(`${address}/apply-configurations`, { user: 'ana', name: 'colour', value: 'blue' });
    const changed = await form(`${address}/apply-configurations`, {
      user: 'ana',
      'setting.colour': 'red',
      name: '',
      value: '',
    });

    expect(changed.headers.get('location')).toBe(`${address}?done=configured`);
    expect(await page(`${address}?done=configured`)).toContain('The settings are applied.');
    expect(await page(`${address}?done=constructor`)).toContain('value="red"');
    expect((await form(`${address}/delete`, { user: 'ana' })).headers.get('location')).toBe('/ServiceCenter/modules');
    expect(await database.selectFrom('modules').selectAll().execute()).toEqual([]);
  });

  it('DEP-04 PREP-13 leads from Prepare straight to what it started', async () => {
    const { form, launches } = await center([{ name: claims, state: 'pending' }], (database) =>
      addPreparation(database, 'running', { total: 1 }),
    );

    const response = await form('/ServiceCenter/upgrades/prepare', { user: 'ana' });

    expect([response.status, response.headers.get('location')]).toEqual([
      303,
      '/ServiceCenter/upgrades/preparations/1',
    ]);
    expect(launches).toEqual(['prepare by ana']);
  });

  it('DEP-04 DEP-06 shows the progress of a deployment module by module, and what it left out', async () => {
    const { database, page } = await center();
    await database
      .insertInto('deployments')
      .values({ environment, release: '11.19.0', status: 'running', requested_by: 'bo', started_at: nowText })
      .execute();
    const items = [
      { module: '@acme/done', state: 'deployed' as const, reason: null },
      { module: '@acme/now', state: 'deploying' as const, reason: null },
      { module: '@acme/old', state: 'skipped' as const, reason: 'compilation failed: TS2339' },
    ];
    await database
      .insertInto('deployment_items')
      .values(items.map((item) => ({ deployment: 1, started_at: null, ended_at: null, ...item })))
      .execute();

    const running = await page('/ServiceCenter/upgrades/deployments/1');
    expect(running).toContain('1 deployed, 0 failed, 1 skipped, 1 left');
    expect(running).toContain('50 %');
    expect(running).toContain('compilation failed: TS2339');
    expect(running).toContain('http-equiv="refresh"');
    await database.deleteFrom('deployment_items').execute();
    await database.updateTable('deployments').set({ status: 'finished', ended_at: nowText }).execute();
    expect(await page('/ServiceCenter/upgrades/deployments/1')).toContain('There was nothing to deploy.');
  });

  it('DEP-05 DEP-06 says after errors what to do, what is not deployed, and what has changed since', async () => {
    const { database, page } = await center([{ name: claims, state: 'pending' }]);
    const text = async () => (await page('/ServiceCenter/upgrades/deployments/1')).replace(/<[^>]+>/g, ' ');
    await database
      .insertInto('deployments')
      .values({
        environment,
        release: '11.19.0',
        status: 'finished with errors',
        requested_by: 'bo',
        started_at: nowText,
      })
      .execute();
    await database
      .insertInto('deployment_items')
      .values({ deployment: 1, module: '@acme/gone', state: 'failed', reason: 'fe-1 is down', instance: 'i1' })
      .execute();

    const failed = (await text()).replace(/\s+/g, ' ');
    expect(failed).toContain('Environment now not fully upgraded');
    expect(failed).toContain('Select Deploy again in Upgrades : it takes only what failed or was prepared since.');
    expect(failed).toContain('If it keeps failing, publish the modules.');
    expect(failed).toContain('Changed since');
    expect(failed).toContain('@acme/gone deleted');

    await database.deleteFrom('modules').execute();
    await database.updateTable('deployments').set({ status: 'finished' }).execute();
    await database.updateTable('deployment_items').set({ state: 'deployed', instance: null }).execute();
    const well = (await text()).replace(/\s+/g, ' ');
    expect(well).toContain('Environment now fully upgraded');
    expect(well).not.toContain('Deploy again');
    expect(well).not.toContain('Changed since');
  });
});

function problem(message: string) {
  return { file: 'src/index.ts', line: 1, column: 1, code: 'TS1', message };
}

/** Of the first banner of a page. */
function bannerOf(text: string): string {
  return /<div class="banner[\s\S]*?<\/div>/.exec(text)?.[0] ?? '';
}

/** The counts of the newest execution in the list. */
function cellsOf(text: string): readonly (string | undefined)[] {
  const [, row = ''] = /<tbody><tr>([\s\S]*?)<\/tr>/.exec(text) ?? [];
  return [...row.matchAll(/<td class="number">(\d+)</g)].map(([, count]) => count);
}

async function toRelease(database: PlatformDatabase, version: string): Promise<void> {
  await database.insertInto('releases').values({ version, digest: version, compiler: 'none' }).execute();
  await database
    .insertInto('holds')
    .values({ environment, operation: 'upgrade', workflow: 'upgrade', release: version, token: 5000, since: nowText })
    .execute();
  const releases = { server_release: version, service_center_release: version, system_components_release: version };
  await database
    .updateTable('environments')
    .set({ ...releases, token: 5000 })
    .execute();
}

describe('evidence of what people do', () => {
  const evidenceOf = async ({ store }: Center) => {
    const rows = await store.selectFrom('messages').selectAll().orderBy('id').execute();
    return rows.map(({ name, environment: place, payload, refusal }) => ({
      name,
      place,
      ...(JSON.parse(payload) as object),
      ...(refusal === null ? {} : { refusal }),
    }));
  };

  it('publishes, configurations, deletes and pauses are recorded with who asked and how they ended, settings without values', async () => {
    const asked = await center([
      { name: 'base', state: 'prepared' },
      { name: 'consumer', state: 'prepared', producers: ['base'] },
    ]);
    const { api } = asked;
    const by = { user: 'ada' };

    await api('POST', '/modules/base/apply-configurations', { id: 'one', ...by, settings: { Password: 'hunter2' } });
    await api('DELETE', '/modules/base', { id: 'two', ...by });
    await api('DELETE', '/modules/consumer', { id: 'three', ...by });
    await api('DELETE', '/modules/consumer', { id: 'three', ...by });
    await api('POST', '/pause', { user: 'rita', reason: 'an audit' });
    await api('DELETE', '/pause', { user: 'otto', reason: 'it is over' });

    const ada = { place: environment, requestedBy: 'ada' };
    expect(await evidenceOf(asked)).toEqual([
      { name: 'Configuration update', ...ada, module: 'base', status: 'finished', settings: ['Password'] },
      {
        name: 'Delete module',
        ...ada,
        module: 'base',
        status: 'refused',
        refusal: expect.stringMatching(/^MODULE_HAS_CONSUMERS: /),
      },
      { name: 'Delete module', ...ada, module: 'consumer', status: 'finished' },
      { name: 'pause everything', place: '', requestedBy: 'rita', reason: 'an audit' },
      { name: 'resume everything', place: '', requestedBy: 'otto', reason: 'it is over' },
    ]);
  });

  it('what a process that ended had not recorded yet is recorded by the next one, once', async () => {
    const killed = await center();
    const row = { id: 'lost', environment, module: 'base', user: 'ada', operation: '1-Click Publish' as const };
    const answer = JSON.stringify({ result: {} });
    const times = { started_at: nowText, ended_at: nowText };
    await killed.database
      .insertInto('publications')
      .values({ ...row, status: 'finished', answer, ...times })
      .execute();

    await killed.startAgain();
    await killed.startAgain();

    expect(await evidenceOf(killed)).toEqual([
      { name: '1-Click Publish', place: environment, module: 'base', requestedBy: 'ada', status: 'finished' },
    ]);
  });
});
