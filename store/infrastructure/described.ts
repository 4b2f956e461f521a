/** From the content of uplift.yaml to the infrastructure it describes: what is left out comes from `defaults`, else from here. */

import { addDays } from '../../domain/calendar/localTime.js';
import type { Freeze, Window } from '../../domain/calendar/window.js';
import {
  type EntryHeader,
  type Environment,
  type GateName,
  type GatePolicy,
  type Gates,
  type Infrastructure,
  leastPolicy,
  type Stage,
  type Strategy,
} from '../../domain/infrastructure/infrastructure.js';
import { providersWith } from '../../domain/infrastructure/provider.js';
import { chosenProviders } from './providers.js';
import type { DefaultsContent, EnvironmentContent, InfrastructureContent } from './shape.js';

/** Whether a platform of ours is embedded: it does what people do elsewhere. */
export type SitePlatform = 'embedded' | 'none';

export function infrastructureOf(content: InfrastructureContent, platform: SitePlatform): Infrastructure {
  const { infrastructure, lifeTime = null, environments, defaults = {}, hotPoints = [] } = content;
  return {
    infrastructure,
    lifeTime,
    environments: environments.map((environment) => environmentOf(environment, defaults, platform)),
    hotPoints,
  };
}

/** A setting of its own replaces that of `defaults`; freezes add up, and gates are replaced one by one. */
export function environmentOf(
  content: EnvironmentContent,
  defaults: DefaultsContent,
  platform: SitePlatform,
): Environment {
  const { name, stage, release, address, zones, controller = null, checks = {} } = content;
  const timeZone = content.timeZone ?? defaults.timeZone ?? 'UTC';
  const windows = content.windows ?? defaults.windows ?? [];
  const maintenance = content.maintenance ?? defaults.maintenance;
  const freezes = [...(content.freezes ?? []), ...(defaults.freezes ?? [])];
  return {
    name,
    stage,
    release,
    hosting: content.hosting ?? defaults.hosting ?? 'self-managed',
    timeZone,
    ...(address === undefined ? {} : { address: new URL(address).origin }),
    zones,
    controller,
    windows: windows.flatMap((window) => windowsOf(window, timeZone)),
    freezes: freezes.map((freeze) => freezeOf(freeze, timeZone)),
    strategy: strategyOf(content),
    applications: content.applications ?? defaults.applications ?? 'deploy all',
    gates: gatesOf(stage, content.gates ?? {}, defaults.gates ?? {}),
    checks: { hotPoints: checks.hotPoints ?? [], tests: checks.tests ?? [], ...entryOf(checks.entry) },
    teams: content.teams ?? defaults.teams ?? [],
    ...(maintenance === undefined ? {} : { maintenance }),
    ...providersOf(content, defaults, platform),
  };
}

/** Where a platform is embedded and nobody chose otherwise nothing is to be said. */
function providersOf(
  content: EnvironmentContent,
  defaults: DefaultsContent,
  platform: SitePlatform,
): Pick<Environment, 'providers'> {
  const chosen = chosenProviders(content.providers, defaults.providers);
  if (platform === 'embedded' && Object.keys(chosen).length === 0) return {};
  return { providers: providersWith(chosen, { platform, address: content.address }) };
}

type WindowContent = NonNullable<DefaultsContent['windows']>[number];
type FreezeContent = NonNullable<DefaultsContent['freezes']>[number];
type GatesContent = NonNullable<DefaultsContent['gates']>;

/** Only gates before anything is touched expire. */
type GateContent = NonNullable<GatesContent['plan']>;

function windowsOf({ weekdays, opens, hours = 0, minutes = hours * 60 }: WindowContent, timeZone: string): Window[] {
  return weekdays.map((weekday) => ({ weekday, opens, minutes, timeZone }));
}

/** A date to which it lasts is frozen as a whole. */
function freezeOf({ from, to, reason }: FreezeContent, timeZone: string): Freeze {
  const until = to.length === 10 ? addDays(to, 1) : to;
  return { from: beginning(from), to: beginning(until), timeZone, reason };
}

function beginning(moment: string): string {
  return moment.length === 10 ? `${moment}T00:00` : moment.replace(' ', 'T');
}

type EntryContent = NonNullable<EnvironmentContent['checks']>['entry'];

/** None where it does not say where its value is: that is complained about. */
function entryOf(entry: EntryContent): { readonly entry?: EntryHeader } {
  if (entry?.variable !== undefined)
    return { entry: { header: entry.header, value: { kind: 'variable', name: entry.variable } } };
  if (entry?.file !== undefined) return { entry: { header: entry.header, value: { kind: 'file', path: entry.file } } };
  return {};
}

function strategyOf({ strategy = 'downtime', businessReason = '' }: EnvironmentContent): Strategy {
  switch (strategy) {
    case 'downtime':
      return { kind: 'downtime' };
    case 'zero downtime':
      return { kind: 'zero downtime', businessReason };
  }
}

function gatesOf(stage: Stage, own: GatesContent, defaults: GatesContent): Gates {
  const policy = (gate: GateName): GatePolicy => {
    const content: GateContent = own[gate] ?? defaults[gate] ?? {};
    const least = leastPolicy(gate, stage);
    const { approvers = [], quorum, expiresAfterHours = least.expiresAfterHours } = content;
    const asked = approvers.length > 0 ? Math.max(1, least.quorum) : least.quorum;
    return {
      approvers,
      quorum: quorum ?? asked,
      excludeRequester: least.excludeRequester,
      ...(expiresAfterHours === undefined ? {} : { expiresAfterHours }),
    };
  };
  return {
    plan: policy('plan'),
    start: policy('start'),
    window: policy('window'),
    applications: policy('applications'),
    tests: policy('tests'),
    'go live': policy('go live'),
    rollback: policy('rollback'),
  };
}
