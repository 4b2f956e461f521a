/** Deploy All, a few modules at a time. */
import type { Place } from '../domain/infrastructure/place.js';
import type { Drift } from '../domain/modules/deployment.js';
import type { ModuleName } from '../domain/modules/module.js';
import type { Progress } from './progress.js';

/** Deploy All, module by module and front end by front end (DEP-01…06). */
export interface DrivenDeployment {
  /**
   * Joins a running one, which then also takes what was prepared since it was opened; else starts one over what is prepared and not
   * yet deployed. Refused below 11.19.0 (VER-09), but for a `solution`, which every release can publish (APPS-02). `unattended` as for a
   * preparation.
   */
  open(
    request: Place & {
      requestedBy: string;
      solution?: boolean;
      unattended?: boolean;
    },
  ): Promise<OpenDeployment>;
  /** Deploys the next few modules to every front end. Key: `claimedBy`. */
  deployNext(
    request: { deployment: number; claimedBy: string; unattended?: boolean },
    progress: Progress,
  ): Promise<DeployTurn>;
  release(request: { deployment: number; claimedBy?: string }): Promise<void>;
  close(request: { deployment: number; stopped?: boolean }): Promise<DeploymentReport>;
  report(deployment: number): Promise<DeploymentReport>;
  /** The one that runs; null: none does. */
  running(place: Place): Promise<number | null>;
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
