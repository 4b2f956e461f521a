/** The sample factory: what the demonstrations and the other tests rely on, seen with the real compilers and in Node. */
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import Database from 'libsql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Compilation, compileFactory } from './compileFactory.js';
import { reachedFrom, readModules, unitsOf } from './factoryModules.js';

const acme = path.resolve('examples/acme');
const host = Symbol.for('uplift.host');
const require = createRequire(import.meta.url);

interface Screen {
  readonly name: string;
  render(request: unknown): Promise<string | { redirect: string } | { status: number; html: string }>;
}

let folder: string;
let older: Compilation;
let newer: Compilation;
let fixed: Compilation;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'acme-'));
  older = await compileFactory({ factory: acme, release: '11.18.1', into: path.join(folder, 'older') });
  newer = await compileFactory({ factory: acme, release: '11.41.0', into: path.join(folder, 'newer') });
  const fixes = path.join(acme, 'fixes');
  fixed = await compileFactory({ factory: acme, release: '11.41.0', into: path.join(folder, 'fixed'), fixes });
});

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  Reflect.deleteProperty(globalThis, host);
});

describe('the modules', () => {
  it('PREP-01 all compile on 11.18.1', () => {
    expect(older.errors).toEqual({});
  });

  it('PREP-01 on 11.41.0 exactly two have errors of their own, which name what changed', () => {
    expect(Object.keys(newer.errors).sort()).toEqual(['@acme/feedback', '@acme/payments-core']);
    const payments = newer.errors['@acme/payments-core']?.join('\n');
    expect(payments).toContain("Property 'findBy' does not exist on type 'Table<Payment>'");
    expect(payments).toContain("Type 'ParsedNumber' is not assignable to type 'number'");
    const feedback = newer.errors['@acme/feedback']?.join('\n');
    expect(feedback).toContain("Property 'name' does not exist on type 'User'");
    expect(feedback).toContain('Expected 1 arguments, but got 2');
  });

  it('PREP-11 all compile on 11.41.0 once those two are fixed', () => {
    expect(fixed.errors).toEqual({});
  });

  it('PREP-07 the broken producer has direct and indirect consumers, the other broken module none, most consume neither', () => {
    const modules = readModules(acme);
    const byName = new Map(modules.map((module) => [module.name, module]));
    const consumersOf = (name: string) => modules.filter((module) => reachedFrom(module, byName).has(name));
    const skipped = consumersOf('@acme/payments-core').map(({ name }) => name);
    expect(skipped).toEqual(expect.arrayContaining(['@acme/payments', '@acme/dunning', '@acme/arrears']));
    expect(byName.get('@acme/arrears')?.producers).not.toContain('@acme/payments-core');
    expect(consumersOf('@acme/feedback')).toEqual([]);
    expect(reachedFrom(byName.get('@acme/feedback') ?? fail(), byName)).not.toContain('@acme/payments-core');
    expect(modules.length - skipped.length - 2).toBeGreaterThan(modules.length / 2);
  });

  it('claims and policies reference each other and are the only unit of more than one module', () => {
    const shared = unitsOf(readModules(acme)).filter((unit) => unit.length > 1);
    expect(shared.map((unit) => unit.map(({ name }) => name))).toEqual([['@acme/claims-core', '@acme/policies-core']]);
  });

  it('PREP-02 one module was uploaded and never published, and nothing consumes it', () => {
    const unpublished = readModules(acme).filter(({ folder: at }) => packageOf(at).uplift.published === false);
    expect(unpublished.map(({ name }) => name)).toEqual(['@acme/garages']);
    expect(readModules(acme).filter(({ producers }) => producers.includes('@acme/garages'))).toEqual([]);
  });
});

describe('the screens', () => {
  it.each([
    ['11.18.1', () => older],
    ['11.41.0', () => fixed],
  ])('TEST-01 every hot point shows its page on %s', async (release, compilation) => {
    installHost(new Database(':memory:'), release);
    const { hotPoints } = parse(fs.readFileSync(path.join(acme, 'uplift.yaml'), 'utf8')) as { hotPoints: string[] };
    for (const hotPoint of hotPoints) {
      const [, module, name] = hotPoint.split('/');
      const html = await screenOf(compilation(), `@acme/${module}`, name ?? '').render(request({}));
      expect(html, hotPoint).toContain('<h1>');
    }
  });

  it('PREP-01 a claim filed under 11.18.1 is shown under 11.41.0, and one filed there under 11.18.1', async () => {
    const database = new Database(':memory:');
    installHost(database, '11.18.1');
    const filed = await screenOf(older, '@acme/claims', 'FileClaim').render(claimForm('Hail on the windscreen.'));
    expect(filed).toEqual({ redirect: '/claims/Claims?done=CL-000006' });

    installHost(database, '11.41.0');
    expect(await screenOf(newer, '@acme/claims', 'Claims').render(request({}))).toContain('Hail on the windscreen.');
    await screenOf(newer, '@acme/claims', 'FileClaim').render(claimForm('A marten in the engine.'));

    installHost(database, '11.18.1');
    const list = await screenOf(older, '@acme/claims', 'Claims').render(request({}));
    expect(list).toContain('Hail on the windscreen.');
    expect(list).toContain('A marten in the engine.');
  });

  it('PREP-11 a payment registered under 11.18.1 is not booked again by the fixed module', async () => {
    const database = new Database(':memory:');
    const form = { policy: 'PO-000002', amount: '111.00', receivedOn: '2026-01-05', bankReference: 'TRF-1' };
    installHost(database, '11.18.1');
    const registered = await screenOf(older, '@acme/payments', 'RegisterPayment').render(request({ form }));
    expect(registered).toEqual({ redirect: '/payments/Payments?done=PA-000006' });

    installHost(database, '11.41.0');
    const again = await screenOf(fixed, '@acme/payments', 'RegisterPayment').render(request({ form }));
    expect(again).toMatchObject({ status: 422, html: expect.stringContaining('Booked already, as PA-000006.') });
    expect(await screenOf(fixed, '@acme/payments', 'Payments').render(request({}))).toContain('TRF-1');
  });

  it('a screen shows on which release its module runs', async () => {
    installHost(new Database(':memory:'), '11.41.0');
    expect(await screenOf(older, '@acme/claims', 'Claims').render(request({}))).not.toContain('11.41.0');
    expect(await screenOf(newer, '@acme/claims', 'Claims').render(request({}))).toContain('Screens 11.41.0');
  });

  it('a form with mistakes comes back with each of them and stores nothing', async () => {
    const database = new Database(':memory:');
    installHost(database, '11.18.1');
    const form = {
      policy: 'PO-9',
      cause: 'theft',
      happenedOn: '2026-02-30',
      claimed: '12.345',
      description: '<b>gone</b>',
    };
    const answer = await screenOf(older, '@acme/claims', 'FileClaim').render(request({ form }));
    expect(answer).toMatchObject({ status: 422 });
    const { html } = answer as { html: string };
    expect(html).toContain('There is no such policy.');
    expect(html).toContain('Choose a day of the calendar.');
    expect(html).toContain('Write at most two decimals.');
    expect(html).toContain('&lt;b&gt;gone&lt;/b&gt;');
    const list = await screenOf(older, '@acme/claims', 'Claims').render(request({}));
    expect(list).not.toContain('CL-000006');
  });

  it('without a front end a screen says that there is no platform', async () => {
    await expect(screenOf(older, '@acme/claims', 'Claims').render(request({}))).rejects.toThrow(
      'No platform to run on',
    );
  });
});

describe.each(['11.18.1', '11.41.0'])('the server runtime of %s', (release) => {
  const runtime = require(path.join(acme, 'releases', release, 'server/index.js'));
  const navigation = [
    { href: '/claims/Claim', title: 'Claim', application: 'Claims' },
    { href: '/claims/Claims', title: 'Claims', application: 'Claims' },
    { href: '/payments/Payments', title: 'Payments & more', application: 'Payments' },
  ];

  it('names server release, module, its release and the front end on every page', () => {
    const page = runtime.page({
      title: 'Claims',
      body: '<p>the body</p>',
      module: '@acme/claims',
      moduleRelease: '11.18.1',
      serverRelease: release,
      frontEnd: 'fe-2',
      navigation,
    });
    expect(page).toContain('<p>the body</p>');
    expect(page).toContain(`Platform Server <b>${release}</b>`);
    expect(page).toMatch(/<b>@acme\/claims<\/b> on <b class="\w+">11\.18\.1<\/b>/);
    expect(page).toContain('<b>fe-2</b>');
    expect(page).toContain('<a href="/claims/Claims" aria-current="true">Claims</a>');
    expect(page).not.toContain('Payments & more');
  });

  it('shows an error as text', () => {
    const page = runtime.errorPage({
      status: 404,
      title: 'Not found',
      message: 'No <script> here',
      serverRelease: release,
    });
    expect(page).toContain('404');
    expect(page).not.toContain('<script>');
  });
});

function screenOf(compilation: Compilation, module: string, name: string): Screen {
  return require(compilation.entry(module))[name];
}

function request({ form }: { form?: Record<string, string> }) {
  return { method: form ? 'POST' : 'GET', path: '', query: {}, form: form ?? {}, user: 'ana' };
}

function claimForm(description: string) {
  const happenedOn = new Date().toISOString().slice(0, 10);
  return request({ form: { policy: 'po 1', cause: 'accident', happenedOn, claimed: '1,250.50', description } });
}

/** What a front end installs before it loads a module, around a database of the test. */
function installHost(database: Database.Database, release: string): void {
  Reflect.set(globalThis, host, {
    frontEnd: 'fe-1',
    environment: 'Development',
    release,
    all: (sql: string, parameters: unknown[]) => database.prepare(sql).all(...parameters),
    run: (sql: string, parameters: unknown[]) => database.prepare(sql).run(...parameters),
    setting: () => undefined,
    log: () => undefined,
  });
}

function packageOf(at: string): { uplift: { published?: boolean } } {
  return JSON.parse(fs.readFileSync(path.join(acme, 'modules', at, 'package.json'), 'utf8'));
}

function fail(): never {
  throw new Error('The sample has no such module');
}
