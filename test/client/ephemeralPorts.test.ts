/** What `uplift up` says of ports that the system gives to connections. */
import { describe, expect, it } from 'vitest';
import { ephemeralPorts, ephemeralWarning } from '../../client/local/ephemeralPorts.js';
import { defaultFirstPort } from '../../client/local/ports.js';
import { portsOf } from '../e2e/freePort.js';

const range = { first: 32_768, last: 60_999 };

describe('ports that the system gives to connections', () => {
  it.each([defaultFirstPort, 31_600, 61_000])('nothing is said of those that follow from %i', (first) => {
    expect(ephemeralWarning(portsOf(first), range)).toBeUndefined();
  });

  it.each([
    [33_000, 15, 33_000],
    [31_761, 14, 32_768],
    [32_768, 15, 32_768],
  ])('those that follow from %i are told, with a first port that fits', (first, count, lowest) => {
    const warning = ephemeralWarning(portsOf(first), range) ?? '';

    const [, told, from] = /^(\d+) of the ports, from (\d+) on,/.exec(warning) ?? [];
    const better = Number(/better take --port (\d+) or lower$/.exec(warning)?.[1]);
    expect(Number(from)).toBe(Math.min(...portsOf(first).filter((port) => port >= range.first)));
    expect(Number(from)).toBe(lowest);
    expect(Number(told)).toBeGreaterThanOrEqual(count);
    expect(ephemeralWarning(portsOf(better), range)).toBeUndefined();
    expect(ephemeralWarning(portsOf(better + 1), range)).toBeDefined();
  });

  it('this system tells its own', async () => {
    const own = await ephemeralPorts();

    if (process.platform === 'linux') expect(own?.first).toBeLessThan(own?.last ?? 0);
    else expect(own).toBeUndefined();
  });

  it('nothing is said where the system does not tell', () => {
    expect(ephemeralWarning(portsOf(40_000), undefined)).toBeUndefined();
  });
});
