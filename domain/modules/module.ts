/** Words for modules: what they are, what state an upgrade finds them in, and why. */

/** The name of a module, as in its package.json: `@acme/claims`. */
export type ModuleName = string;

/**
 * Where a module stands in the environment's current release.
 *
 * `not applicable`: never published with success, so a preparation leaves it alone (PREP-02).
 * `skipped`: a producer, direct or indirect, failed (PREP-07).
 */
export type ModuleState = 'pending' | 'preparing' | 'prepared' | 'failed' | 'skipped' | 'not applicable';

/** One message of the compiler. `line` and `column` count from 1; both are 0 when the message belongs to no place. */
export interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The compiler's own code (`TS2339`), or one of ours for a fault that is not the module's. */
  readonly code: string;
  readonly message: string;
}

/** Why a module is skipped: the failed module at the root and the way to it, the skipped module first (PREP-07). */
export interface SkipCause {
  readonly module: ModuleName;
  readonly path: readonly ModuleName[];
}

/** The operations that need a module's lock, in the words of the vendor's error texts. */
export type Operation = '1-Click Publish' | 'Configuration update' | 'Delete module';

/** What holds a module's lock. */
export type LockOperation = Operation | 'Modules upgrade' | 'Modules deployment' | 'Environment rollback';

/** A lock as people see it. `since` is ISO 8601 UTC. */
export interface Lock {
  readonly operation: LockOperation;
  readonly holder: string;
  readonly since: string;
}
