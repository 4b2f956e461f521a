/** What an upgrade needs done to an environment, and who does it there: a decision of the plan. */

import type { Command } from '../commands/command.js';

/**
 * `installer`: front ends, server, Service Center, System Components. `traffic`: taking a front end out of it, and back. `door`: keeping
 * users out, and letting them in. `deployment`: Deploy All, or everything as one solution.
 */
export const capabilities = [
  'installer',
  'traffic',
  'door',
  'snapshot',
  'restore',
  'preparation',
  'deployment',
  'hot points',
  'error log',
] as const;
export type Capability = (typeof capabilities)[number];

export function isCapability(name: string): name is Capability {
  return (capabilities as readonly string[]).includes(name);
}

/** The platform that Uplift brings along, piece by piece; people, as a task; requests of ours to the pages themselves. */
export const providerKinds = ['embedded', 'people', 'http'] as const;

/** Who does it; a command is a program of the site's own. */
export type Provider =
  | { readonly kind: (typeof providerKinds)[number] }
  | { readonly kind: 'command'; readonly command: Command };

export type Providers = Readonly<Record<Capability, Provider>>;

/** Providers that somebody chose; the platform, or people, do the rest. */
export type ChosenProviders = Partial<Record<Capability, Provider>>;

/** What is done by whom where nothing is said: an embedded platform does everything; without one people do, but for pages that can be asked for. */
export function providersWith(
  chosen: ChosenProviders,
  { platform, address }: { readonly platform: 'embedded' | 'none'; readonly address: string | undefined },
): Providers {
  return everyCapability((capability) => chosen[capability] ?? { kind: usual(capability, platform, address) });
}

function usual(
  capability: Capability,
  platform: 'embedded' | 'none',
  address: string | undefined,
): (typeof providerKinds)[number] {
  if (platform === 'embedded') return 'embedded';
  return capability === 'hot points' && address !== undefined ? 'http' : 'people';
}

/** Absent where nobody could choose yet, or has: the embedded platform does everything. */
export function providerOf(
  { providers }: { readonly providers?: Providers | undefined },
  capability: Capability,
): Provider {
  return providers?.[capability] ?? { kind: 'embedded' };
}

function everyCapability(provider: (capability: Capability) => Provider): Providers {
  return Object.fromEntries(capabilities.map((one) => [one, provider(one)])) as unknown as Providers;
}
