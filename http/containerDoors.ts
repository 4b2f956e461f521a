/**
 * The doors of a container. What runs in it listens on the loopback address of its network, where no published port leads. A door listens
 * on the container's own address and passes on what calls it by a name of this machine. That address is none of those names: pages that
 * are open in a browser of the host could ask for it, whatever is published.
 */
import { networkInterfaces } from 'node:os';
import { UpliftError } from '../domain/errors.js';
import { startCheckedProxy } from './checkedProxy.js';
import type { Serving } from './listen.js';

export interface ContainerDoor {
  /** The port that is published. */
  readonly port: number;
  /** The one that is behind it, of the loopback address. */
  readonly target: number;
}

/** Of each word the door it stands for: `PORT`, or `PORT:TARGET` where the two are not the same. Throws `INPUT_INVALID`. */
export function containerDoors(words: readonly string[]): readonly ContainerDoor[] {
  return words.map((word) => {
    const [, port, target = port] = /^(\d{1,5})(?::(\d{1,5}))?$/.exec(word) ?? [];
    if (isPort(Number(port)) && isPort(Number(target))) return { port: Number(port), target: Number(target) };
    throw new UpliftError('INPUT_INVALID', { what: `${word} is no door of a container`, next: 'PORT or PORT:TARGET' });
  });
}

/** The IPv4 addresses under which others reach this container. Throws `INPUT_INVALID` where there is none. */
export function outerAddresses(interfaces = networkInterfaces()): readonly string[] {
  const addresses = Object.values(interfaces)
    .flatMap((one) => one ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address);
  if (addresses.length > 0) return addresses;
  throw new UpliftError('INPUT_INVALID', { what: 'This container has no network', next: 'give it one' });
}

/** Opens every door on each of the addresses. Throws `PORT_IN_USE`. */
export async function openContainerDoors(
  addresses: readonly string[],
  doors: readonly ContainerDoor[],
): Promise<Serving> {
  const open = await Promise.all(
    addresses.flatMap((address) =>
      doors.map((door) =>
        startCheckedProxy({ address, ...door, what: `the door to port ${door.target} of this container` }),
      ),
    ),
  );
  return {
    async close() {
      await Promise.all(open.map((door) => door.close()));
    },
  };
}

function isPort(port: number): boolean {
  return port >= 1 && port <= 65_535;
}
