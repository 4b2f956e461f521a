/** An infrastructure as its people describe it: environments in lifecycle order, and what holds for each when it is upgraded. */
import type { Freeze, Window } from '../calendar/window.js';
import type { Providers } from './provider.js';

/** In the order of the lifecycle (PLAN-04). */
export const stages = ['development', 'testing', 'pre-production', 'production'] as const;
export type Stage = (typeof stages)[number];

/** Who upgrades the server: the customer, or the vendor in whose cloud it is (CLOUD-06: each environment its own way). */
export const hostings = ['self-managed', 'cloud'] as const;
export type Hosting = (typeof hostings)[number];

/** How applications come to the new release: everything prepared at once, everything published, or module by module. */
export const applicationsWays = ['deploy all', 'publish all', 'gradual'] as const;
export type ApplicationsWay = (typeof applicationsWays)[number];

/**
 * The gates of an environment's upgrade, in the order they come. `window`: users are kept out, and the window has closed before a step
 * that touches the environment. `rollback`: what users have written since would be lost; of no plan, for nobody plans one.
 */
export const gateNames = ['plan', 'start', 'window', 'applications', 'tests', 'go live', 'rollback'] as const;
export type GateName = (typeof gateNames)[number];

export const teamRoles = ['development', 'test', 'operations'] as const;
type TeamRole = (typeof teamRoles)[number];

export interface Infrastructure {
  /** Its name. */
  readonly infrastructure: string;
  /** Null: not described, so nothing is known about its version (COMP-02). */
  readonly lifeTime: LifeTime | null;
  /** In lifecycle order. */
  readonly environments: readonly Environment[];
  /** Paths that have to answer in every environment (TEST-01). */
  readonly hotPoints: readonly string[];
}

export interface LifeTime {
  /** Of LifeTime itself: never compared with releases of environments (COMP-01). */
  readonly release: string;
  /** Whether that was its newest when somebody last looked. */
  readonly newest: boolean;
}

export interface Environment {
  readonly name: string;
  readonly stage: Stage;
  readonly release: string;
  readonly hosting: Hosting;
  /** IANA, such as `Europe/Lisbon`. */
  readonly timeZone: string;
  /** Where its applications answer: `https://apps.acme.example`, without a path. Left out: nobody has said. */
  readonly address?: string | undefined;
  readonly zones: readonly Zone[];
  /** The front end whose machine is the deployment controller too (LIVE-03); null: the controller has a machine of its own. */
  readonly controller: string | null;
  /** None: any time is open. */
  readonly windows: readonly Window[];
  readonly freezes: readonly Freeze[];
  readonly strategy: Strategy;
  readonly applications: ApplicationsWay;
  readonly gates: Gates;
  readonly checks: EnvironmentChecks;
  readonly teams: readonly Team[];
  /** Who does what; absent: the embedded platform does everything. */
  readonly providers?: Providers | undefined;
  /** Left out: the page says no more than that it is being upgraded. */
  readonly maintenance?: MaintenanceWords | undefined;
}

/** What the site says on the page that users get while they are kept out (LIVE-01). */
export interface MaintenanceWords {
  readonly text?: string | undefined;
  /** Whom to ask meanwhile. */
  readonly contact?: string | undefined;
}

export interface Zone {
  readonly name: string;
  /** In the order they are taken out of traffic. */
  readonly frontEnds: readonly string[];
}

/** How users meet the new release (LIVE-01): zero downtime needs a reason, since a rollback loses data. */
export type Strategy =
  | { readonly kind: 'downtime' }
  | { readonly kind: 'zero downtime'; readonly businessReason: string };

export type Gates = Readonly<Record<GateName, GatePolicy>>;

export interface GatePolicy {
  /** Whose approval counts; none named: anybody's. */
  readonly approvers: readonly string[];
  /** Different people who have to approve; 0: nobody is asked. */
  readonly quorum: number;
  /** Whoever asked for the upgrade does not count. */
  readonly excludeRequester: boolean;
  /** From then on nobody opens it and the run ends; without it the gate waits as long as it takes. */
  readonly expiresAfterHours?: number | undefined;
}

interface EnvironmentChecks {
  /** Paths that have to answer here, besides those of every environment (TEST-01). */
  readonly hotPoints: readonly string[];
  /** What people look at themselves and sign. */
  readonly tests: readonly string[];
  readonly entry?: EntryHeader | undefined;
}

/** The header by which a closed door lets the checks in. Its value is a secret of the machine that checks: this says where it has it. */
export interface EntryHeader {
  readonly header: string;
  readonly value:
    | { readonly kind: 'variable'; readonly name: string }
    /** An absolute path. */
    | { readonly kind: 'file'; readonly path: string };
}

interface Team {
  readonly name: string;
  readonly members: readonly string[];
  readonly role: TeamRole;
}

/**
 * What a gate asks when nothing is said about it, and the least it may ask. Nothing is touched before one person approved the plan,
 * and nothing that failed is accepted by nobody; production starts and goes live with the approval of somebody else than who asked. A
 * rollback that loses what users wrote in production is asked once more, of whoever is there.
 */
export function leastPolicy(gate: GateName, stage: Stage): GatePolicy {
  switch (gate) {
    case 'plan':
    case 'window':
    case 'applications':
    case 'tests':
      return { approvers: [], quorum: 1, excludeRequester: false };
    case 'start':
    case 'go live':
      return { approvers: [], quorum: stage === 'production' ? 1 : 0, excludeRequester: stage === 'production' };
    case 'rollback':
      return {
        approvers: [],
        quorum: stage === 'production' ? 1 : 0,
        excludeRequester: false,
        expiresAfterHours: rollbackExpires,
      };
  }
}

/** Hours: what users would lose grows meanwhile, and who approved it a day ago approved another loss. */
const rollbackExpires = 24;

/** Paths that have to answer in the environment, each once (TEST-01). */
export function hotPointsOf({ hotPoints, environments }: Infrastructure, environment: string): readonly string[] {
  const own = environments.find(({ name }) => name === environment)?.checks.hotPoints ?? [];
  return [...new Set([...hotPoints, ...own])];
}

/** LIVE-02: zones with fewer than two front ends, where half of them cannot serve while the other half is upgraded. */
export function zonesTooSmall({ zones }: Pick<Environment, 'zones'>): readonly Zone[] {
  return zones.filter(({ frontEnds }) => frontEnds.length < 2);
}
