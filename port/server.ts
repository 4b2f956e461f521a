/** The installer of one environment: front ends, server, Service Center, System Components, and who holds it meanwhile. */
import type { Hold } from './inventory.js';
import type { Progress } from './progress.js';

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
