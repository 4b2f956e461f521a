/** Options and arguments that several commands share. */
import { Argument, Option } from 'commander';

export const dataOption = () =>
  new Option('--data <dir>', 'data folder of the running `uplift up`').env('UPLIFT_DATA').default('.uplift');

export const jsonOption = () => new Option('--json', 'one JSON document on standard output (docs/cli.md)');

export const environmentArgument = (leftOut = 'can be left out when there is only one') =>
  new Argument('[environment]', `its name; ${leftOut}`);

/** Before it an environment can be named; `environmentAndModule` tells them apart. */
export const moduleArgument = () => new Argument('[module]', 'its name, with or without the scope');

export const noWaitOption = (description: string) => new Option('--no-wait', description);

export const requestedByOption = () => new Option('--requested-by <name>', 'who asks for it');

/** Who answers or decides; never guessed from the machine. */
export const asOption = () => new Option('--as <name>', 'your name').makeOptionMandatory();

export const reasonOption = (description: string) => new Option('--reason <text>', description);
