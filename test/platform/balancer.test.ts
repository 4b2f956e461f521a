/** Where the balancer sends requests, and whom it answers. */
import { describe, expect, it } from 'vitest';
import { balanced, frontEndOf } from './balanced.js';
import { ask, environment, eventually, fetchFrom, testPlatform } from './serving.js';

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
