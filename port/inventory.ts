/** What exists: environments, front ends, modules, and how each of them stands. */
import type { ClosedDoor } from '../domain/goLive/door.js';
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
  /** Null: nobody has listed them. */
  modules(place: Place): Promise<readonly ModuleFacts[] | null>;
  /** Releases that can be installed there, oldest first. */
  releases(infrastructure: string): Promise<readonly string[]>;
}

export interface EnvironmentFacts {
  readonly infrastructure: string;
  readonly name: string;
  readonly stage: string;
  /** Where the release of its server is known from. But for `observed`, null stands for unknown in all of these facts. */
  readonly known: ReleaseKnown;
  /** Server, Service Center and System Components; the server counts as upgraded when all three agree (SELF-01). */
  readonly serverRelease: string;
  readonly serviceCenterRelease: string | null;
  readonly systemComponentsRelease: string | null;
  readonly frontEnds: readonly FrontEndFacts[];
  /** Where its applications and its Service Center answer. */
  readonly applicationsUrl: string | null;
  readonly serviceCenterUrl: string | null;
  /** Who holds the whole environment (an upgrade, a rollback). */
  readonly hold: Hold | null;
  /** Whether users are kept out; null: they are let in. */
  readonly door: ClosedDoor | null;
}

export type ReleaseKnown =
  /** Its platform says so. */
  | { readonly kind: 'observed' }
  /** uplift.yaml says so. */
  | { readonly kind: 'described' }
  /** Whoever upgraded it, or looked, said so since. ISO 8601 UTC. */
  | { readonly kind: 'evidence'; readonly by: string; readonly at: string };

export interface FrontEndFacts {
  readonly name: string;
  readonly zone: string;
  /** Null: unknown, as its traffic and what is wanted of it. */
  readonly url: string | null;
  /** Null: it does not run, or it is unknown. */
  readonly release: string | null;
  readonly traffic: Traffic | null;
  /** What is wanted of it: an upgrade takes it out of traffic, or it is out because it is down. */
  readonly wanted: { readonly release: string; readonly traffic: Traffic } | null;
}

export type Traffic = 'serving' | 'drained';

export interface ModuleFacts {
  readonly name: ModuleName;
  /** But for `observed`, null stands for unknown in all of these facts. */
  readonly known: ModuleKnown;
  readonly application: string | null;
  readonly ownerTeam: string | null;
  readonly kind: string | null;
  readonly version: string | null;
  readonly state: ModuleState | null;
  /** The release its newest compilation was made for; null when there is none. */
  readonly release: string | null;
  readonly deployedRelease: string | null;
  /** Whether its newest compilation is what the front ends run. */
  readonly upToDate: boolean | null;
  /** Whether a publish would be accepted now: no lock, every producer prepared (PREP-06). */
  readonly publishable: boolean | null;
  readonly lock: Lock | null;
  readonly cause: SkipCause | null;
  readonly diagnostics: readonly Diagnostic[];
}

type ModuleKnown =
  | { readonly kind: 'observed' }
  /** A list that was imported says so. ISO 8601 UTC. */
  | { readonly kind: 'listed'; readonly at: string };
