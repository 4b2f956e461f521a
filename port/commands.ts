/** Programs of a site, run on the host whose worker this is. */
import type { OncePer } from '../domain/commands/attempt.js';
import type { Command, CommandOutcome } from '../domain/commands/command.js';
import type { Values } from '../domain/commands/values.js';
import type { Progress } from './progress.js';

/** What a command is run for: one step of one upgrade, about one subject: a front end, a part, or the environment by its name. */
export interface CommandPlace {
  readonly infrastructure: string;
  readonly environment: string;
  /** `acme#7` */
  readonly upgrade: string;
  readonly step: string;
  readonly subject: string;
}

export interface CommandRequest extends CommandPlace {
  /** As the approved plan has it. */
  readonly command: Command;
  /** Besides those of the place. */
  readonly values: Omit<Values, 'infrastructure' | 'environment' | 'upgrade' | 'step'>;
  /** Of the environment's hold. */
  readonly token: number;
  /** The same for every attempt of one activity. */
  readonly askedBy: string;
  readonly after: number | null;
  readonly oncePer: OncePer;
}

/** How a command went. Times are ISO 8601 UTC, on the host's clock. */
export interface CommandReport {
  readonly host: string;
  /** The program and its arguments, as people read them. */
  readonly command: string;
  readonly attempt: number;
  readonly outcome: CommandOutcome;
  /** Null: it has none, for it was ended, or nobody saw its end. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly started: string;
  readonly ended: string | null;
  /** The end of its output, at most 2 KB in UTF-8; secrets that the host's file names are left out. */
  readonly tail: string;
  /** All of it, on the host: an absolute path. */
  readonly outputFile: string;
  /** What it has told; null: nothing, or what is refused in the remarks. */
  readonly result: Readonly<Record<string, unknown>> | null;
  /** How it ended, and what else has to be said, in sentences. */
  readonly remarks: readonly string[];
}

/** Attempts that were ended. */
export interface EndedCommand extends CommandPlace {
  readonly attempt: number;
}

export interface HostCommands {
  /**
   * Starts the command, waits for the one that goes on, or answers with how it ended: `attemptToTake` says which. When `progress` is
   * aborted it goes on, and nobody waits for it.
   *
   * Throws `COMMAND_REFUSED` when this host does not run it, `ENVIRONMENT_HELD` when the environment was taken over under a later token.
   * Key: place and attempt.
   */
  run(request: CommandRequest, progress: Progress): Promise<CommandReport>;
  /** Ends what goes on for a place, with all that it has started; returns when it is gone. */
  end(place: CommandPlace): Promise<readonly EndedCommand[]>;
  /** The same for all of an environment; what is asked for under an earlier token is not started any more. Key: environment and token. */
  takeOver(request: Takeover): Promise<readonly EndedCommand[]>;
}

export interface Takeover extends Pick<CommandPlace, 'infrastructure' | 'environment'> {
  readonly token: number;
}
