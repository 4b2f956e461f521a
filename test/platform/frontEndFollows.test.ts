/** Front ends as processes: what they follow, and how they end. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { observed, page, serving, showing } from './servedModules.js';
import { eventually, fetchFrom, ready, testPlatform } from './serving.js';

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
