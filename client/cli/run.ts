/** `uplift`: the table of its commands, and how one call of it runs. */
import { Command, CommanderError } from 'commander';
import { exitCodes } from '../../domain/errors.js';
import packageFile from '../../package.json' with { type: 'json' };
import type { Register } from './command.js';
import { deployCommand, prepareCommand, retryCommand } from './commands/applications.js';
import { doctorCommand } from './commands/doctor.js';
import { approveCommand, rejectCommand } from './commands/gates.js';
import { modulesCommand } from './commands/modules.js';
import { pauseCommand, resumeCommand } from './commands/pause.js';
import { publishCommand } from './commands/publish.js';
import { scheduleCommand } from './commands/schedule.js';
import { statusCommand, watchCommand } from './commands/status.js';
import { upgradeCommand } from './commands/upgrade.js';
import { whyCommand } from './commands/why.js';
import { workerCommand } from './commands/worker.js';
import { failureOf, showFailure } from './failure.js';
import type { Terminal } from './terminal.js';

/** In the order of the help. */
const commands: readonly Register[] = [
  doctorCommand,
  upgradeCommand,
  statusCommand,
  watchCommand,
  approveCommand,
  rejectCommand,
  pauseCommand,
  resumeCommand,
  prepareCommand,
  retryCommand,
  deployCommand,
  publishCommand,
  modulesCommand,
  whyCommand,
  scheduleCommand,
  workerCommand,
];

/** Runs the command that `words` name; returns the exit code. Never throws. */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  let exit: number = exitCodes.ok;
  const program = new Command('uplift')
    .description('Upgrades a low-code platform and everything that runs on it.')
    .version(packageFile.version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.talk(text.trimEnd()),
      outputError: () => undefined,
    });
  for (const register of commands) register(program, { terminal, ended: (code) => (exit = code) });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
    if (error instanceof CommanderError && error.code === 'commander.help') return exitCodes.usage;
    const failure = await failureOf(error);
    showFailure(failure, terminal, words.includes('--json'));
    return failure.exit;
  }
}
