/**
 * What the steps of an environment's upgrade report, whoever does them: a platform that is driven, a program of the site, or people. What
 * whoever did it cannot know is null.
 */

/** How the modules were prepared; a `PreparationReport` of a driven platform is one. */
export interface PreparationResult {
  readonly release: string;
  readonly prepared: number | null;
  readonly failed: number;
  readonly skipped: number | null;
  readonly left: number | null;
  /** Up to ten of the failed modules. */
  readonly failures: readonly { readonly module: string; readonly problem: string }[];
}

/** How they were deployed; a `DeploymentReport` of a driven platform is one. */
export interface DeploymentResult {
  readonly release: string;
  readonly deployed: number | null;
  readonly failed: number;
  readonly skipped: number | null;
  /** Every module runs on the release. */
  readonly fullyUpgraded: boolean;
  /** Up to ten of those that do not, with the reason. */
  readonly notDeployed: readonly { readonly module: string; readonly reason: string }[];
}

/** What was kept aside; a `Snapshot` of a driven platform is one. */
export interface SnapshotResult {
  readonly id: string;
  readonly environment: string;
  readonly release: string;
  /** ISO 8601 UTC. */
  readonly takenAt: string;
  readonly modules: number | null;
  /** Rows of application data. */
  readonly rows: number | null;
  readonly digest: string | null;
}

/** How the environment was tested. */
export interface TestsResult {
  readonly checked: number;
  readonly failures: number;
  readonly newErrors: number;
  /** Modules that did not run the target when it was tested; null: nobody knows. */
  readonly outdated: number | null;
  /** Tests that people looked at themselves. */
  readonly signed: readonly string[];
  /** Digest of what was deployed when it was tested; null: nobody knows. */
  readonly tested: string | null;
}

/** What was brought back; a `RestoreReport` of a driven platform is one. */
export interface RestoreResult {
  readonly snapshot: string;
  readonly release: string;
  readonly modules: number | null;
  readonly rows: number | null;
  /** Null: nobody counted what users had written since. */
  readonly lost: {
    readonly rows: number;
    /** What was written in that span, ISO 8601 UTC. */
    readonly from: string;
    readonly to: string;
    readonly behindTheDoor: number;
  } | null;
  /** Where a copy of what was lost is, below the data folder; null: there is none. */
  readonly kept: string | null;
}

export interface RollbackReport {
  readonly environment: string;
  readonly requestedBy: string;
  readonly reason: string;
  readonly snapshot: SnapshotResult;
  readonly restored: RestoreResult;
  /** Milliseconds from the decision until users were served again. */
  readonly duration: number;
  readonly hotPoints: { readonly checked: number; readonly failures: number };
  /** Who approved what users lose; none where they lose nothing. */
  readonly approvals: readonly string[];
}
