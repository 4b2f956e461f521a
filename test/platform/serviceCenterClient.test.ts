/** Publishing as a client of a Service Center that hangs. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { publishingThrough } from '../../platform/embedded/publishing/serviceCenterClient.js';
import { quiet } from './tinyFactory.js';

/** Takes every request and never answers. */
async function hangingServer(): Promise<string> {
  const server = http.createServer(() => undefined).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const request = { id: 'p', environment: 'Development', module: '@acme/claims', user: 'ada' };

it('APPS-01 does not wait for ever for a Service Center that hangs, and says who did not answer', async () => {
  const url = await hangingServer();
  const publishing = publishingThrough(async () => url, 200);

  await expect(publishing.publish(request, quiet)).rejects.toThrow(
    'Service Center of Development did not answer within 0.2 s to the publish of @acme/claims; look at its log',
  );
});

it('APPS-01 stops waiting with the reason it is told to', async () => {
  const url = await hangingServer();
  const signal = AbortSignal.abort(new Error('cancelled'));

  await expect(publishingThrough(async () => url, 200).publish(request, { ...quiet, signal })).rejects.toThrow(
    'cancelled',
  );
});
