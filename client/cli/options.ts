/** Options and arguments that several commands share. */
import { Argument, Option } from 'commander';
import { UpliftError } from '../../domain/errors.js';
import { nameRule, oneLine, reasonRule, type TextRule, textProblem } from '../../domain/text.js';

export const dataOption = () =>
  new Option('--data <dir>', 'data folder of the running `uplift up`').env('UPLIFT_DATA').default('.uplift');

export const jsonOption = () => new Option('--json', 'one JSON document on standard output (docs/cli.md)');

export const environmentArgument = (leftOut = 'can be left out when there is only one') =>
  ofName(new Argument('[environment]', `its name; ${leftOut}`));

/** Before it an environment can be named; `environmentAndModule` tells them apart. */
export const moduleArgument = () => ofName(new Argument('[module]', 'its name, with or without the scope'));

/** A task. */
export const taskArgument = () => ofName(new Argument('<number>', 'of the task, as uplift tasks lists it'));

export const noWaitOption = (description: string) => new Option('--no-wait', description);

export const requestedByOption = () => ofName(new Option('--requested-by <name>', 'who asks for it'));

/** Who answers or decides; never guessed from the machine. */
export const asOption = () => ofName(new Option('--as <name>', 'your name')).makeOptionMandatory();

export const reasonOption = (description: string) => under(new Option('--reason <text>', description), reasonRule);

/** What names something follows the rule of names in messages, before anything is asked or sent. Throws `INPUT_INVALID`. */
export function ofName<Word extends Argument | Option>(word: Word): Word {
  return under(word, nameRule);
}

/** Without commander’s own error, which repeats the whole value. */
function under<Word extends Argument | Option>(word: Word, rule: TextRule): Word {
  word.argParser((value: string, former: unknown) => {
    const problem = textProblem(value.trim(), rule);
    const what = word instanceof Option ? (word.long ?? word.name()) : word.name();
    if (problem) throw new UpliftError('INPUT_INVALID', { what: `${what} ${problem}`, next: 'give another one' });
    if (word.variadic) return [...(Array.isArray(former) ? former : []), value];
    return rule.lines === 'several' ? oneLine(value) : value;
  });
  return word;
}
