/** What an analysis says of its environments, one by one, and of what is in the way. */
import type { ErrorCode } from '../errors.js';
import type { UpgradePath } from '../releases/upgradePath.js';

/** `environment` is `null` where the whole infrastructure is meant. */
export interface RuleRemark {
  readonly rule: string;
  readonly environment: string | null;
  readonly text: string;
}

/** Why it cannot start. */
export interface Refusal {
  readonly rule: string;
  readonly environment: string | null;
  readonly code: ErrorCode;
  readonly reason: string;
  /** What gets further. */
  readonly next: string;
}

/** Blocks the approval of a plan until it is acknowledged with a reason. */
export interface EntryToHandle {
  readonly entry: string;
  readonly summary: string;
  readonly action: string;
  readonly environments: readonly string[];
  /** `null`: nobody has. */
  readonly acknowledgement: { readonly by: string; readonly reason: string } | null;
}

export interface EnvironmentAnalysis {
  readonly name: string;
  readonly from: string;
  readonly path: UpgradePath;
}
