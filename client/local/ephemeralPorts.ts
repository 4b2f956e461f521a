/** Ports that the system itself gives to connections: what is to listen on one may find it taken, now and then, by chance. */
import { readFile } from 'node:fs/promises';

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

/** Undefined where the system does not tell. */
export async function ephemeralPorts(): Promise<PortRange | undefined> {
  const text = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').catch(() => '');
  const [, first, last] = /^(\d+)\s+(\d+)\s*$/.exec(text) ?? [];
  return first === undefined || last === undefined ? undefined : { first: Number(first), last: Number(last) };
}

/** What people should know of `ports`, which all follow from the first one; undefined: nothing. */
export function ephemeralWarning(ports: readonly number[], range: PortRange | undefined): string | undefined {
  if (!range) return undefined;
  const inRange = ports.filter((port) => port >= range.first && port <= range.last).sort((a, b) => a - b);
  const [lowest] = inRange;
  if (lowest === undefined) return undefined;
  const highestFirst = range.first - 1 - (Math.max(...ports) - Math.min(...ports));
  const which = inRange.length === 1 ? `Port ${lowest}` : `${inRange.length} of the ports, from ${lowest} on,`;
  const better = highestFirst >= 1024 ? `; better take --port ${highestFirst} or lower` : '';
  return `${which} may be in use by chance at any start: this system gives ${range.first} to ${range.last} to connections${better}`;
}
