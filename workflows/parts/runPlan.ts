/** What a run of an upgrade is about, and works from. */
import type { GateDecision } from '../../domain/plan/gateDecision.js';

/** What the run is about, as it was asked for. `environment` is absent where the run is about all of them. */
export interface RunSubject {
  readonly infrastructure: string;
  readonly environment?: string;
  readonly to?: string;
  readonly requestedBy?: string;
}

/** What the run works from, once it is known. */
export interface RunPlan {
  readonly upgrade: string;
  readonly hash: string;
  readonly to: string;
  readonly gates: readonly GateDecision[];
  /** What is planned, in one line. */
  readonly summary: string;
  /** In their order, as the run names them; milliseconds of each, where they are known. */
  readonly steps: readonly string[];
  readonly expected?: Readonly<Record<string, number | undefined>>;
}
