/** A first port from which on every port of the embedded default is free. */

import { portsFrom } from '../../client/local/ports.js';
import { assertPortFree } from '../../http/port.js';

/** Apart from the default ones, and below those the system gives out by itself. */
const range = { from: 17_000, to: 30_000, step: 50 };

export async function freeFirstPort(): Promise<number> {
  for (let first = range.from; first < range.to; first += range.step) {
    if (await allFree(first)) return first;
  }
  throw new Error(`No row of free ports from ${range.from} to ${range.to}`);
}

async function allFree(first: number): Promise<boolean> {
  const { temporal, temporalUi, workerMetrics, environment } = portsFrom(first);
  const { balancer, serviceCenter, frontEnds } = environment(0);
  const wanted = [temporal, temporalUi, workerMetrics, balancer, serviceCenter, frontEnds, frontEnds + 1];
  const looks = wanted.map((port) => assertPortFree(port, 'a benchmark').then(free, taken));
  return (await Promise.all(looks)).every(Boolean);
}

function free(): boolean {
  return true;
}

function taken(): boolean {
  return false;
}
