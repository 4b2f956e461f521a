/** What a front end costs that goes away: only the requests it had. */
import { describe, expect, it } from 'vitest';
import { balanced, balancedWithGate, frontEndOf } from './balanced.js';
import { eventually, fetchFrom, ready, type TestPlatform, testPlatform } from './serving.js';

interface FrontEndStatus {
  readonly name: string;
  readonly wanted: string;
}

/** Of the whole log, once what a process was about to write is there. */
async function errorsOf({ database }: TestPlatform) {
  const read = () => database.selectFrom('error_log').select(['front_end', 'module', 'message']).execute();
  await eventually('something is told', async () => (await read()).length > 0);
  return read();
}

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
