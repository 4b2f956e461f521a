/** What a Service Center needs: to read how its environment stands, to change a module, and to have preparations and deployments launched. */

import type { Logger } from 'pino';
import type { ModuleName } from '../../../domain/modules/module.js';
import type { DeploymentReport } from '../../../port/deployment.js';
import type { PreparationReport } from '../../../port/preparation.js';
import type { Publication, PublishRequest } from '../../../port/publishing.js';
import type { EmbeddedEnvironment, EmbeddedModule } from '../facts.js';
import type { UnfinishedModule } from '../preparation/unfinished.js';

/** All that a Service Center is made from. */
export interface ServiceCenterParts {
  readonly environment: string;
  readonly operations: ServiceCenterOperations;
  readonly launcher: Launcher;
  readonly pauses: Pauses;
  readonly planPage: PlanPage;
  readonly log: Logger;
}

/** A plan as a page, by the beginning of its hash. Throws `PLAN_UNKNOWN` and `PLAN_CORRUPTED`. */
export type PlanPage = (hash: string) => Promise<string>;

/** Of one environment. What is unknown is `undefined`, but for operations on a module, which throw `MODULE_UNKNOWN`. */
export interface ServiceCenterOperations {
  facts(): Promise<EmbeddedEnvironment>;
  modules(): Promise<readonly EmbeddedModule[]>;
  module(name: ModuleName): Promise<ModuleDetail | undefined>;
  /** Every preparation and deployment there was, the newest first (PREP-09, DEP-04). */
  executions(): Promise<readonly Execution[]>;
  /** For the banner. */
  latestPreparation(): Promise<PreparationReport | undefined>;
  preparation(id: number): Promise<PreparationDetail | undefined>;
  deployment(id: number): Promise<DeploymentDetail | undefined>;
  /** Stores new sources without publishing them. */
  upload(request: UploadRequest): Promise<unknown>;
  /** Throws `MODULE_LOCKED`, `PRODUCER_NOT_PREPARED` and `COMPILATION_FAILED`, whose cause has `diagnostics`. */
  publish(request: PublishRequest): Promise<Publication>;
  applyConfigurations(request: ConfigurationRequest): Promise<{ readonly settings: Readonly<Record<string, string>> }>;
  /** Also throws `MODULE_HAS_CONSUMERS`. */
  deleteModule(request: ModuleRequest): Promise<unknown>;
}

/** Who really prepares and deploys. Both join what runs already (PREP-12). */
export interface Launcher {
  prepare(requestedBy: string): Promise<Launched>;
  deploy(requestedBy: string): Promise<Launched>;
}

export interface Launched {
  readonly workflow: string;
  /** Where it can be watched. */
  readonly link?: string;
}

/** The pause of everything: in every environment no further step is begun. */
export interface Pauses {
  pause(by: string, reason: string): Promise<void>;
  resume(by: string, reason: string): Promise<void>;
  /** Null: nothing is paused. */
  current(): Promise<{ readonly by: string; readonly reason: string; readonly since: string } | null>;
}

/** Key: `id`. */
interface ModuleRequest {
  readonly id: string;
  readonly environment: string;
  readonly module: ModuleName;
  readonly user: string;
}

interface UploadRequest extends ModuleRequest {
  /** By path below the module's folder: all that it has from then on, but for `package.json`, which stays when it is not given. */
  readonly files: Readonly<Record<string, string>>;
}

interface ConfigurationRequest extends ModuleRequest {
  /** Settings that are not given stay as they are. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface ModuleDetail extends EmbeddedModule {
  readonly version: string;
  readonly publishedAt: string | null;
  readonly producers: readonly ModuleName[];
  readonly consumers: readonly ModuleName[];
  readonly settings: Readonly<Record<string, string>>;
}

/** A row of the Upgrades report. Times are ISO 8601 UTC. */
export interface Execution {
  readonly step: 'Preparation' | 'Deployment';
  readonly id: number;
  readonly release: string;
  readonly status: PreparationReport['status'];
  readonly requestedBy: string;
  readonly started: string;
  readonly ended: string | null;
  /** Share of its modules that have ended, well or not. */
  readonly percent: number;
  /** Of this execution alone. */
  readonly counts: {
    /** Prepared or deployed. */
    readonly done: number;
    readonly failed: number;
    readonly skipped: number;
    readonly left: number;
  };
}

export interface PreparationDetail extends PreparationReport {
  /** Those in progress first, then the newest (PREP-13). */
  readonly preparationGroups: readonly PreparationGroup[];
  /** Modules that it left failed or skipped, producers first (PREP-09). */
  readonly unfinished: readonly UnfinishedModule[];
  /** None was opened after it. */
  readonly latest: boolean;
  /** What to do after errors, step by step (PREP-11). */
  readonly advice: readonly string[];
}

export interface PreparationGroup {
  readonly number: number;
  readonly status: 'running' | 'finished' | 'fault' | 'abandoned';
  readonly started: string;
  readonly ended: string | null;
  readonly modules: readonly { readonly name: ModuleName; readonly outcome: AttemptOutcome }[];
}

export type AttemptOutcome = 'running' | 'prepared' | 'failed' | 'skipped' | 'stale' | 'reused' | 'fault' | 'abandoned';

export interface DeploymentDetail extends DeploymentReport {
  readonly items: readonly DeploymentItem[];
}

export interface DeploymentItem {
  readonly module: ModuleName;
  readonly state: 'pending' | 'deploying' | 'deployed' | 'failed' | 'skipped';
  readonly reason: string | null;
  readonly started: string | null;
  readonly ended: string | null;
}
