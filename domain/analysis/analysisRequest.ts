/** What an analysis is made from: the environments that take part, what is stated about them, and what is known of upgrades. */

import type { Environment, LifeTime } from '../infrastructure/infrastructure.js';
import type { BreakingChange } from '../knowledge/breakingChange.js';
import type { KnownIssue } from '../knowledge/knownIssue.js';
import type { Facts, Situation } from '../knowledge/situation.js';
import type { Catalogues } from '../releases/components.js';

export interface AnalysisRequest {
  readonly infrastructure: string;
  readonly environments: readonly EnvironmentToUpgrade[];
  /** Without it the newest release for everybody that is offered. */
  readonly to?: string | undefined;
  /** Releases that can be installed; without it every release is. */
  readonly offered?: readonly string[] | undefined;
  /** As described; `null`: it is not. */
  readonly lifeTime: LifeTime | null;
  readonly leaveLifeTimeOut?: boolean | undefined;
  /** Of the whole infrastructure; those of an environment win. */
  readonly facts?: Facts | undefined;
  readonly acknowledgements?: readonly Acknowledgement[] | undefined;
  /** Who looks after an entry, by its id. */
  readonly owners?: Readonly<Record<string, string>> | undefined;
}

export interface EnvironmentToUpgrade {
  readonly environment: Environment;
  /** The release it runs, as the platform says. */
  readonly from: string;
  /** `undefined`: not listed. */
  readonly modules?: Situation['modules'];
  readonly facts?: Facts | undefined;
}

/** Somebody has read an entry that must be handled, or a rule that may be waived, and says how it is handled or why not. */
export interface Acknowledgement {
  /** Id of the entry, or the rule, such as `VER-07`. */
  readonly entry: string;
  readonly by: string;
  readonly reason: string;
}

export interface Knowledge extends Catalogues {
  readonly breakingChanges: readonly BreakingChange[];
  readonly knownIssues: readonly KnownIssue[];
}
