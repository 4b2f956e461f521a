/** `uplift`: the table of its commands, and how one call of it runs. */
import { Command, CommanderError } from 'commander';
import { exitCodes } from '../../domain/errors.js';
import packageFile from '../../package.json' with { type: 'json' };
import { demoCommand } from '../local/demoCommand.js';
import { upCommand } from '../local/upCommand.js';
import { examplesText, type Register } from './command.js';
import { deployCommand, prepareCommand, retryCommand } from './commands/applications.js';
import { completionCommand } from './commands/completion.js';
import { doctorCommand } from './commands/doctor.js';
import { approveCommand, goLiveCommand, rejectCommand } from './commands/gates.js';
import { historyCommand, reportCommand } from './commands/history.js';
import { importCommand } from './commands/import.js';
import { modulesCommand } from './commands/modules.js';
import { pauseCommand, resumeCommand, stopCommand } from './commands/pause.js';
import { planCommand } from './commands/plan.js';
import { publishCommand } from './commands/publish.js';
import { publishAllCommand } from './commands/publishAll.js';
import { rollbackCommand } from './commands/rollback.js';
import { scheduleCommand } from './commands/schedule.js';
import { statusCommand, watchCommand } from './commands/status.js';
import { completeCommand, reopenCommand } from './commands/taskAnswers.js';
import { taskCommand, tasksCommand } from './commands/tasks.js';
import { upgradeCommand } from './commands/upgrade.js';
import { validateCommand } from './commands/validate.js';
import { whyCommand } from './commands/why.js';
import { workerCommand } from './commands/worker.js';
import { type Failure, failureOf, showFailure } from './failure.js';
import type { Terminal } from './terminal.js';

/** In the order of the help. */
const commands: readonly Register[] = [
  upCommand,
  demoCommand,
  doctorCommand,
  validateCommand,
  importCommand,
  planCommand,
  upgradeCommand,
  statusCommand,
  watchCommand,
  historyCommand,
  reportCommand,
  approveCommand,
  rejectCommand,
  goLiveCommand,
  tasksCommand,
  taskCommand,
  completeCommand,
  reopenCommand,
  rollbackCommand,
  pauseCommand,
  resumeCommand,
  stopCommand,
  prepareCommand,
  retryCommand,
  deployCommand,
  publishCommand,
  publishAllCommand,
  modulesCommand,
  whyCommand,
  scheduleCommand,
  workerCommand,
  completionCommand,
];

const examples = ['demo', 'up', 'upgrade --to 11.41.0', 'watch', 'approve --as ana', 'why claims'];

/** Runs the command that `words` name; returns the exit code. Never throws. */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  let exit: number = exitCodes.ok;
  const program = uplift(terminal);
  for (const register of commands) register(program, { terminal, ended: (code) => (exit = code) });
  try {
    await program.parseAsync([...words], { from: 'user' });
    return exit;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok;
    if (error instanceof CommanderError && error.code === 'commander.help') return exitCodes.usage;
    const failure = error instanceof CommanderError ? usage(error, program, words) : await failureOf(error);
    showFailure(failure, terminal, words.includes('--json'));
    return failure.exit;
  }
}

/** Without its commands. They inherit where they write and that they throw instead of ending the process. */
function uplift(terminal: Terminal): Command {
  const lines = (text: string) => text.replace(/\n$/, '');
  return new Command('uplift')
    .description('Upgrades a low-code platform and everything that runs on it.')
    .version(packageFile.version)
    .addHelpText('before', examplesText(examples))
    .configureHelp({ subcommandTerm: (subcommand) => subcommand.name() })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(lines(text)),
      writeErr: (text) => terminal.talk(lines(text)),
      outputError: () => undefined, // told as every failure is
    });
}

/** The words were not understood. */
function usage({ message }: CommanderError, program: Command, [name]: readonly string[]): Failure {
  const what = message.replace(/^error: /, '').replace(/\n\((.*)\)$/, ' ($1)');
  const known = program.commands.some((subcommand) => subcommand.name() === name);
  const parts = { what, next: known ? `uplift ${name} --help` : 'uplift --help' };
  return { code: 'INPUT_INVALID', parts, exit: exitCodes.usage };
}
