/** The door of an environment: users are kept out while it is upgraded, checks get in, and nobody but the holder moves it. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import http, { type IncomingHttpHeaders } from 'node:http';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hotPoints } from '../../platform/embedded/checks.js';
import { defaultSettings, type EmbeddedContext, type EmbeddedSettings } from '../../platform/embedded/context.js';
import { embeddedDoor } from '../../platform/embedded/door.js';
import { environmentSecrets } from '../../platform/embedded/environmentSecrets.js';
import { embeddedInventory } from '../../platform/embedded/inventory.js';
import type { MaintenanceNotice } from '../../port/door.js';
import { embeddedServer } from './embeddedServer.js';
import { environment, eventually, ready, type TestPlatform, type TestProcess, testPlatform } from './serving.js';
import { quiet } from './tinyFactory.js';

const signal = new AbortController().signal;

interface Maintained {
  readonly platform: TestPlatform;
  readonly balancer: TestProcess;
  readonly url: string;
  close(notice?: MaintenanceNotice): Promise<void>;
  open(): Promise<void>;
}

/** An environment that is held for an upgrade. */
async function held(platform: TestPlatform, settings: Partial<EmbeddedSettings> = {}) {
  const context: EmbeddedContext = {
    database: platform.database,
    dataFolder: platform.data,
    settings: { ...defaultSettings, ...settings },
  };
  const hold = await embeddedServer(context).hold({
    environment,
    operation: 'upgrade',
    workflow: 'upgrade/acme',
    release: '11.18.1',
  });
  return { context, token: hold.token, maintenance: embeddedDoor(context) };
}

/** A balancer and front ends that all run this module as `@acme/who`, each a process, and serve. */
async function maintained(frontEnds: readonly string[], code: (data: string) => string): Promise<Maintained> {
  const platform = await testPlatform(frontEnds);
  await platform.instance({ id: 'first', module: '@acme/who', release: '11.18.1', code: code(platform.data) });
  await platform.want('@acme/who', 'first');
  for (const name of frontEnds) await platform.startFrontEnd(name);
  for (const name of frontEnds) await ready(platform, name);
  const balancer = await platform.startBalancer();
  const url = `http://127.0.0.1:${platform.balancerPort}`;
  await eventually('users are served', async () => (await fetch(`${url}/`)).ok);
  const { maintenance, token } = await held(platform);
  return {
    platform,
    balancer,
    url,
    close: (notice) => maintenance.close({ ...door(token), ...(notice ? { notice } : {}) }, quiet),
    open: () => maintenance.open(door(token), quiet),
  };
}

/** As a run moves it. */
const door = (token: number, run = 'first run') => ({
  environment,
  token,
  by: { workflow: 'upgrade/acme', run },
  reason: 'acme#1 brings it to 11.41.0',
});

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

const doorOf = ({ database }: TestPlatform) =>
  database
    .selectFrom('environments')
    .select(['wanted_door as wanted', 'observed_door as observed'])
    .executeTakeFirstOrThrow();

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

/** A front end that writes down the headers it is sent. */
async function listeningFrontEnd() {
  const platform = await testPlatform();
  const seen: IncomingHttpHeaders[] = [];
  const server = http.createServer((request, response) => {
    if (request.url !== '/_platform/health') seen.push(request.headers);
    response.end(JSON.stringify({ frontEnd: 'fe-1' }));
  });
  server.listen(Number(new URL(platform.url('fe-1')).port), '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const balancer = await platform.startBalancer();
  const url = `http://127.0.0.1:${platform.balancerPort}`;
  await eventually('it serves', async () => (await fetch(`${url}/a`)).ok);
  const [[header, secret] = ['', '']] = Object.entries(
    (await environmentSecrets(platform.database, environment)).headersOf('check'),
  );
  return { platform, balancer, url, seen, header, secret };
}

describe('who gets in', () => {
  it('TEST-01 only the secret of this environment opens, and neither front ends nor logs ever see it', async () => {
    const { platform, balancer, url, seen, header, secret } = await listeningFrontEnd();
    const { maintenance, token } = await held(platform);
    const enter = async (given: string) => (await fetch(`${url}/b`, { headers: { [header]: given } })).status;
    await enter(secret);
    await enter('guess');
    await maintenance.close(door(token), quiet);

    const answers = [];
    for (const given of [secret, 'guess', secret.slice(0, -1), `${secret}x`, '']) answers.push(await enter(given));

    expect(answers).toEqual([200, 503, 503, 503, 503]);
    expect(JSON.stringify(seen)).not.toContain(secret);
    expect(JSON.stringify(seen)).not.toContain('guess');
    expect(seen.length).toBeGreaterThan(2);
    expect(secret).toMatch(/^[\w-]{43}$/);
    expect(balancer.output()).toContain('door');
    expect(balancer.output()).not.toContain(secret);
  });
});

describe('a hot point', () => {
  it('TEST-01 is not well when its answer is no HTML', async () => {
    const { platform } = await listeningFrontEnd();

    const [result] = await hotPoints(platform.database, environment, ['/b'], signal);

    expect(result).toMatchObject({ ok: false, status: 200, problem: 'the answer is no HTML' });
  });
});

describe('who moves the door', () => {
  it('LIVE-01 a run undoes what it has closed itself, and leaves what another one has closed as it was', async () => {
    const platform = await testPlatform();
    await platform.startBalancer();
    const { context, token, maintenance } = await held(platform);
    await maintenance.close(door(token, 'first run'), quiet);
    const closed = await closedDoorOf(context);
    expect(closed).toMatchObject({ closedBy: 'upgrade/acme', reason: 'acme#1 brings it to 11.41.0' });

    await maintenance.close({ ...door(token, 'second run'), reason: 'again' }, quiet);
    await maintenance.open({ ...door(token, 'second run'), onlyOwn: true }, quiet);
    expect(await closedDoorOf(context)).toEqual(closed);
    expect((await doorOf(platform)).wanted).toBe('closed');

    await maintenance.open({ ...door(token, 'first run'), onlyOwn: true }, quiet);
    expect(await doorOf(platform)).toEqual({ wanted: 'open', observed: 'open' });
    expect(await closedDoorOf(context)).toBeNull();
  });

  it('LIVE-01 refuses a token that no longer holds the environment, and a write past it', async () => {
    const platform = await testPlatform();
    const { context, token, maintenance } = await held(platform);
    const { token: newer } = await embeddedServer(context).hold({
      environment,
      operation: 'rollback',
      workflow: 'rollback/acme',
      release: '11.18.1',
    });

    for (const move of [maintenance.close, maintenance.open]) {
      await expect(move(door(token), quiet)).rejects.toMatchObject({ code: 'ENVIRONMENT_HELD' });
    }
    const write = (under: number) =>
      platform.database.updateTable('environments').set({ wanted_door: 'closed', token: under }).execute();
    await expect(write(token)).rejects.toThrow('FENCED');
    expect(await doorOf(platform)).toEqual({ wanted: 'open', observed: 'open' });
    await write(newer);
    expect((await doorOf(platform)).wanted).toBe('closed');
  });

  it('LIVE-01 says so when no balancer closes it, and finds it closed as wanted once one runs', async () => {
    const platform = await testPlatform();
    const { token, maintenance } = await held(platform, { frontEndPatience: 200 });

    await expect(maintenance.close(door(token), quiet)).rejects.toMatchObject({
      code: 'BALANCER_TIMEOUT',
      message: expect.stringContaining('the door of Development is open, not closed'),
    });

    await platform.startBalancer();
    await eventually('it is closed', async () => (await doorOf(platform)).observed === 'closed');
    await maintenance.close(door(token), quiet);
  });
});

async function closedDoorOf(context: EmbeddedContext) {
  const [facts] = await embeddedInventory(context).environments();
  return facts?.door;
}
