/** Ports for processes that a test starts. */
import { createServer } from 'node:net';
import { portsFrom } from '../../client/local/ports.js';

/** Below those that the system gives to connections: nothing takes it between this look and whoever is to listen there, but another test. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 30_100 + Math.floor(Math.random() * 2_600);
    if (await isFree(port)) return port;
  }
}

/** A first port for `uplift up` whose followers were free a moment ago; all below those that the system gives to connections. */
export async function freeFirstPort(): Promise<number> {
  for (;;) {
    const first = 10_000 + Math.floor(Math.random() * 20_000);
    const free = await Promise.all(portsOf(first).map(isFree));
    if (free.every(Boolean)) return first;
  }
}

/** The ports of an infrastructure with four environments of two front ends. */
export function portsOf(first: number): readonly number[] {
  const { temporal, temporalUi, workerMetrics, environment } = portsFrom(first);
  const environments = [0, 1, 2, 3]
    .map(environment)
    .flatMap(({ balancer, serviceCenter, frontEnds }) => [balancer, serviceCenter, frontEnds, frontEnds + 1]);
  return [temporal, temporalUi, workerMetrics, ...environments];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => resolve(true));
  });
  const free = await listening;
  server.close();
  return free;
}
