/** What a command is: a row with its words, its options, its examples and what it does; and how a row becomes a command. */
import type { Argument, Command, Option } from 'commander';
import { dataOption, jsonOption } from './options.js';
import type { Terminal } from './terminal.js';

export interface CommandRow<Options> {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** What follows `uplift`, without the command's name. */
  readonly examples: readonly string[];
  readonly arguments?: readonly Argument[];
  readonly options?: readonly Option[];
  /** Throws `UpliftError` or what Temporal throws; `failureOf` explains both. */
  readonly run: (call: Call<Options>) => Promise<Answer>;
}

export interface Call<Options> {
  /** Arguments in order; one that may be left out is `undefined`. */
  readonly words: readonly (string | undefined)[];
  readonly options: Options & { readonly data: string; readonly json?: true };
  readonly terminal: Terminal;
}

/** What a command says in the end; `text` is for people, `document` for programs (docs/cli.md). */
export interface Answer {
  readonly document: unknown;
  readonly text: string;
  readonly exit: number;
}

/** What a program that runs one command needs. */
interface Session {
  readonly terminal: Terminal;
  /** Sets the exit code. */
  readonly ended: (exit: number) => void;
}

export type Register = (program: Command, session: Session) => void;

export function command<Options>(row: CommandRow<Options>): Register {
  return (program, { terminal, ended }) => {
    const added = program.command(row.name).summary(row.summary).description(`${row.summary}.`);
    added.addHelpText('before', examplesText(row.examples.map((example) => `${row.name} ${example}`)));
    for (const argument of row.arguments ?? []) added.addArgument(argument);
    for (const option of [...(row.options ?? []), dataOption(), jsonOption()]) added.addOption(option);
    added.action(async () => {
      const answer = await row.run({ words: added.processedArgs, options: added.opts(), terminal });
      if (added.opts()['json']) terminal.print(JSON.stringify(answer.document, null, 2));
      else if (answer.text !== '') terminal.print(answer.text);
      ended(answer.exit);
    });
  };
}

/** `examples` as they follow `uplift`. */
export function examplesText(examples: readonly string[]): string {
  return ['Examples:', ...examples.map((example) => `  uplift ${example}`.trimEnd()), ''].join('\n');
}
