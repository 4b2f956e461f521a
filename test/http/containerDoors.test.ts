/** The doors of a container: who gets through from outside to what listens on its loopback address. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { containerDoors, openContainerDoors, outerAddresses } from '../../http/containerDoors.js';
import { freePort } from '../../http/port.js';
import { ask } from '../platform/serving.js';

/** Stands for a container's own address: on Linux all of 127.0.0.0/8 is there, and a server of 127.0.0.1 does not have it. */
const outer = '127.0.0.2';

describe.runIf(process.platform === 'linux')('a door', () => {
  it('leads who calls by a name of this machine to the same port of the loopback address', async () => {
    const port = await serving('from inside');
    const url = await opened(`${port}`);

    const answers = await Promise.all(
      ['127.0.0.1', 'localhost'].map((name) => ask(url(port), { path: '/', headers: { host: `${name}:${port}` } })),
    );

    expect(answers).toEqual([
      { status: 200, text: 'from inside' },
      { status: 200, text: 'from inside' },
    ]);
  });

  it('refuses every other name, that of the container too, and what changes something for another site', async () => {
    const port = await serving('from inside');
    const url = await opened(`${port}`);
    const host = `127.0.0.1:${port}`;

    const answers = await Promise.all([
      ask(url(port), { path: '/' }),
      ask(url(port), { path: '/', headers: { host: 'evil.example' } }),
      ask(url(port), { path: 'http://evil.example/', headers: { host } }),
      ask(url(port), { path: '/', method: 'POST', headers: { host, origin: 'http://evil.example' } }),
    ]);

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  });

  it('leads to another port where one is named, and says so when nobody answers there', async () => {
    const target = await serving('the UI');
    const [port, other, nobody] = [await freePort(), await freePort(), await freePort()];
    const url = await opened(`${port}:${target}`, `${other}:${nobody}`);

    const headers = { host: 'localhost' };
    expect(await ask(url(port), { path: '/', headers })).toEqual({ status: 200, text: 'the UI' });
    expect(await ask(url(other), { path: '/', headers })).toMatchObject({ status: 502 });
  });
});

it.each(['', '0', '65536', '8080:0', '8080:', ':8080', '80a', '127.0.0.1:80', '1:2:3'])(
  'refuses %j as a door',
  (word) => {
    expect(() => containerDoors(['8240', word])).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
  },
);

it('opens on the addresses that others know, never on the loopback address, and refuses a container that has none', () => {
  const loopback = address('127.0.0.1', 'IPv4', true);

  const addresses = outerAddresses({
    lo: [loopback],
    eth0: [address('172.18.0.4', 'IPv4'), address('fe80::1', 'IPv6')],
    eth1: [address('10.89.0.2', 'IPv4')],
  });

  expect(addresses).toEqual(['172.18.0.4', '10.89.0.2']);
  expect(() => outerAddresses({ lo: [loopback] })).toThrow(expect.objectContaining({ code: 'INPUT_INVALID' }));
});

/** The port of a server that listens on the loopback address, as everything in the container does. */
async function serving(text: string): Promise<number> {
  const server = createServer((_, response) => response.end(text)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

async function opened(...words: readonly string[]): Promise<(port: number) => string> {
  const doors = await openContainerDoors([outer], containerDoors(words));
  onTestFinished(() => doors.close());
  return (port) => `http://${outer}:${port}`;
}

function address(name: string, family: 'IPv4' | 'IPv6', internal = false) {
  const whatever = { netmask: '', mac: '', cidr: null };
  return family === 'IPv4'
    ? { address: name, family, internal, ...whatever }
    : { address: name, family, internal, scopeid: 0, ...whatever };
}
