/** Front ends as processes: what they serve, what they follow, how they end. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { environmentSecrets } from '../../platform/embedded/environmentSecrets.js';
import { ask, environment, eventually, fetchFrom, ready, type TestPlatform, testPlatform } from './serving.js';

/** A screen that shows a text; `extra` is more code of its module. */
const showing = (text: string, extra = '') =>
  `${extra}\nexport const List = { name: 'All claims', render: () => ${JSON.stringify(`<p>${text}</p>`)} };`;

async function page(platform: TestPlatform, url: string): Promise<string> {
  return (await fetchFrom(platform, url)).text();
}

/** A front end that runs one module with this code. */
async function serving(code: string, module = '@acme/claims'): Promise<TestPlatform> {
  const platform = await testPlatform();
  await platform.instance({ id: 'first', module, release: '11.18.1', code });
  await platform.want(module, 'first');
  await platform.startFrontEnd('fe-1');
  await ready(platform, 'fe-1');
  return platform;
}

const observed = (platform: TestPlatform) =>
  platform.database.selectFrom('front_end_modules').select(['module', 'instance', 'error']).execute();

describe('what a front end serves', () => {
  it('shows the screens of the wanted modules, each at its module and the name it is exported by', async () => {
    const platform = await serving(`
      export const List = { name: 'All claims', render: ({ max }) => '<p>' + max + ' claims</p>' };
      export const helper = () => 1;
      export const limit = 3;`);
    const url = platform.url('fe-1');

    const response = await fetchFrom(platform, `${url}/claims/List?max=7`);

    expect(await response.text()).toContain('<p>7 claims</p>');
    expect(response.headers.get('x-front-end')).toBe('fe-1');
    expect(response.headers.get('x-server-release')).toBe('11.18.1');
    expect((await fetchFrom(platform, `${url}/claims/List`, { method: 'HEAD' })).status).toBe(200);
    expect((await fetchFrom(platform, `${url}/claims/helper`)).status).toBe(404);
    expect((await fetchFrom(platform, `${url}/other/List`)).status).toBe(404);
    expect(await page(platform, url)).toContain('<a href="/claims/List">All claims</a>');
    const modules = await (await fetchFrom(platform, `${url}/_platform/modules`)).json();
    expect(modules).toMatchObject({
      frontEnd: 'fe-1',
      modules: [{ name: '@acme/claims', instance: 'first', release: '11.18.1', screens: ['List'] }],
    });
  });

  it('gives a screen method, query, form and user, and understands a redirect and another status', async () => {
    const platform =
      await serving(`export const Echo = { name: 'Echo', async render({ method, path, query, form, user }) {
      if (form.go) return { redirect: form.go };
      if (query.gone) return { status: 410, html: '<p>gone</p>' };
      return JSON.stringify({ method, path, query, form, user });
    } };`);
    const screen = `${platform.url('fe-1')}/claims/Echo`;
    const post = (form: Record<string, string>) =>
      fetchFrom(platform, `${screen}?a=1`, {
        method: 'POST',
        body: new URLSearchParams(form),
        headers: { 'x-forwarded-user': 'ana' },
        redirect: 'manual',
      });

    expect(await (await post({ b: '2' })).text()).toContain(
      '{"method":"POST","path":"/claims/Echo","query":{"a":"1"},"form":{"b":"2"},"user":"ana"}',
    );
    const redirected = await post({ go: '/claims/List' });
    expect([redirected.status, redirected.headers.get('location')]).toEqual([303, '/claims/List']);
    const gone = await fetchFrom(platform, `${screen}?gone=yes`);
    expect([gone.status, await gone.text()]).toEqual([410, expect.stringContaining('<p>gone</p>')]);
  });

  it.each(['/', '/claims/List', '/nowhere', '/_platform/health', '/_platform/modules', '/%5fplatform/modules'])(
    'LIVE-01 shows %s to nobody who comes to its own port, around the balancer and its door',
    async (path) => {
      const platform = await serving(showing('claims'));
      const { headersOf } = await environmentSecrets(platform.database, environment);
      const guess = Object.keys(headersOf('balancer')).map((name) => [name, 'guess']);

      const strangers = [{}, Object.fromEntries(guess), headersOf('check')];
      const answers = await Promise.all(strangers.map((headers) => ask(platform.url('fe-1'), { path, headers })));

      const refused = { status: 403, text: 'fe-1 answers nobody but the balancer of Development.\n' };
      expect(answers).toEqual([refused, refused, refused]);
    },
  );

  it('answers to the names of this machine only, also where the target of a request is a whole address', async () => {
    const platform = await serving(showing('claims'));
    const url = platform.url('fe-1');
    const secret = (await environmentSecrets(platform.database, environment)).headersOf('balancer');
    const statusOf = async (path: string, host: string) =>
      (await ask(url, { path, headers: { ...secret, host } })).status;

    expect(await statusOf('/claims/List', 'evil.example')).toBe(403);
    expect(await statusOf('http://evil.example/claims/List', '127.0.0.1')).toBe(403);
    expect(await statusOf(`${url}/claims/List`, 'evil.example')).toBe(200);
  });

  it('refuses a form of another site, and one of more than 1 MB', async () => {
    const platform = await serving(showing('claims'));
    const screen = `${platform.url('fe-1')}/claims/List`;
    const post = (headers: Record<string, string>, body = 'a=1') =>
      fetchFrom(platform, screen, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      });

    expect((await post({ origin: 'http://evil.example' })).status).toBe(403);
    expect((await post({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await post({ origin: platform.url('fe-1') })).status).toBe(200);
    expect((await post({}, `a=${'x'.repeat(1_100_000)}`)).status).toBe(413);
  });

  it('PREP-01 runs a module with the components of its own release beside one of the newer release', async () => {
    const platform = await testPlatform();
    const component = (release: string) => ({
      'node_modules/@system/info/package.json': '{"name":"@system/info","type":"module","exports":"./index.js"}',
      'node_modules/@system/info/index.js': `export const release = '${release}';`,
    });
    await platform.release('11.18.1', component('11.18.1'));
    await platform.release('11.41.0', component('11.41.0'));
    const code = `import { release } from '@system/info';
      export const List = { name: 'List', render: () => 'components of ' + release };`;
    await platform.instance({ id: 'old', module: '@acme/old', release: '11.18.1', code });
    await platform.instance({ id: 'new', module: '@acme/new', release: '11.41.0', code });
    await platform.want('@acme/old', 'old');
    await platform.want('@acme/new', 'new');
    await platform.startFrontEnd('fe-1');
    const url = platform.url('fe-1');
    await ready(platform, 'fe-1');

    expect(await page(platform, `${url}/old/List`)).toContain('components of 11.18.1');
    expect(await page(platform, `${url}/new/List`)).toContain('components of 11.41.0');
  });

  it('surrounds screens with the runtime of the wanted release, and tells it the release of the module', async () => {
    const platform = await testPlatform();
    await platform.release('11.18.1', {
      'server/package.json': '{"type":"module"}',
      'server/index.js': `
        export const page = (parts) => 'own runtime ' + JSON.stringify(parts);
        export const errorPage = ({ status, title }) => 'own error ' + status + ' ' + title;`,
    });
    await platform.instance({ id: 'first', module: '@acme/claims', release: '11.18.1', code: showing('claims') });
    await platform.want('@acme/claims', 'first');
    await platform.startFrontEnd('fe-1');
    const url = platform.url('fe-1');
    await ready(platform, 'fe-1');

    const shown = await page(platform, `${url}/claims/List`);
    expect(JSON.parse(shown.replace('own runtime ', ''))).toMatchObject({
      title: 'All claims',
      body: '<p>claims</p>',
      module: '@acme/claims',
      moduleRelease: '11.18.1',
      serverRelease: '11.18.1',
      frontEnd: 'fe-1',
      navigation: [{ href: '/claims/List', title: 'All claims' }],
    });
    expect(await page(platform, `${url}/claims/Nowhere`)).toBe('own error 404 Not found');
  });

  it('shows a plain error page when the runtime of the release cannot make its own', async () => {
    const platform = await testPlatform();
    await platform.release('11.18.1', {
      'server/package.json': '{"type":"module"}',
      'server/index.js': `export const page = () => { throw new Error('no page'); };
        export const errorPage = () => { throw new Error('no error page either'); };`,
    });
    await platform.startFrontEnd('fe-1');
    const url = platform.url('fe-1');
    await ready(platform, 'fe-1');

    const response = await fetchFrom(platform, url);
    expect(response.status).toBe(500);
    expect(await response.text()).toContain('Something went wrong. The error was recorded.');
  });

  it.each(['then', 'constructor', '__proto__', 'default'])('shows a screen that is exported as %s', async (name) => {
    const platform = await serving(`
      function screen() {}
      screen.render = () => 'a screen of an odd name';
      export { screen as ${name} };`);
    const url = platform.url('fe-1');
    expect(await page(platform, `${url}/claims/${name}`)).toContain('a screen of an odd name');
  });

  it('keeps modules of the same name but another scope apart', async () => {
    const platform = await serving(showing('of acme'));
    await platform.instance({
      id: 'other',
      module: '@other/claims',
      release: '11.18.1',
      code: showing('of the other'),
    });
    await platform.want('@other/claims', 'other');
    const url = platform.url('fe-1');

    const other = await eventually(
      'the other one is in the navigation',
      async () => /href="([^"]*other[^"]*)"/.exec(await page(platform, url))?.[1],
    );
    expect(await page(platform, `${url}${other}`)).toContain('of the other');
    expect(await page(platform, `${url}/claims/List`)).toContain('of acme');
  });

  it('gives components the data of the environment and the settings as they are applied', async () => {
    const platform = await serving(`
      const host = globalThis[Symbol.for('uplift.host')];
      export const Count = { name: 'Count', render() {
        host.run('create table if not exists visits (id integer primary key, by text)', []);
        const { changes, lastInsertRowid } = host.run('insert into visits (by) values (?)', [host.frontEnd]);
        const rows = host.all('select count(*) as visits from visits where by = ?', ['fe-1']);
        return JSON.stringify({ changes, lastInsertRowid, rows, greeting: host.setting('@acme/claims', 'greeting') ?? 'none', of: [host.environment, host.release] });
      } };`);
    const screen = `${platform.url('fe-1')}/claims/Count`;

    await page(platform, screen);
    expect(await page(platform, screen)).toContain(
      '{"changes":1,"lastInsertRowid":2,"rows":[{"visits":2}],"greeting":"none","of":["Development","11.18.1"]}',
    );
    await platform.database
      .insertInto('configurations')
      .values({ environment, module: '@acme/claims', settings: '{"greeting":"hello"}' })
      .execute();
    await eventually('the setting is applied', async () =>
      (await page(platform, screen)).includes('"greeting":"hello"'),
    );
  });

  it('keeps text that looks like markup text, whatever modules and screens are called', async () => {
    const platform = await serving(
      `export const List = { name: '<script>alert(1)</script>', render: () => 'fine' };`,
      '@acme/"><img src=x>',
    );
    const home = await page(platform, platform.url('fe-1'));

    expect(home).not.toContain('<script>alert');
    expect(home).not.toContain('<img');
    expect(home).toContain('&lt;script&gt;alert(1)');
  });
});

describe('what a front end follows', () => {
  it('loads what is newly wanted, replaces it and drops it, without being told by anybody', async () => {
    const platform = await serving(showing('first'));
    const screen = `${platform.url('fe-1')}/claims/List`;
    await platform.instance({ id: 'second', module: '@acme/claims', release: '11.18.1', code: showing('second') });

    const wantedAt = Date.now();
    await platform.want('@acme/claims', 'second');
    await eventually('the second instance is shown', async () => (await page(platform, screen)).includes('second'));
    expect(Date.now() - wantedAt).toBeLessThan(5_000);
    await eventually('it is observed', async () => (await observed(platform))[0]?.instance === 'second');

    await platform.unwant('@acme/claims');
    await eventually('the screen is gone', async () => (await fetchFrom(platform, screen)).status === 404);
    await eventually('nothing is observed', async () => (await observed(platform)).length === 0);
  });

  it('DEP-02 keeps the old instance serving when the new one throws while it is loaded, and says so', async () => {
    const platform = await serving(showing('first'));
    const url = platform.url('fe-1');
    const broken = `throw new Error('no configuration found');`;
    await platform.instance({ id: 'broken', module: '@acme/claims', release: '11.18.1', code: broken });

    await platform.want('@acme/claims', 'broken');

    const [row] = await eventually('the failure is observed', async () => {
      const rows = await observed(platform);
      return rows[0]?.instance === 'broken' && rows;
    });
    expect(row?.error).toBe('no configuration found');
    expect(await page(platform, `${url}/claims/List`)).toContain('first');

    await platform.want('@acme/claims', 'first');
    await eventually('the way back is observed', async () => {
      const [now] = await observed(platform);
      return now?.instance === 'first' && now.error === null;
    });
  });

  it('attempts a broken instance again when it is wanted again, after whatever it missed is there', async () => {
    const platform = await serving(showing('first'));
    const missing = path.join(platform.data, 'answer');
    const code = showing('second', `import { readFileSync } from 'node:fs'; readFileSync(${JSON.stringify(missing)});`);
    await platform.instance({ id: 'second', module: '@acme/claims', release: '11.18.1', code });
    await platform.want('@acme/claims', 'second');
    await eventually('the failure is observed', async () => (await observed(platform))[0]?.error?.includes('ENOENT'));

    await writeFile(missing, '42');
    await platform.want('@acme/claims', 'second');

    const url = `${platform.url('fe-1')}/claims/List`;
    await eventually('the second instance is shown', async () => (await page(platform, url)).includes('second'));
  });

  it('runs what was last deployed when it starts while a broken instance is wanted', async () => {
    const platform = await testPlatform();
    const module = '@acme/claims';
    await platform.instance({ id: 'good', module, release: '11.18.1', code: showing('deployed once') });
    await platform.instance({ id: 'broken', module, release: '11.18.1', code: 'syntax error here' });
    await platform.deployed(module, 'good', '11.18.1');
    await platform.want(module, 'broken');
    await platform.startFrontEnd('fe-1');
    const url = platform.url('fe-1');
    await ready(platform, 'fe-1');

    expect(await page(platform, `${url}/claims/List`)).toContain('deployed once');
    expect((await observed(platform))[0]).toMatchObject({
      instance: 'broken',
      error: expect.stringContaining('SyntaxError'),
    });
  });

  it('is ready only once everything wanted is loaded, and keeps early requests waiting', async () => {
    const platform = await testPlatform();
    const gate = path.join(platform.data, 'gate');
    const code = showing(
      'here at last',
      `import { existsSync } from 'node:fs';
       while (!existsSync(${JSON.stringify(gate)})) await new Promise((resolve) => setTimeout(resolve, 10));`,
    );
    await platform.instance({ id: 'slow', module: '@acme/claims', release: '11.18.1', code });
    await platform.want('@acme/claims', 'slow');
    await platform.startFrontEnd('fe-1');
    const url = platform.url('fe-1');
    const health = () => fetchFrom(platform, `${url}/_platform/health`);
    const early = await eventually('it listens', async () => {
      const response = await health();
      return { status: response.status, body: await response.json() };
    });
    const waiting = page(platform, `${url}/claims/List`);
    expect(early).toMatchObject({ status: 503, body: { ready: false, modules: 0 } });
    const row = () => platform.database.selectFrom('front_ends').selectAll().executeTakeFirstOrThrow();
    expect((await row()).observed_release).toBeNull();

    await writeFile(gate, '');

    await ready(platform, 'fe-1');
    expect(await (await health()).json()).toEqual({
      frontEnd: 'fe-1',
      environment: 'Development',
      release: '11.18.1',
      modules: 1,
      ready: true,
    });
    expect((await row()).observed_release).toBe('11.18.1');
    expect(await waiting).toContain('here at last');
  });
});

describe('what goes wrong in a front end', () => {
  const errors = (platform: TestPlatform) =>
    platform.database.selectFrom('error_log').select(['environment', 'front_end', 'module', 'message']).execute();

  it('TEST-01 shows no stack of a failing screen and records the error', async () => {
    const platform = await serving(
      `export const List = { name: 'All claims', render() { throw new TypeError('claims.map is not a function'); } };`,
    );

    const response = await fetchFrom(platform, `${platform.url('fe-1')}/claims/List`);

    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).toContain('All claims could not be shown');
    expect(text).not.toContain('claims.map');
    expect(text).not.toContain('index.js');
    expect(await eventually('the error is recorded', async () => (await errors(platform))[0])).toEqual({
      environment: 'Development',
      front_end: 'fe-1',
      module: '@acme/claims',
      message: 'GET List: TypeError: claims.map is not a function',
    });
  });

  it('TEST-01 records errors of background work and of components, and goes on serving', async () => {
    const platform = await serving(`
      const host = globalThis[Symbol.for('uplift.host')];
      export const List = { name: 'List', render() {
        setTimeout(() => { throw new Error('timer failed'); });
        Promise.reject(new Error('nobody waits'));
        host.log({ module: '@acme/claims', level: 'error', message: 'mail refused' });
        host.log({ module: '@acme/claims', level: 'info', message: 'mail sent' });
        return 'shown';
      } };`);
    const screen = `${platform.url('fe-1')}/claims/List`;

    await page(platform, screen);

    await eventually('all three are recorded', async () => {
      const messages = (await errors(platform)).map(({ message }) => message).sort();
      return messages.join() === 'In the background: nobody waits,In the background: timer failed,mail refused';
    });
    expect(await page(platform, screen)).toContain('shown');
  });

  it('says which front ends there are when it is started as another one, and that its port is taken', async () => {
    const platform = await serving(showing('claims'));
    const unknown = await platform.startFrontEnd('fe-9');
    const second = await platform.startFrontEnd('fe-1');

    await eventually('the unknown one ends', async () =>
      unknown.output().includes('There is no front end fe-9; there are: fe-1'),
    );
    await eventually('the second one ends', async () => second.output().includes('PORT_IN_USE'));
    expect(await page(platform, `${platform.url('fe-1')}/claims/List`)).toContain('claims');
    expect(await observed(platform)).toHaveLength(1);
  });
});

it('finishes requests in flight when it is asked to end, takes no new ones, and ends well', async () => {
  const platform = await testPlatform();
  const [begun, gate] = ['begun', 'gate'].map((name) => path.join(platform.data, name)) as [string, string];
  const code = `import { existsSync, writeFileSync } from 'node:fs';
    export const List = { name: 'List', async render() {
      writeFileSync(${JSON.stringify(begun)}, '');
      while (!existsSync(${JSON.stringify(gate)})) await new Promise((resolve) => setTimeout(resolve, 10));
      return 'finished';
    } };
    setInterval(() => {}, 1000);`;
  await platform.instance({ id: 'slow', module: '@acme/claims', release: '11.18.1', code });
  await platform.want('@acme/claims', 'slow');
  const frontEnd = await platform.startFrontEnd('fe-1');
  const url = platform.url('fe-1');
  await ready(platform, 'fe-1');
  const inFlight = page(platform, `${url}/claims/List`);
  await eventually('the request is in flight', async () => existsSync(begun));

  const code0 = frontEnd.end('SIGTERM');
  await eventually('it takes no new requests', () =>
    fetchFrom(platform, `${url}/_platform/health`).then(
      () => false,
      () => true,
    ),
  );
  await writeFile(gate, '');

  expect(await inFlight).toContain('finished');
  expect(await code0).toBe(0);
});
