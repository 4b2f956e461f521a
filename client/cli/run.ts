/** `uplift`: the table of its commands, and how one call of it runs. */
import { Command, CommanderError } from 'commander';
import packageFile from '../../package.json' with { type: 'json' };
import { exitCodes } from '../../domain/errors.js';
import type { Register } from './command.js';
import { failureOf, showFailure } from './failure.js';
import type { Terminal } from './terminal.js';

/** In the order of the help. */
const commands: readonly Register[] = [];

/** Runs the command that `words` name; returns the exit code. Never throws. */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  let exit: number = exitCodes.ok;
  const program = new Command('uplift')
    .description('Upgrades a low-code platform and everything that runs on it.')
    .version(packageFile.version)
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.print(text.trimEnd()), writeErr: (text) => terminal.talk(text.trimEnd()), outputError: () => undefined });
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
