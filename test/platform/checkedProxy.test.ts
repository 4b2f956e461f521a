/** The door before a server that answers to any name: what it refuses, and that what it lets in passes as it came. */
import { once } from 'node:events';
import http, { type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { startCheckedProxy } from '../../http/checkedProxy.js';
import { freePort } from '../../http/port.js';
import { ask } from './serving.js';

/** Address of a door before a server that answers with `handler`. */
async function before(handler: RequestListener): Promise<string> {
  const server = http.createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: target } = server.address() as AddressInfo;
  const port = await freePort();
  const door = await startCheckedProxy({ port, target, what: 'the server' });
  onTestFinished(async () => {
    await door.close();
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${port}`;
}

it.each([
  { path: '/', headers: { host: 'evil.example' } },
  { path: 'http://evil.example/', headers: { host: '127.0.0.1' } },
  { path: '/terminate', method: 'POST', headers: { origin: 'http://evil.example', 'content-type': 'text/plain' } },
  { path: '/terminate', method: 'POST', headers: { 'sec-fetch-site': 'cross-site' } },
])('refuses $method $path with $headers, and the server hears nothing of it', async (asked) => {
  const heard: (string | undefined)[] = [];
  const url = await before(({ url: target }, response) => {
    heard.push(target);
    response.end();
  });

  expect((await ask(url, asked)).status).toBe(403);
  expect(heard).toEqual([]);
});

it('passes on method, target, headers and body, and the answer with its status', async () => {
  const url = await before(async (request, response) => {
    response.writeHead(207, { 'set-cookie': ['a=1', 'b=2'] });
    response.end(`${request.method} ${request.url} ${request.headers.host} ${await bodyOf(request)}`);
  });

  const response = await fetch(`${url}/a%20b?c=d`, { method: 'PUT', body: 'text', headers: { origin: url } });

  expect([response.status, response.headers.getSetCookie()]).toEqual([207, ['a=1', 'b=2']]);
  expect(await response.text()).toBe(`PUT /a%20b?c=d ${new URL(url).host} text`);
});

it('passes on each part of an answer when it comes', async () => {
  const url = await before((request, response) => {
    response.write('first');
    request.once('close', () => response.destroy());
  });
  const leaving = new AbortController();

  const { body } = await fetch(url, { signal: leaving.signal });
  const first = await body?.getReader().read();
  leaving.abort();

  expect(new TextDecoder().decode(first?.value)).toBe('first');
});

it('says so when the server does not answer', async () => {
  const url = await before((_request, response) => response.destroy());

  expect(await ask(url, { path: '/' })).toEqual({ status: 502, text: 'the server does not answer.\n' });
});

it('names its port when somebody has it', async () => {
  const port = Number(new URL(await before(() => undefined)).port);

  const second = startCheckedProxy({ port, target: port, what: 'the server' });

  await expect(second).rejects.toMatchObject({ code: 'PORT_IN_USE', message: expect.stringContaining('the server') });
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) text += part;
  return text;
}
