/** The balancer before real front ends: rotation, kills, drains; and hot points, which are fetched through it. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pino } from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startBalancer } from '../../platform/embedded/balancer/balancer.js';
import { hotPoints } from '../../platform/embedded/checks.js';
import { openPlatformDatabase } from '../../platform/embedded/database.js';
import {
  ask,
  environment,
  eventually,
  fetchFrom,
  ready,
  type TestPlatform,
  type TestProcess,
  testPlatform,
} from './serving.js';

interface Balanced {
  readonly platform: TestPlatform;
  readonly url: string;
  readonly processes: Map<string, TestProcess>;
  row(frontEnd: string): Promise<{ observed_traffic: string; observed_release: string | null }>;
  wantTraffic(frontEnd: string, traffic: 'serving' | 'drained'): Promise<void>;
}

interface FrontEndStatus {
  readonly name: string;
  readonly wanted: string;
}

/** Says which front end shows it. */
const whoCode = `export const Who = { name: 'Who', render: ({ method }) =>
  globalThis[Symbol.for('uplift.host')].frontEnd + ' ' + method };`;

/** A balancer with front ends that all run the same module, all serving. */
async function balanced(frontEnds: readonly string[], code = whoCode): Promise<Balanced> {
  const platform = await testPlatform(frontEnds);
  await platform.instance({ id: 'first', module: '@acme/who', release: '11.18.1', code });
  await platform.want('@acme/who', 'first');
  const processes = new Map<string, TestProcess>();
  for (const name of frontEnds) processes.set(name, await platform.startFrontEnd(name));
  const { database } = platform;
  const own = openPlatformDatabase(platform.data);
  const balancer = await startBalancer({ database: own, name: environment, log: pino({ level: 'silent' }) });
  onTestFinished(async () => {
    await balancer.close();
    await own.destroy();
  });
  const row = (name: string) =>
    database.selectFrom('front_ends').selectAll().where('name', '=', name).executeTakeFirstOrThrow();
  for (const name of frontEnds) {
    await eventually(`${name} serves`, async () => (await row(name)).observed_traffic === 'serving');
  }
  return {
    platform,
    url: `http://127.0.0.1:${platform.balancerPort}`,
    processes,
    row,
    async wantTraffic(name, traffic) {
      await database.updateTable('front_ends').set({ wanted_traffic: traffic }).where('name', '=', name).execute();
    },
  };
}

/** Of the whole log, once what a process was about to write is there. */
async function errorsOf({ database }: TestPlatform) {
  const read = () => database.selectFrom('error_log').select(['front_end', 'module', 'message']).execute();
  await eventually('something is told', async () => (await read()).length > 0);
  return read();
}

async function frontEndOf(url: string): Promise<string | null> {
  return (await fetch(url)).headers.get('x-front-end');
}

/** A screen that leaves a mark when it begins, and answers once the gate is there. */
function gated(platform: { data: string }) {
  const begun = path.join(platform.data, 'begun');
  const gate = path.join(platform.data, 'gate');
  const code = `import { appendFileSync, existsSync } from 'node:fs';
    const host = globalThis[Symbol.for('uplift.host')];
    export const Slow = { name: 'Slow', async render() {
      appendFileSync(${JSON.stringify(begun)}, host.frontEnd + '\\n');
      while (!existsSync(${JSON.stringify(gate)})) await new Promise((resolve) => setTimeout(resolve, 10));
      return 'shown by ' + host.frontEnd;
    } };`;
  return {
    code,
    open: () => writeFile(gate, ''),
    begun: async () => (existsSync(begun) ? (await readFile(begun, 'utf8')).trim().split('\n') : []),
  };
}

/** Front ends that run the gated screen beside the other one. */
async function balancedWithGate(frontEnds: readonly string[]) {
  const all = await balanced(frontEnds);
  const gate = gated(all.platform);
  await all.platform.instance({ id: 'gated', module: '@acme/gated', release: '11.18.1', code: gate.code });
  await all.platform.want('@acme/gated', 'gated');
  await eventually('every front end has the gated screen', async () => {
    const rows = await all.platform.database.selectFrom('front_end_modules').select('instance').execute();
    return rows.filter(({ instance }) => instance === 'gated').length === frontEnds.length;
  });
  return { ...all, gate };
}

describe('where requests go', () => {
  it('takes turns, says for whom it asks, and shows its supervisor how things stand', async () => {
    const { platform, url } = await balanced(['fe-1', 'fe-2']);

    const answers = [];
    for (let count = 0; count < 4; count++) answers.push(await frontEndOf(`${url}/who/Who`));

    expect(answers.filter((name) => name === 'fe-1')).toHaveLength(2);
    expect(answers.filter((name) => name === 'fe-2')).toHaveLength(2);
    const status = await (await fetchFrom(platform, `${url}/_balancer/status`)).json();
    expect(status).toMatchObject({
      environment,
      frontEnds: [
        { name: 'fe-1', wanted: 'serving', observed: 'serving', healthy: true, inFlight: 0, answered: 2 },
        { name: 'fe-2', wanted: 'serving', observed: 'serving', healthy: true, inFlight: 0, answered: 2 },
      ],
    });
  });

  it('hands a form on with its body, and an answer with its status and headers', async () => {
    const platform = await testPlatform();
    const code = `export const Echo = { name: 'Echo', render: ({ form, query }) => form.go ? { redirect: form.go } : JSON.stringify({ form, query }) };`;
    await platform.instance({ id: 'echo', module: '@acme/echo', release: '11.18.1', code });
    await platform.want('@acme/echo', 'echo');
    await platform.startFrontEnd('fe-1');
    await platform.startBalancer();
    const screen = `http://127.0.0.1:${platform.balancerPort}/echo/Echo?q=1`;
    const post = (form: Record<string, string>) =>
      fetch(screen, { method: 'POST', body: new URLSearchParams(form), redirect: 'manual' });

    const shown = await eventually('the form is answered', async () => {
      const response = await post({ text: 'ä & b' });
      return response.ok && response.text();
    });
    expect(shown).toContain('{"form":{"text":"ä & b"},"query":{"q":"1"}}');
    const redirected = await post({ go: '/echo/Echo' });
    expect([redirected.status, redirected.headers.get('location')]).toEqual([303, '/echo/Echo']);
    expect((await post({ text: 'x'.repeat(1_500_000) })).status).toBe(413);
  });

  it('answers 503 with the name of the environment when no front end serves', async () => {
    const { url, wantTraffic, row } = await balanced(['fe-1']);
    await wantTraffic('fe-1', 'drained');
    await eventually('fe-1 is drained', async () => (await row('fe-1')).observed_traffic === 'drained');

    const response = await fetch(`${url}/who/Who`);

    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('1');
    expect(await response.text()).toContain('No front end of Development can answer now');
  });
});

describe('what a front end that goes away costs', () => {
  it('LIVE-03 loses no request while every front end is taken out, replaced and put back under load', async () => {
    const { platform, url, processes, row, wantTraffic } = await balanced(['fe-1', 'fe-2']);
    await platform.release('11.41.0');
    const failures: string[] = [];
    const seen = new Map<string, number>();
    let loading = true;
    const client = async (method: 'GET' | 'POST') => {
      while (loading) {
        try {
          const response = await fetch(
            `${url}/who/Who`,
            method === 'POST' ? { method, body: new URLSearchParams('a=1') } : {},
          );
          const text = await response.text();
          const key = `${response.headers.get('x-front-end')} ${response.headers.get('x-server-release')}`;
          if (response.status === 200 && text.includes(method)) seen.set(key, (seen.get(key) ?? 0) + 1);
          else failures.push(`${response.status} ${text}`);
        } catch (error) {
          failures.push(String((error as Error).cause ?? error));
        }
      }
    };
    const clients = [client('GET'), client('GET'), client('GET'), client('POST'), client('POST')];
    const both = (release: string) => ['fe-1', 'fe-2'].every((name) => (seen.get(`${name} ${release}`) ?? 0) > 20);
    await eventually('both have answered on the old release', async () => both('11.18.1'));

    for (const name of ['fe-1', 'fe-2']) {
      await wantTraffic(name, 'drained');
      await eventually(`${name} is drained`, async () => (await row(name)).observed_traffic === 'drained');
      expect(await processes.get(name)?.end('SIGTERM')).toBe(0);
      await platform.database
        .updateTable('front_ends')
        .set({ wanted_release: '11.41.0' })
        .where('name', '=', name)
        .execute();
      await platform.startFrontEnd(name);
      await eventually(`${name} runs 11.41.0`, async () => (await row(name)).observed_release === '11.41.0');
      await wantTraffic(name, 'serving');
      await eventually(`${name} serves`, async () => (await row(name)).observed_traffic === 'serving');
    }
    await eventually('both have answered on the new release', async () => both('11.41.0'));
    loading = false;
    await Promise.all(clients);

    expect(failures).toEqual([]);
  });

  it('answers every request after a front end was killed between requests, and takes it back when it returns', async () => {
    const { platform, url, processes, row } = await balanced(['fe-1', 'fe-2']);
    const statuses = new Set<number>();
    for (let count = 0; count < 6; count++) statuses.add((await fetch(`${url}/who/Who`)).status);

    await processes.get('fe-1')?.end('SIGKILL');
    for (let count = 0; count < 6; count++) {
      statuses.add((await fetch(`${url}/who/Who`)).status);
      statuses.add((await fetch(`${url}/who/Who`, { method: 'POST', body: new URLSearchParams('a=1') })).status);
    }

    expect([...statuses]).toEqual([200]);
    await eventually('fe-1 counts as drained', async () => (await row('fe-1')).observed_traffic === 'drained');
    await platform.startFrontEnd('fe-1');
    await eventually('fe-1 serves again', async () => (await row('fe-1')).observed_traffic === 'serving');
    await eventually('fe-1 answers again', async () => (await frontEndOf(`${url}/who/Who`)) === 'fe-1');
  });

  it.each(['GET', 'POST'])(
    'never sends a %s twice: one that may have arrived is answered with an error, and told in the error log',
    async (method) => {
      const { platform, url, processes, gate } = await balancedWithGate(['fe-1', 'fe-2']);
      const body = method === 'POST' ? { body: new URLSearchParams('a=1') } : {};
      const answer = fetch(`${url}/gated/Slow`, { method, ...body });
      const first = await eventually('one begins', async () => (await gate.begun())[0]);

      await processes.get(first)?.end('SIGKILL');

      expect((await answer).status).toBe(502);
      expect(await gate.begun()).toEqual([first]);
      expect(await errorsOf(platform)).toEqual([
        {
          front_end: first,
          module: '@acme/gated',
          message: `${method} Slow: ${first} ended, or was silent for too long, before it answered`,
        },
      ]);
    },
  );

  it.each(['process.abort()', 'process.exit()', 'process.reallyExit()', 'process.kill(process.pid, "SIGKILL")'])(
    'a screen that calls %s fails, and its front end goes on',
    async (call) => {
      const platform = await testPlatform();
      const code = `export const Bad = { name: 'Bad', render() { ${call}; } };
        export const Good = { name: 'Good', render: () => 'fine' };`;
      await platform.instance({ id: 'ending', module: '@acme/ending', release: '11.18.1', code });
      await platform.want('@acme/ending', 'ending');
      await platform.startFrontEnd('fe-1');
      await ready(platform, 'fe-1');

      const statuses = [];
      for (const screen of ['Bad', 'Good'])
        statuses.push((await fetchFrom(platform, `${platform.url('fe-1')}/ending/${screen}`)).status);

      expect(statuses).toEqual([500, 200]);
      expect(await errorsOf(platform)).toEqual([
        {
          front_end: 'fe-1',
          module: '@acme/ending',
          message: expect.stringMatching(/^GET Bad: it called process\.\w+, which would end the front end/),
        },
      ]);
    },
  );

  it('what a module leaves running and lets fail is told with its name', async () => {
    const platform = await testPlatform();
    const code = `setTimeout(() => { throw new Error('later'); }, 0); void Promise.reject(new Error('unhandled'));`;
    await platform.instance({ id: 'late', module: '@acme/late', release: '11.18.1', code });
    await platform.want('@acme/late', 'late');
    await platform.startFrontEnd('fe-1');

    const errors = await eventually('both are told', async () => {
      const rows = await errorsOf(platform);
      return rows.length === 2 && rows;
    });

    expect(errors.map(({ module, message }) => [module, message]).sort()).toEqual([
      ['@acme/late', 'In the background: later'],
      ['@acme/late', 'In the background: unhandled'],
    ]);
  });

  it('calls a front end drained only after its last request, and sends it no new one', async () => {
    const { platform, url, gate, row, wantTraffic } = await balancedWithGate(['fe-1', 'fe-2']);
    const inFlight = fetch(`${url}/gated/Slow`).then((response) => response.text());
    const busy = await eventually('one begins', async () => (await gate.begun())[0]);
    await wantTraffic(busy, 'drained');
    const seen = await eventually('the balancer has read it', async () => {
      const answer = await fetchFrom(platform, `${url}/_balancer/status`);
      const status = (await answer.json()) as { frontEnds: FrontEndStatus[] };
      return status.frontEnds.find(({ name, wanted }) => name === busy && wanted === 'drained');
    });

    const others = await Promise.all([1, 2, 3, 4].map(() => frontEndOf(`${url}/who/Who`)));
    expect(others).not.toContain(busy);
    expect(seen).toMatchObject({ observed: 'serving', inFlight: 1 });
    expect((await row(busy)).observed_traffic).toBe('serving');

    await gate.open();
    expect(await inFlight).toContain(`shown by ${busy}`);
    await eventually('it is drained', async () => (await row(busy)).observed_traffic === 'drained');
  });
});

describe('who is answered', () => {
  it.each(['evil.example', 'evil.example:8240', '127.0.0.1.evil.example', 'user@127.0.0.1', '-'])(
    'refuses a request that was sent to the name "%s", whatever leads here under it',
    async (host) => {
      const { url } = await balanced(['fe-1']);

      const answer = await ask(url, { path: '/who/Who', headers: { host } });

      expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('<h1>Refused</h1>') });
      expect((await ask(url, { path: '/who/Who', headers: { host: 'localhost' } })).status).toBe(200);
    },
  );

  it('refuses a form of another site', async () => {
    const { url } = await balanced(['fe-1']);

    const answer = await ask(url, { path: '/who/Who', method: 'POST', headers: { origin: 'http://evil.example' } });

    expect(answer).toMatchObject({ status: 403, text: expect.stringContaining('<h1>Refused</h1>') });
  });

  it('takes a whole address as the target of a request: its path and query, and the host from it', async () => {
    const { url } = await balanced(
      ['fe-1'],
      `export const Who = { name: 'Who', render: ({ path, a }) => path + ' ' + a };`,
    );
    const headers = { host: 'evil.example' };

    const answers = [
      await ask(url, { path: `${url}/who/Who?a=1`, headers }),
      await ask(url, { path: `${url}?a=1`, headers }),
      await ask(url, { path: 'http://evil.example/who/Who' }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 403]);
    expect(answers[0]?.text).toContain('/who/Who 1');
    expect(answers[1]?.text).toContain('Applications');
  });

  it.each([
    '/_balancer/status',
    '/_platform/modules',
    '/_platform/health',
    '/%5fplatform/modules',
    '/_Platform/modules',
  ])('users find nothing at %s', async (path) => {
    const { url } = await balanced(['fe-1']);

    const answer = await ask(url, { path });

    expect(answer).toMatchObject({ status: 404, text: expect.stringContaining('There is no screen at this address') });
  });
});

describe('hot points', () => {
  it('TEST-01 fetches each through the balancer and says what is wrong with those that do not work', async () => {
    const { platform } = await balanced(
      ['fe-1'],
      `export const Good = { name: 'Good', render: () => 'fine' };
       export const Bad = { name: 'Bad', render() { throw new Error('no'); } };
       export const Away = { name: 'Away', render: () => ({ redirect: '/who/Good' }) };`,
    );
    const paths = ['/who/Good', '/who/Bad', '/who/Away', '/_platform/health', '//evil.example/', 'who'];

    const results = await hotPoints(platform.database, environment, paths, new AbortController().signal);

    expect(results.map(({ path: at, ok, status, problem }) => ({ at, ok, status, problem }))).toEqual([
      { at: '/who/Good', ok: true, status: 200, problem: null },
      { at: '/who/Bad', ok: false, status: 500, problem: 'status 500' },
      { at: '/who/Away', ok: false, status: 303, problem: 'status 303' },
      { at: '/_platform/health', ok: false, status: 404, problem: 'status 404' },
      { at: '//evil.example/', ok: false, status: 0, problem: expect.stringContaining('a hot point is a path') },
      { at: 'who', ok: false, status: 0, problem: expect.stringContaining('a hot point is a path') },
    ]);
    await expect(hotPoints(platform.database, 'Nowhere', paths, new AbortController().signal)).rejects.toThrow(
      'Nowhere',
    );
  });

  it('TEST-01 has a time for all of them: what is not checked by then has not passed, and says so', async () => {
    const platform = await testPlatform();
    const paths = ['/who/Good', '/who/Bad'];

    const results = await hotPoints(platform.database, environment, paths, new AbortController().signal, 0);

    const problem = 'not checked: the 0 s for all hot points were over';
    expect(results).toEqual(paths.map((at) => ({ path: at, ok: false, status: 0, milliseconds: 0, problem })));
  });

  it('TEST-01 reports an environment that does not answer instead of failing', async () => {
    const platform = await testPlatform();

    const [result] = await hotPoints(platform.database, environment, ['/who/Good'], new AbortController().signal);

    expect(result).toMatchObject({ ok: false, status: 0, problem: expect.stringContaining('ECONNREFUSED') });
  });
});
