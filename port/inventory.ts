/** What exists: environments, front ends, modules, and how each of them stands. */

import type { Infrastructure } from '../domain/infrastructure/infrastructure.js';
import type { Place } from '../domain/infrastructure/place.js';
import type { Diagnostic, Lock, ModuleName, ModuleState, SkipCause } from '../domain/modules/module.js';
import type { Hold } from './hold.js';

/** What exists: environments, front ends, modules and how each module stands. */
export interface Inventory {
  /** As its people describe it now, in uplift.yaml; as it was imported when that file is gone. Throws `INFRASTRUCTURE_UNKNOWN`. */
  infrastructure(infrastructure: string): Promise<Infrastructure>;
  /** Throws `INFRASTRUCTURE_UNKNOWN` or `ENVIRONMENT_UNKNOWN`, naming those there are. */
  environment(place: Place): Promise<EnvironmentFacts>;
  /** Of every infrastructure, or of one. */
  environments(infrastructure?: string): Promise<readonly EnvironmentFacts[]>;
  modules(place: Place): Promise<readonly ModuleFacts[]>;
  /** Releases the platform can install, oldest first. */
  releases(): Promise<readonly string[]>;
}

export interface EnvironmentFacts {
  readonly infrastructure: string;
  readonly name: string;
  readonly stage: string;
  /** Server, Service Center and System Components; the server counts as upgraded when all three agree (SELF-01). */
  readonly serverRelease: string;
  readonly serviceCenterRelease: string;
  readonly systemComponentsRelease: string;
  readonly frontEnds: readonly FrontEndFacts[];
  /** Where its applications and its Service Center answer. */
  readonly applicationsUrl: string;
  readonly serviceCenterUrl: string;
  /** Who holds the whole environment (an upgrade, a rollback). */
  readonly hold: Hold | null;
  /** Whether users are kept out; null: they are let in. */
  readonly door: ClosedDoor | null;
}

/** Users are kept out (LIVE-01). */
export interface ClosedDoor {
  /** ISO 8601 UTC. */
  readonly since: string;
  /** The run that closed it: its workflow id. */
  readonly closedBy: string;
  readonly reason: string;
}

export interface FrontEndFacts {
  readonly name: string;
  readonly zone: string;
  readonly url: string;
  readonly release: string | null;
  readonly traffic: 'serving' | 'drained';
  /** What is wanted of it: an upgrade takes it out of traffic, or it is out because it is down. */
  readonly wanted: { readonly release: string; readonly traffic: 'serving' | 'drained' };
}

export interface ModuleFacts {
  readonly name: ModuleName;
  readonly application: string;
  readonly kind: string;
  readonly state: ModuleState;
  /** The release its newest compilation was made for; null when there is none. */
  readonly release: string | null;
  readonly deployedRelease: string | null;
  /** Whether its newest compilation is what the front ends run. */
  readonly upToDate: boolean;
  /** Whether a publish would be accepted now: no lock, every producer prepared (PREP-06). */
  readonly publishable: boolean;
  readonly lock: Lock | null;
  readonly cause: SkipCause | null;
  readonly diagnostics: readonly Diagnostic[];
}
