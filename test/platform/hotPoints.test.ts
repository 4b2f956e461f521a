/** Hot points of a site, asked for at real servers: redirects, login pages, answers that never end, certificates. */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { entryHeaders } from '../../platform/http/entry.js';
import { hotPoints, type Site } from '../../platform/http/hotPoints.js';
import type { HotPoint } from '../../port/checks.js';
import { until } from '../e2e/until.js';
import { type Certificate, certificate } from './certificates.js';
import { temporaryFolder } from './tinyFactory.js';

type Pages = Readonly<Record<string, http.RequestListener>>;

const never = new AbortController().signal;
const html = { 'content-type': 'text/html; charset=utf-8' };

const page: http.RequestListener = (_, response) => response.writeHead(200, html).end('<h1>Claims</h1>');
const status =
  (code: number): http.RequestListener =>
  (_, response) =>
    response.writeHead(code, html).end('<h1>no</h1>');
const redirect =
  (location: string, code = 302): http.RequestListener =>
  (_, response) =>
    response.writeHead(code, { location }).end();

async function served(pages: Pages, tls?: Certificate): Promise<Site & { readonly requests: http.IncomingMessage[] }> {
  const requests: http.IncomingMessage[] = [];
  const answer: http.RequestListener = (request, response) => {
    requests.push(request);
    (pages[request.url ?? ''] ?? status(404))(request, response);
  };
  const server = tls ? https.createServer(tls, answer) : http.createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = `${tls ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { address, headers: {}, requests };
}

async function checked(site: Site, ...paths: readonly string[]): Promise<readonly (readonly unknown[])[]> {
  return (await hotPoints(site, paths, never)).map(({ path: at, ok, status: code, problem }) => [
    at,
    ok,
    code,
    problem,
  ]);
}

describe('an answer', () => {
  it('TEST-01 is well when it is a page or data with something in it, and says what is wrong otherwise', async () => {
    const data: http.RequestListener = (_, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
    const site = await served({
      '/a': page,
      '/data': data,
      '/empty': (_, response) => response.writeHead(200, html).end(' \n'),
      '/text': (_, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('x'),
      '/broken': status(500),
    });

    expect(
      await checked(site, '/a', '/data', '/empty', '/text', '/broken', '/nowhere', '//evil.example/', 'a'),
    ).toEqual([
      ['/a', true, 200, null],
      ['/data', true, 200, null],
      ['/empty', false, 200, 'the page is empty'],
      ['/text', false, 200, 'the answer is neither a page nor data (HTML, JSON, XML)'],
      ['/broken', false, 500, 'status 500'],
      ['/nowhere', false, 404, 'status 404'],
      ['//evil.example/', false, 0, 'a hot point is a path of the environment, as /claims/List'],
      ['a', false, 0, 'a hot point is a path of the environment, as /claims/List'],
    ]);
  });

  it('TEST-01 that breaks off is none', async () => {
    const site = await served({
      '/half': (_, response) => {
        response.writeHead(200, { ...html, 'content-length': '1000' });
        response.write('<h1>', () => response.destroy());
      },
    });
    const [result] = await hotPoints(site, ['/half'], never);
    expect(result).toMatchObject({ ok: false, status: 0, problem: expect.stringMatching(/\S/) });
  });

  it('TEST-01 without end is read no further than it takes to see that it comes', async () => {
    let written = 0;
    let closed = false;
    const site = await served({
      '/huge': (_, response) => {
        const chunk = Buffer.alloc(256 * 1024, 'x');
        response.writeHead(200, html).on('close', () => {
          closed = true;
        });
        const more = () => {
          while (!closed && response.write(chunk)) written += chunk.length;
        };
        response.on('drain', more);
        more();
      },
    });

    expect(await checked(site, '/huge')).toEqual([['/huge', true, 200, null]]);
    await until('the server is told to stop', () => closed);
    expect(written).toBeLessThan(64 * 1024 * 1024);
  });

  it.each<[string, http.RequestListener]>([
    ['never begins', () => undefined],
    ['never ends', (_, response) => response.writeHead(200, html).write('<h1>')],
  ])('TEST-01 that %s has not passed once its time is over', async (_, hanging) => {
    const site = await served({ '/slow': hanging, '/next': hanging });
    const results = await hotPoints(site, ['/slow', '/next'], never, 300);
    expect(results.map(({ ok }) => ok)).toEqual([false, false]);
    expect(results[0]?.problem).toMatch(/^no whole answer within 0\.\d+ s$/);
  });

  it('TEST-01 there is a time for all of them: what is not checked by then has not passed, and says so', async () => {
    const site = await served({ '/a': page });
    const problem = 'not checked: the 0 s for all hot points were over';
    expect(await hotPoints(site, ['/a', '/a'], never, 0)).toEqual(
      ['/a', '/a'].map((at) => ({ path: at, ok: false, status: 0, milliseconds: 0, problem })),
    );
  });

  it('TEST-01 is waited for at eight places at a time, in whatever order they come', async () => {
    const open: http.ServerResponse[] = [];
    let most = 0;
    const site = await served({
      '/a': (_, response) => {
        most = Math.max(most, open.push(response));
      },
    });
    const results = hotPoints(
      site,
      Array.from({ length: 20 }, () => '/a'),
      never,
    );
    for (let answered = 0; answered < 20; answered++) {
      await until('eight, or the last ones, wait', () => open.length === Math.min(8, 20 - answered));
      open.pop()?.writeHead(200, html).end('x');
    }
    expect((await results).filter(({ ok }) => ok)).toHaveLength(20);
    expect(most).toBe(8);
  });

  it('TEST-01 is waited for no longer when the run is cancelled', async () => {
    const site = await served({ '/slow': () => undefined });
    const cancelled = new AbortController();
    const results = hotPoints(site, ['/slow'], cancelled.signal);
    await until('it is asked', () => site.requests.length > 0);
    cancelled.abort(new Error('cancelled'));
    await expect(results).rejects.toThrow('cancelled');
  });
});

describe('a redirect', () => {
  it('TEST-01 is followed within the site, and what is there counts', async () => {
    const site = await served({
      '/a': redirect('/b', 301),
      '/b': redirect('c?id=1', 307),
      '/c?id=1': page,
      '/gone': redirect('/nowhere'),
      '/nothing': (_, response) => response.writeHead(302).end(),
    });
    expect(await checked(site, '/a', '/gone', '/nothing')).toEqual([
      ['/a', true, 200, null],
      ['/gone', false, 404, 'status 404'],
      ['/nothing', false, 302, 'status 302'],
    ]);
  });

  it('TEST-01 in a circle ends', async () => {
    const site = await served({ '/a': redirect('/b'), '/b': redirect('/a') });
    expect(await checked(site, '/a')).toEqual([['/a', false, 302, 'more than 20 redirects, the last to /b']]);
    expect(site.requests).toHaveLength(21);
  });

  it('TEST-01 to another site is told, not followed, and the secret of the door stays here', async () => {
    const other = await served({ '/': page, '/b': page });
    const site = await served({
      '/a': redirect(`${other.address}/b?ticket=secret`),
      '/same': redirect('/here'),
      '/here': page,
    });
    const results = await hotPoints({ ...site, headers: { 'X-Checks': 'open-sesame' } }, ['/a', '/same'], never);

    expect(results.map(({ ok, problem }) => [ok, problem])).toEqual([
      [false, `redirected to another site, ${other.address}/b`],
      [true, null],
    ]);
    expect(other.requests).toEqual([]);
    expect(site.requests.map(({ headers }) => headers['x-checks'])).toEqual(Array(3).fill('open-sesame'));
    expect(JSON.stringify(results)).not.toMatch(/open-sesame|secret/);
  });
});

describe('a login page', () => {
  it.each<[string, Pages, string]>([
    ['is where a redirect ends', { '/a': redirect('/Login?next=a'), '/Login?next=a': page }, 'redirected to /Login'],
    ['is where a redirect ends', { '/a': redirect('/Users/LoginPage.aspx'), '/Users/LoginPage.aspx': page }, '/Users/'],
    ['is a refusal', { '/a': status(401) }, 'status 401'],
    ['is a refusal', { '/a': status(403) }, 'status 403'],
    ['is elsewhere', { '/a': redirect('https://id.example/oauth2/authorize?x') }, 'id.example/oauth2/authorize'],
    ['is elsewhere', { '/a': redirect('https://login.example/x') }, 'to https://login.example/x'],
  ])('TEST-01 that %s is no good answer, unless the path says that it needs one', async (_, pages, how) => {
    const site = await served(pages);
    const [other, declared] = await hotPoints(site, ['/a', '/a#login'], never);
    expect(other?.problem).toMatch(/^a login page answered \(/);
    expect(other).toMatchObject({ ok: false, problem: expect.stringContaining(how) });
    expect(declared).toMatchObject({ path: '/a#login', ok: true, problem: null });
  });

  it('TEST-01 that is broken is no good answer anywhere; a page with such a name is one of its own', async () => {
    const site = await served({
      '/a': redirect('/Login'),
      '/Login': status(500),
      '/b': redirect('/Signings'),
      '/Signings': page,
    });
    expect(await checked(site, '/a#login', '/b', '/b#login')).toEqual([
      ['/a#login', false, 500, 'status 500'],
      ['/b', true, 200, null],
      ['/b#login', true, 200, null],
    ]);
  });
});

describe('HTTPS', () => {
  const authority = certificate({ name: 'authority' });
  const past = { from: new Date('2020-01-01'), to: new Date('2021-01-01') };
  const site = (wanted: Partial<Parameters<typeof certificate>[0]> = {}) =>
    served({ '/a': page }, certificate({ name: 'site', by: authority, ...wanted }));

  it('TEST-01 names what is wrong with a certificate, and what to do', async () => {
    const alone = await served({ '/a': page }, certificate({ name: 'alone' }));
    expect((await hotPoints(alone, ['/a'], never))[0]).toMatchObject({
      ok: false,
      status: 0,
      problem: expect.stringMatching(/^its certificate is signed by itself: .*NODE_EXTRA_CA_CERTS.*\(DEPTH_ZERO_SELF/),
    });
    expect((await hotPoints(await site(), ['/a'], never))[0]?.problem).toMatch(
      /^its certificate is signed by an authority that this machine does not know: .*NODE_EXTRA_CA_CERTS/,
    );
  });

  it('TEST-01 is well once the authority is known to the process, which does not make others valid', async () => {
    const file = path.join(temporaryFolder(), 'authority.pem');
    fs.writeFileSync(file, authority.cert);
    const good = await site();
    const plain = await served({ '/a': redirect(`${good.address}/a`) });
    const sites = [good, plain, await site(past), await site({ ip: '127.0.0.2' })];

    const [well, redirected, expired, elsewhere] = await checkedElsewhere(sites, { NODE_EXTRA_CA_CERTS: file });

    expect(well).toMatchObject({ ok: true, status: 200 });
    expect(redirected).toMatchObject({ ok: true, status: 200 });
    expect(expired?.problem).toMatch(/^its certificate has expired: renew /);
    expect(elsewhere?.problem).toMatch(/^its certificate is of another host: correct address in uplift\.yaml/);
  });

  it('TEST-01 says so when the site does not speak it, or nobody is there', async () => {
    const { address } = await served({ '/a': page });
    const closed = net.createServer().listen(0, '127.0.0.1');
    await until('it listens', () => closed.listening);
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const problemAt = async (at: string) => (await hotPoints({ address: at, headers: {} }, ['/a'], never))[0]?.problem;

    expect(await problemAt(address.replace('http:', 'https:'))).toMatch(/^it does not speak HTTPS/);
    expect(await problemAt(`http://127.0.0.1:${port}`)).toContain('ECONNREFUSED');
    expect(await problemAt('http://nowhere.invalid')).toMatch(/^its host has no address/);
  });
});

/** By a process of the built program, for each its only hot point `/a`. */
async function checkedElsewhere(sites: readonly Site[], environment: NodeJS.ProcessEnv): Promise<readonly HotPoint[]> {
  const module = new URL('../../dist/platform/http/hotPoints.js', import.meta.url);
  const script = `
    const { hotPoints } = await import(${JSON.stringify(module.href)});
    const sites = ${JSON.stringify(sites.map(({ address, headers }) => ({ address, headers })))};
    const results = await Promise.all(sites.map((site) => hotPoints(site, ['/a'], new AbortController().signal)));
    process.stdout.write(JSON.stringify(results.flat()));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  let output = '';
  for await (const chunk of child.stdout) output += chunk;
  return JSON.parse(output) as readonly HotPoint[];
}

describe('the header of the closed door', () => {
  const variable = { header: 'X-Checks', value: { kind: 'variable', name: 'UPLIFT_ENTRY_TEST' } } as const;
  const file = (content: string, mode = 0o600) => {
    const at = path.join(temporaryFolder(), 'entry');
    fs.writeFileSync(at, content, { mode });
    fs.chmodSync(at, mode);
    return { header: 'X-Checks', value: { kind: 'file', path: at } } as const;
  };

  it('LIVE-01 has its value from a variable or a file of this machine', async () => {
    vi.stubEnv('UPLIFT_ENTRY_TEST', 'open sesame');
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await entryHeaders(variable)).toEqual({ 'X-Checks': 'open sesame' });
    expect(await entryHeaders(file('open sesame\n'))).toEqual({ 'X-Checks': 'open sesame' });
    expect(await entryHeaders(undefined)).toEqual({});
  });

  it.each<[string, () => Parameters<typeof entryHeaders>[0], string]>([
    ['a variable that is not set', () => variable, 'the variable UPLIFT_ENTRY_TEST is not set'],
    ['a file that is not there', () => ({ ...variable, value: { kind: 'file', path: '/nowhere/x' } }), '(ENOENT)'],
    ['a folder', () => ({ ...variable, value: { kind: 'file', path: temporaryFolder() } }), 'is no file'],
    ['an empty file', () => file(''), 'is not set, or is empty'],
    ['a file that others read', () => file('hidden', 0o644), 'can be read by others'],
    ['two lines', () => file('hidden\nhidden'), 'holds what no header can carry'],
    ['a character of no header', () => file('hidden\u2026'), 'holds what no header can carry'],
    ['a long file', () => file('hidden'.repeat(1_000)), 'holds more than one value'],
  ])('SECRET_MISSING says where it looked, and never the value: %s', async (_, entry, why) => {
    const error = await entryHeaders(entry()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'SECRET_MISSING', message: expect.stringContaining(why) });
    expect(String(error)).not.toContain('hidden');
  });
});
