/**
 * What Uplift needs of a platform, by capability. An adapter offers those it has; what one cannot do becomes a manual task.
 *
 * Every effect is idempotent by the key its parameters name, and carries the token it was claimed under: an effect under a token
 * that is no longer the newest is refused (`FENCED`) and counted.
 */

import type { Drift } from '../domain/deployment.js';
import type { Infrastructure, MaintenanceWords } from '../domain/infrastructure.js';
import type { Diagnostic, Lock, ModuleName, ModuleState, SkipCause } from '../domain/module.js';

export interface Platform {
  readonly inventory: Inventory;
  readonly server: ServerUpgrade;
  readonly preparation: DrivenPreparation;
  readonly deployment: DrivenDeployment;
  readonly publishing: Publishing;
  readonly checks: Checks;
  readonly maintenance: Maintenance;
  readonly snapshots: Snapshots;
}

/** What exists: environments, front ends, modules and how each module stands. */
export interface Inventory {
  /** As its people describe it now, in uplift.yaml; as it was imported when that file is gone. Throws `INFRASTRUCTURE_UNKNOWN`. */
  infrastructure(infrastructure: string): Promise<Infrastructure>;
  /** Throws `INFRASTRUCTURE_UNKNOWN` or `ENVIRONMENT_UNKNOWN`, naming those there are. */
  environment(infrastructure: string, environment: string): Promise<EnvironmentFacts>;
  environments(): Promise<readonly EnvironmentFacts[]>;
  modules(environment: string): Promise<readonly ModuleFacts[]>;
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

export interface Hold {
  readonly operation: 'upgrade' | 'rollback';
  readonly workflow: string;
  readonly release: string;
  readonly token: number;
  /** The token it began with, which stays while the same workflow takes it again; null when an older program has begun it. */
  readonly firstToken: number | null;
  readonly since: string;
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

/** The installer, Service Center and System Components of one environment (SELF-01). */
export interface ServerUpgrade {
  /**
   * Takes the environment for an operation and gives it a token; `workflow` may take its own hold again with a fresh one.
   * A rollback takes over from an upgrade, whose later effects are refused then. Refused with `ENVIRONMENT_HELD` while somebody
   * else has it. Key: workflow.
   */
  hold(request: {
    environment: string;
    operation: 'upgrade' | 'rollback';
    workflow: string;
    release: string;
  }): Promise<Hold>;
  /**
   * From the tests to the opening nothing changes: while an environment is sealed, publishing, applying configurations, deleting,
   * preparing and deploying are refused with `ENVIRONMENT_HELD`, and executions under way take no further modules. Sealing throws
   * `CHANGES_UNDER_WAY` until what had begun has ended: call it again. Ends with the hold, or with the next one, at the latest.
   */
  seal(request: { environment: string; token: number; sealed: boolean }): Promise<void>;
  /** Lets go. Without effect when the token is no longer the newest. */
  release(request: { environment: string; token: number }): Promise<void>;
  /** Brings one front end to `release`: out of traffic, drained, replaced, healthy, back. Key: front end and release. */
  installFrontEnd(
    request: { environment: string; frontEnd: string; release: string; token: number },
    progress: Progress,
  ): Promise<void>;
  /**
   * The undo of an installation that failed: requests are sent there again, whatever release it runs. Returns at once, and without
   * effect when the token is no longer the newest. Key: front end.
   */
  returnToTraffic(request: { environment: string; frontEnd: string; token: number }): Promise<void>;
  /** Publishes one of the parts that are not front ends. Key: environment, part and release. */
  install(
    request: { environment: string; part: ServerPart; release: string; token: number },
    progress: Progress,
  ): Promise<void>;
}

/** `server`: binaries and configuration, once every front end has them. `system components` makes every module pending. */
export type ServerPart = 'server' | 'service center' | 'system components';

/** Work that tells how it stands and stops when it is told to. `details` are small JSON. */
export interface Progress {
  readonly signal: AbortSignal;
  heartbeat(details: Record<string, unknown>): void;
}

/** Preparation that Uplift drives: it claims groups, compiles and records (PREP-01…12). */
export interface DrivenPreparation {
  /**
   * Joins the running one of the same release (PREP-12); else starts one over failed ∪ skipped ∪ never started (PREP-08), or over
   * `everything` that was ever published (APPS-02): once for each `upgrade`, which goes on with what is left of it. A running one that
   * was opened for less is widened. Refused with `ENVIRONMENT_HELD`, in the same transaction, when it is `unattended` and an upgrade or
   * a rollback holds the environment.
   */
  open(request: {
    environment: string;
    release?: string;
    requestedBy: string;
    everything?: boolean;
    unattended?: boolean;
    upgrade?: string;
  }): Promise<OpenPreparation>;
  /** Claims the next group, compiles it and records the verdicts. Key: `claimedBy`, whose own claim is taken over at once. */
  prepareNextGroup(
    request: { preparation: number; claimedBy: string; unattended?: boolean },
    progress: Progress,
  ): Promise<Turn>;
  /** Frees every claim of `claimedBy` or, without one, of the whole preparation. */
  release(request: { preparation: number; claimedBy?: string }): Promise<void>;
  /** Ends it and reports; a second call reports the same. `broken`: it was cancelled, or the step itself failed. */
  close(request: { preparation: number; broken?: 'stopped' | 'failed' }): Promise<PreparationReport>;
  report(preparation: number): Promise<PreparationReport>;
  /** The newest one; null before the first. */
  newest(environment: string): Promise<PreparationReport | null>;
}

export interface OpenPreparation {
  readonly id: number;
  readonly release: string;
  readonly joined: boolean;
  /** Groups at a time. */
  readonly lanes: number;
  readonly modules: number;
}

export type Turn =
  | {
      readonly kind: 'group';
      readonly group: number;
      readonly prepared: number;
      readonly failed: number;
      readonly skipped: number;
      readonly left: number;
    }
  /** Something is pending, but its producers are being prepared, published or held elsewhere. Milliseconds. */
  | { readonly kind: 'waiting'; readonly retryIn: number; readonly left: number }
  /** Unattended, and the environment is held meanwhile: `by` says by whom. It has to be closed, stopped. */
  | { readonly kind: 'held'; readonly by: string }
  | { readonly kind: 'nothing pending' };

export interface PreparationReport {
  readonly preparation: number;
  readonly environment: string;
  readonly release: string;
  /** What it was about: failed ∪ skipped ∪ never started, or all that was ever published. */
  readonly scope: 'unfinished' | 'everything';
  /** `failed`: the step itself, beside any module. */
  readonly status: 'running' | 'finished' | 'finished with errors' | 'stopped' | 'failed';
  readonly requestedBy: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly groups: number;
  readonly prepared: number;
  /** Of them those that this execution prepared itself: the others were before (PREP-09). */
  readonly preparedInIt: number;
  readonly failed: number;
  readonly skipped: number;
  readonly notApplicable: number;
  readonly left: number;
  /** 0 to 100, of the modules this preparation has to do. */
  readonly percent: number;
  /** Milliseconds; null until something was measured. */
  readonly timeLeft: number | null;
  /** Up to ten of the failed modules, with the compiler's first message; `failed` says how many there are. */
  readonly failures: readonly { readonly module: ModuleName; readonly problem: string }[];
}

/** Deploy All, module by module and front end by front end (DEP-01…06). */
export interface DrivenDeployment {
  /**
   * Joins a running one, which then also takes what was prepared since it was opened; else starts one over what is prepared and not
   * yet deployed. Refused below 11.19.0 (VER-09), but for a `solution`, which every release can publish (APPS-02). `unattended` as for a
   * preparation.
   */
  open(request: {
    environment: string;
    requestedBy: string;
    solution?: boolean;
    unattended?: boolean;
  }): Promise<OpenDeployment>;
  /** Deploys the next few modules to every front end. Key: `claimedBy`. */
  deployNext(
    request: { deployment: number; claimedBy: string; unattended?: boolean },
    progress: Progress,
  ): Promise<DeployTurn>;
  release(request: { deployment: number; claimedBy?: string }): Promise<void>;
  close(request: { deployment: number; stopped?: boolean }): Promise<DeploymentReport>;
  report(deployment: number): Promise<DeploymentReport>;
  /** The one that runs; null: none does. */
  running(environment: string): Promise<number | null>;
}

export interface OpenDeployment {
  readonly id: number;
  readonly release: string;
  readonly joined: boolean;
  readonly modules: number;
}

export type DeployTurn =
  | { readonly kind: 'deployed'; readonly deployed: number; readonly failed: number; readonly left: number }
  | { readonly kind: 'waiting'; readonly retryIn: number; readonly left: number }
  /** As for a preparation. */
  | { readonly kind: 'held'; readonly by: string }
  | { readonly kind: 'nothing left' };

export interface DeploymentReport {
  readonly deployment: number;
  readonly environment: string;
  readonly release: string;
  readonly status: 'running' | 'finished' | 'finished with errors' | 'stopped';
  readonly requestedBy: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly deployed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly left: number;
  /** Every eligible module runs on the environment's release (DEP-06). */
  readonly fullyUpgraded: boolean;
  /** Up to ten of those that do not, with the reason; `failed` and `skipped` say how many. */
  readonly notDeployed: readonly { readonly module: ModuleName; readonly reason: string }[];
  /** Up to ten modules that were published, added or deleted since it ended, while it is the newest: told, never refused (DEP-06). */
  readonly drift: readonly Drift[];
}

/** Publish, apply configurations and delete, as Service Center does them (APPS-01, PREP-05…06). */
export interface Publishing {
  /** Key: `id`. Throws `MODULE_LOCKED`, `PRODUCER_NOT_PREPARED`, `COMPILATION_FAILED` with the vendor's wording. */
  publish(request: PublishRequest, progress: Progress): Promise<Publication>;
}

export interface PublishRequest {
  readonly id: string;
  readonly environment: string;
  readonly module: ModuleName;
  readonly user: string;
  /** New sources by path below the module's folder (`src/index.ts`); without them the newest uploaded one is published. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface Publication {
  readonly id: string;
  readonly module: ModuleName;
  readonly release: string;
  readonly declarationsChanged: boolean;
  /** Prepared consumers that have to be prepared again. */
  readonly consumersPending: number;
}

/** Keeping users out while an environment is upgraded (LIVE-01). Behind the closed door the checks still get in. */
export interface Maintenance {
  /**
   * Every user gets a maintenance page from now on; returns once that is so. A door that is closed stays closed as it was: since when,
   * by whom and why. Key: environment.
   */
  close(request: DoorRequest & { reason: string; notice?: MaintenanceNotice }, progress: Progress): Promise<void>;
  /** Users are served again; returns once that is so. */
  open(request: DoorRequest, progress: Progress): Promise<void>;
}

export interface DoorRequest {
  readonly environment: string;
  readonly token: number;
  /** The run: its workflow id and run id. */
  readonly by: { readonly workflow: string; readonly run: string };
  /** Opens only what this very run has closed. */
  readonly onlyOwn?: boolean;
}

/** What the maintenance page says besides the reason. */
export interface MaintenanceNotice extends MaintenanceWords {
  /** When it is expected to end, ISO 8601 UTC; left out: nobody knows. */
  readonly until?: string | undefined;
  /** Of the environment, on whose clock the page says so. */
  readonly timeZone: string;
}

/** What an environment is, kept aside before its first change, and brought back (LIVE-01, LIVE-05). Verified by digest. */
export interface Snapshots {
  /** Key: environment and `id`; a snapshot that is complete is kept. */
  take(request: { environment: string; id: string; token: number }, progress: Progress): Promise<Snapshot>;
  /**
   * Server release, modules with their sources and configurations, what the front ends run, application data. Goes on where an
   * interrupted restore was. Tokens, evidence and history stay as they are. Key: environment and `id`.
   */
  restore(request: { environment: string; id: string; token: number }, progress: Progress): Promise<RestoreReport>;
  /** Throws `SNAPSHOT_CORRUPTED`, naming the file that is not as it was written. */
  verify(request: { environment: string; id: string }): Promise<void>;
  /** The newest complete one. */
  newest(environment: string): Promise<Snapshot | null>;
  /** What a restore would lose now. Changes nothing. */
  loss(request: { environment: string; id: string }): Promise<Loss>;
  /** The newest restore that ended, unless an upgrade has taken the environment since; null: none has. */
  restored(environment: string): Promise<{ readonly snapshot: string; readonly at: string } | null>;
}

export interface Snapshot {
  readonly id: string;
  readonly environment: string;
  readonly release: string;
  /** Of the hold it was taken under; null when an older program has taken it. */
  readonly token: number | null;
  /** ISO 8601 UTC. For people: clocks are set back. */
  readonly takenAt: string;
  readonly modules: number;
  /** Rows of application data. */
  readonly rows: number;
  /** SHA-256 over everything that it holds. */
  readonly digest: string;
}

export interface RestoreReport {
  readonly snapshot: string;
  readonly release: string;
  readonly modules: number;
  readonly rows: number;
  readonly lost: Loss;
  /** A copy of the application data as it was before, below the data folder; null: nothing was lost. */
  readonly kept: string | null;
}

/** What was written since a snapshot and goes with a restore; the span is what it was written in. */
export interface Loss {
  /** Of users: none while the door has been closed since before the snapshot. */
  readonly rows: number;
  readonly from: string;
  readonly to: string;
  /** Written behind the closed door, by checks and by people who test. */
  readonly behindTheDoor: number;
}

/** Whether the environment's applications work (TEST-01). */
interface Checks {
  /** Digest of what runs there: releases, modules with their instances, configurations. What was tested is what is let in. */
  deployed(environment: string): Promise<string>;
  /** Of these paths, in their order; also while the door is closed. */
  hotPoints(environment: string, paths: readonly string[], signal: AbortSignal): Promise<readonly HotPoint[]>;
  /**
   * Kinds of errors logged since `since` (ISO 8601 UTC, on the platform's clock) that were not logged in the time before. When a
   * snapshot was taken then, what counts is what the log held at that moment, whatever clocks have said since.
   */
  newErrors(environment: string, since: string): Promise<readonly NewError[]>;
}

export interface NewError {
  readonly module: ModuleName | null;
  readonly message: string;
  readonly count: number;
}

export interface HotPoint {
  readonly path: string;
  readonly ok: boolean;
  readonly status: number;
  readonly milliseconds: number;
  readonly problem: string | null;
}
