/** Who gets in through a closed door, and that nobody but the holder moves it. */
import http, { type IncomingHttpHeaders } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { hotPoints } from '../../platform/embedded/checks.js';
import type { EmbeddedContext } from '../../platform/embedded/context.js';
import { environmentSecrets } from '../../platform/embedded/environmentSecrets.js';
import { embeddedInventory } from '../../platform/embedded/inventory.js';
import { embeddedServer } from './embeddedServer.js';
import { door, doorOf, held, signal } from './maintained.js';
import { environment, eventually, testPlatform } from './serving.js';
import { quiet } from './tinyFactory.js';

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
  it('TEST-01 is not well when its answer does not say that it is a page', async () => {
    const { platform } = await listeningFrontEnd();

    const [result] = await hotPoints(platform.database, environment, ['/b'], signal);

    expect(result).toMatchObject({ ok: false, status: 200, problem: expect.stringContaining('neither a page') });
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
