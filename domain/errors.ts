/**
 * Every error Uplift raises on purpose: a code, what kind of answer it is, and the exit code of the command line.
 * `docs/errors.md` explains each; a test fails on a code that is not documented there or that no test exercises.
 */

/** `refuse`: the request is wrong, trying again changes nothing. `fail`: the work failed. `retry`: worth another attempt. */
export type ErrorClass = 'refuse' | 'fail' | 'retry';

/** Exit codes of the command line (docs/cli.md). */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  permission: 4,
  unfinishedModules: 5,
  waiting: 6,
  stalePlan: 7,
  interrupted: 130,
} as const;

interface Entry {
  readonly class: ErrorClass;
  readonly exit: number;
}

const refuse = (exit: number = exitCodes.usage): Entry => ({ class: 'refuse', exit });
const fail = (exit: number = exitCodes.failed): Entry => ({ class: 'fail', exit });
const retry = (): Entry => ({ class: 'retry', exit: exitCodes.failed });

export const errors = {
  INPUT_INVALID: refuse(),
  INFRASTRUCTURE_UNKNOWN: refuse(),
  INFRASTRUCTURE_TAKEN: refuse(exitCodes.refused),
  ENVIRONMENT_UNKNOWN: refuse(),
  MODULE_UNKNOWN: refuse(),
  RELEASE_UNKNOWN: refuse(),
  EXECUTION_UNKNOWN: refuse(),
  VERSION_INVALID: refuse(),
  VERSION_DOWNGRADE: refuse(exitCodes.refused),
  VERSION_WITHDRAWN: refuse(exitCodes.refused),
  PATH_UNSUPPORTED: refuse(exitCodes.refused),
  LIFETIME_BEHIND: refuse(exitCodes.refused),
  KNOWN_ISSUE: refuse(exitCodes.refused),
  ORDER_REFUSED: refuse(exitCodes.refused),
  STRATEGY_REFUSED: refuse(exitCodes.refused),
  ENVIRONMENT_HELD: refuse(exitCodes.refused),
  NOT_DRIVEN: refuse(exitCodes.refused),
  OTHER_TARGET_RUNNING: refuse(exitCodes.refused),
  SERVER_STEP_UNFINISHED: refuse(exitCodes.refused),
  PREPARATION_OTHER_RELEASE: refuse(exitCodes.refused),
  DEPLOY_ALL_UNAVAILABLE: refuse(exitCodes.refused),
  MODULE_LOCKED: refuse(exitCodes.refused),
  MODULE_HAS_CONSUMERS: refuse(exitCodes.refused),
  PRODUCER_NOT_PREPARED: refuse(exitCodes.refused),
  COMPILATION_FAILED: fail(),
  COMPILER_TIMEOUT: fail(),
  FACTORY_INVALID: refuse(),
  MESSAGE_REFUSED: refuse(exitCodes.refused),
  GATE_REJECTED: refuse(exitCodes.refused),
  NOTHING_WAITING: refuse(exitCodes.refused),
  TASK_UNKNOWN: refuse(),
  TASK_WITHDRAWN: fail(),
  SNAPSHOT_MISSING: refuse(exitCodes.refused),
  SNAPSHOT_CORRUPTED: refuse(exitCodes.failed),
  NOTHING_TO_TAKE_BACK: refuse(exitCodes.refused),
  PLAN_UNKNOWN: refuse(exitCodes.stalePlan),
  PLAN_STALE: refuse(exitCodes.stalePlan),
  PLAN_CORRUPTED: refuse(exitCodes.failed),
  STOPPED: fail(),
  SNAPSHOT_FAILED: fail(),
  WINDOW_TOO_SHORT: refuse(exitCodes.refused),
  ENVIRONMENT_NOT_UPGRADED: fail(),
  FENCED: retry(),
  CHANGES_UNDER_WAY: retry(),
  ARTIFACT_CORRUPTED: retry(),
  RELEASE_CORRUPTED: refuse(exitCodes.failed),
  COMPILER_FAULT: retry(),
  SECRET_MISSING: refuse(exitCodes.failed),
  DISK_FULL: retry(),
  PAUSED: retry(),
  HOST_FILE_INVALID: refuse(),
  COMMAND_REFUSED: refuse(exitCodes.refused),
  COMMAND_FAILED: fail(),
  FRONT_END_TIMEOUT: fail(),
  BALANCER_TIMEOUT: fail(),
  PORT_IN_USE: refuse(exitCodes.failed),
  DATA_FOLDER_BUSY: refuse(exitCodes.failed),
  DATA_FOLDER_OLDER: refuse(exitCodes.failed),
  DATA_FOLDER_NEWER: refuse(exitCodes.failed),
  RUNS_OF_FORMER_PROGRAM: refuse(exitCodes.refused),
  NOT_RUNNING: refuse(exitCodes.failed),
  PROCESS_NOT_READY: fail(),
  RUN_FAILED: fail(),
  INTERRUPTED: refuse(exitCodes.interrupted),
  TEMPORAL_UNAVAILABLE: fail(),
  NAMESPACE_UNAVAILABLE: refuse(exitCodes.permission),
  SEARCH_ATTRIBUTE_MISSING: refuse(exitCodes.permission),
} as const satisfies Record<string, Entry>;

export type ErrorCode = keyof typeof errors;

export interface ErrorParts {
  /** What could not be done and why, naming the thing. */
  readonly what: string;
  /** Who or what blocks it. */
  readonly blockedBy?: string;
  /** The command, or the step, that gets further. */
  readonly next?: string;
}

/** An error with a code of the registry; its message says what, why, who blocks and what to do next. */
export class UpliftError extends Error {
  readonly code: ErrorCode;
  readonly parts: ErrorParts;

  constructor(code: ErrorCode, parts: ErrorParts, options?: ErrorOptions) {
    super(errorMessage(parts), options);
    this.name = 'UpliftError';
    this.code = code;
    this.parts = parts;
  }

  get class(): ErrorClass {
    return errors[this.code].class;
  }
}

/** One line: `what. Blocked by: …. Next: …`. */
function errorMessage({ what, blockedBy, next }: ErrorParts): string {
  const sentences = [what];
  if (blockedBy) sentences.push(`Blocked by: ${blockedBy}`);
  if (next) sentences.push(`Next: ${next}`);
  return sentences.map((text) => text.replace(/[.\s]+$/, '')).join('. ');
}
