/** Who may change something in Service Center: nobody from another site or under another name. */
import http from 'node:http';
import { describe, expect, it } from 'vitest';
import { ask } from '../serving.js';
import { center } from './center.js';

describe('who may change something', () => {
  /** `fetch` does not let anybody choose these headers, as browsers do not. */
  function post(url: string, path: string, headers: Record<string, string>): Promise<number> {
    return new Promise((resolve, reject) => {
      const request = http.request(
        `${url}${path}`,
        { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
        (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        },
      );
      request.on('error', reject);
      request.end('{"user":"ana"}');
    });
  }

  it('refuses requests of other sites and under other names, for the API and for forms', async () => {
    const { url, launches } = await center();
    const host = new URL(url).host;
    const paths = ['/api/upgrades/prepare', '/ServiceCenter/upgrades/prepare'];
    const hostile = [
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: 'http://localhost:1' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { host: 'evil.example' },
      { host: `127.0.0.1.evil.example:${new URL(url).port}` },
    ];

    for (const path of paths) for (const headers of hostile) expect(await post(url, path, headers)).toBe(403);
    expect(launches).toEqual([]);
    expect(
      await post(url, '/api/upgrades/prepare', { origin: `http://${host}`, 'sec-fetch-site': 'same-origin' }),
    ).toBe(202);
    expect(await post(url, '/api/upgrades/prepare', { host: `localhost:${new URL(url).port}` })).toBe(202);
  });

  it('takes the host from the target of a request where that is a whole address', async () => {
    const { url } = await center();

    expect((await ask(url, { path: 'http://evil.example/health' })).status).toBe(403);
    expect((await ask(url, { path: `${url}/health`, headers: { host: 'evil.example' } })).status).toBe(200);
  });
});
