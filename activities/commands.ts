/** Commands, on the worker of their host. Key: upgrade, environment, step, subject and attempt, in the host's own journal. */
import { CancelledFailure } from '@temporalio/common';
import { UpliftError } from '../domain/errors.js';
import { shortened } from '../domain/text.js';
import type {
  CommandPlace,
  CommandReport,
  CommandRequest,
  EndedCommand,
  HostCommands,
  Takeover,
} from '../port/commands.js';
import type { Store } from '../store/store.js';
import { activityKey, attemptProgress, beating, effectful, explained } from './attempt.js';
import type { CommandOf } from './plannedCommand.js';

export interface HostDependencies {
  readonly store: Store;
  readonly commands: HostCommands;
  readonly commandOf: CommandOf;
}

/** What is to be run is not in it: that is read from the plan. */
export interface CommandInput extends CommandPlace, Pick<CommandRequest, 'values' | 'token' | 'after' | 'oncePer'> {
  /** Its hash. */
  readonly plan: string;
  /** As the plan names it: `installer`. */
  readonly capability: string;
}

export const hostActivities = ({ store, commands, commandOf }: HostDependencies) => ({
  /**
   * Runs the command, or waits for the one that goes on, or answers with how it went. Throws `COMMAND_FAILED` when it failed,
   * `COMMAND_REFUSED` when this host does not run it. A cancellation of the run ends the command with all that it has started; the end
   * of this worker does not.
   */
  runCommand: effectful(store, async (input: CommandInput): Promise<CommandReport> => {
    const { plan: _, capability: __, ...place } = input;
    const request = { ...place, command: await commandOf(input), askedBy: activityKey() };
    const { signal, heartbeat } = attemptProgress();
    try {
      const report = await commands.run(request, { signal, heartbeat });
      if (report.outcome === 'failed') throw failed(report);
      return report;
    } catch (error) {
      if (isCancelled(signal)) await beating({ ending: place.subject }, () => commands.end(place));
      throw error;
    }
  }),

  /** After a takeover: ends whatever commands of the environment go on here, and lets no earlier token start another. */
  endCommands: explained(
    (takeover: Takeover): Promise<readonly EndedCommand[]> =>
      beating({ ending: takeover.environment }, () => commands.takeOver(takeover)),
  ),
});

export type HostActivities = ReturnType<typeof hostActivities>;

/** By the run, or by people; a worker that ends, and one that was too slow to answer, are no reason to end a command. */
function isCancelled({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof CancelledFailure && reason.message === 'CANCELLED';
}

/** Characters of what it has printed last. */
const longestWord = 300;

function failed({ command, host, remarks, tail, outputFile }: CommandReport): UpliftError {
  const [how = '', ...more] = remarks;
  const last = tail.split('\n').at(-1) ?? '';
  const said = last === '' ? '' : `. Its last words: ${shortened(last, longestWord)}`;
  return new UpliftError('COMMAND_FAILED', {
    what: [`${command} on the host ${host} ${how.replace(/^It /, '')}${said}`, ...more].join('. '),
    next: `read ${outputFile} on ${host}`,
  });
}
