/** Front ends as processes: what they serve. */
import { describe, expect, it } from 'vitest';
import { environmentSecrets } from '../../platform/embedded/environmentSecrets.js';
import { page, serving, showing } from './servedModules.js';
import { ask, environment, eventually, fetchFrom, ready, testPlatform } from './serving.js';

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
