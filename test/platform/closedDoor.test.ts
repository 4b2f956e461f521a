/** The closed door: users are kept out while an environment is upgraded, checks get in. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { hotPoints } from '../../platform/embedded/checks.js';
import { doorOf, maintained, signal } from './maintained.js';
import { environment, eventually } from './serving.js';

const visits = (data: string) => path.join(data, 'visits');

/** Writes down who it is shown to, then shows it. */
const visited = (data: string) => `import { appendFileSync } from 'node:fs';
  export const Who = { name: 'Who', async render({ query }) {
    appendFileSync(${JSON.stringify(visits(data))}, query.as + '\\n');
    return query.as + ' was here';
  } };`;

async function visitsOf(data: string, who: string): Promise<number> {
  if (!existsSync(visits(data))) return 0;
  return (await readFile(visits(data), 'utf8')).split('\n').filter((line) => line === who).length;
}

/** A screen that leaves a mark when it begins, and answers once the gate is there. */
const gated = (data: string) => `import { existsSync, writeFileSync } from 'node:fs';
  export const Who = { name: 'Who', async render() {
    writeFileSync(${JSON.stringify(path.join(data, 'begun'))}, '');
    while (!existsSync(${JSON.stringify(path.join(data, 'gate'))})) await new Promise((resolve) => setTimeout(resolve, 10));
    return 'shown';
  } };`;

/** Users who never rest. */
function users(url: string) {
  const statuses = new Map<number, number>();
  const pages = new Set<string>();
  const problems: string[] = [];
  let visiting = true;
  const user = async (method: 'GET' | 'POST') => {
    while (visiting) {
      try {
        const request = method === 'POST' ? { method, body: new URLSearchParams('a=1') } : {};
        const response = await fetch(`${url}/who/Who?as=user`, request);
        const text = await response.text();
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1);
        if (response.status === 503) pages.add(text);
      } catch (error) {
        problems.push(String((error as Error).cause ?? error));
      }
    }
  };
  const all = [user('GET'), user('GET'), user('GET'), user('POST')];
  return {
    problems,
    pages,
    count: (status: number) => statuses.get(status) ?? 0,
    statuses: () => [...statuses.keys()].sort(),
    async leave() {
      visiting = false;
      await Promise.all(all);
    },
  };
}

describe('the closed door', () => {
  it('LIVE-01 under load no user reaches a front end once it is closed, checks do, and it opens again', async () => {
    const { platform, url, close, open } = await maintained(['fe-1', 'fe-2'], visited);
    const load = users(url);
    await eventually('users are served', async () => load.count(200) > 50);

    await close();
    const reached = await visitsOf(platform.data, 'user');
    const turnedAway = load.count(503);
    await eventually('many more were turned away', async () => load.count(503) > turnedAway + 200);
    const [check] = await hotPoints(platform.database, environment, ['/who/Who?as=check'], signal);

    expect(await visitsOf(platform.data, 'user')).toBe(reached);
    expect(load.count(200)).toBe(reached);
    expect(check).toMatchObject({ ok: true, status: 200 });
    expect(await visitsOf(platform.data, 'check')).toBe(1);

    await open();
    expect((await fetch(`${url}/who/Who?as=guest`)).status).toBe(200);
    await eventually('users are served again', async () => load.count(200) > reached + 50);
    await load.leave();
    expect(load.problems).toEqual([]);
    expect(load.statuses()).toEqual([200, 503]);
    expect([...load.pages]).toEqual([expect.stringContaining('Development is under maintenance')]);
  });

  it('LIVE-01 says why, until when and whom to ask, in the words of the site, and shows them as text', async () => {
    const { url, close } = await maintained(['fe-1'], visited);
    await close({
      text: 'Wir sind <b>bald</b> zurück.',
      contact: 'Servicedesk, 1234',
      until: '2999-07-04T22:23:00.000Z',
      timeZone: 'Europe/Lisbon',
    });

    const response = await fetch(`${url}/who/Who`);
    const text = await response.text();
    expect(text).toContain('<p>Wir sind &lt;b&gt;bald&lt;/b&gt; zurück.</p>');
    expect(text).toContain('<dt>Why</dt><dd>acme#1 brings it to 11.41.0</dd>');
    expect(text).toContain('>2999-07-04 23:23</time> (Europe/Lisbon)');
    expect(text).toContain('<dt>Contact</dt><dd>Servicedesk, 1234</dd>');
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(text) ?? [];
    const digest = createHash('sha256').update(style).digest('base64');
    expect(response.headers.get('content-security-policy')).toContain(
      `default-src 'none'; style-src 'sha256-${digest}'`,
    );
  });

  it('LIVE-01 says no end that nobody knows, and none that has passed', async () => {
    const { url, close, open } = await maintained(['fe-1'], visited);
    const said = async () => (await fetch(`${url}/who/Who`)).text();

    await close({ timeZone: 'UTC' });
    expect(await said()).toContain('answers nobody meanwhile');
    expect(await said()).not.toMatch(/Expected until|Contact/);
    await open();
    await close({ timeZone: 'UTC', until: '2001-01-01T00:00:00.000Z' });
    expect(await said()).toContain('is under maintenance');
    expect(await said()).not.toContain('Expected until');
  });

  it('LIVE-01 answers with a page that names the environment, is not kept, and says when to come back', async () => {
    const { url, close } = await maintained(['fe-1'], visited);
    await close();

    const response = await fetch(`${url}/anything`, { method: 'POST', body: 'x'.repeat(2_000_000) });

    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await response.text()).toContain('Development');
  });

  it('LIVE-01 is closed only when the last request of a user has ended; new ones are turned away meanwhile', async () => {
    const { platform, url, close } = await maintained(['fe-1'], gated);
    const inFlight = fetch(`${url}/who/Who`);
    await eventually('it begins', async () => existsSync(path.join(platform.data, 'begun')));

    let closed = false;
    const closing = close().then(() => {
      closed = true;
    });
    await eventually('others are turned away', async () => (await fetch(url)).status === 503);
    expect(closed).toBe(false);
    expect(await doorOf(platform)).toEqual({ wanted: 'closed', observed: 'open' });

    await writeFile(path.join(platform.data, 'gate'), '');
    expect((await inFlight).status).toBe(200);
    await closing;
    expect(await doorOf(platform)).toEqual({ wanted: 'closed', observed: 'closed' });
  });

  it('LIVE-01 does not wait for a user who went away, nor for one who never finishes a form', async () => {
    const { platform, url, close } = await maintained(['fe-1'], gated);
    const leaving = new AbortController();
    const left = fetch(`${url}/who/Who`, { signal: leaving.signal }).catch(() => 'left');
    await eventually('it begins', async () => existsSync(path.join(platform.data, 'begun')));
    const form = http.request(`${url}/who/Who`, { method: 'POST', headers: { 'content-length': 100 } });
    const answer = new Promise<number | undefined>((resolve, reject) => {
      form.on('response', ({ statusCode }) => resolve(statusCode)).on('error', reject);
    });
    form.write('a=1');
    leaving.abort();
    expect(await left).toBe('left');

    await close();

    form.end('&'.padEnd(97, 'b'));
    expect(await answer).toBe(503);
  });

  it('LIVE-01 stays closed when the balancer is killed and started again, from its first answer on', async () => {
    const { platform, balancer, url, close, open } = await maintained(['fe-1'], visited);
    await close();
    const reached = await visitsOf(platform.data, 'user');
    await balancer.end('SIGKILL');

    await platform.startBalancer();
    const load = users(url);
    await eventually('users are answered', async () => load.count(503) > 50);
    await load.leave();

    expect(load.count(200)).toBe(0);
    expect(await visitsOf(platform.data, 'user')).toBe(reached);
    await open();
    expect((await fetch(`${url}/who/Who?as=user`)).status).toBe(200);
  });
});
