/**
 * Values in the arguments of a command: `{frontEnd}` in a plan becomes `fe-1` when it is run. There is no shell, so that a value is a part of
 * one argument, whatever is in it; and none can be taken for an option or break a line.
 */
import { nearestName } from '../nearestName.js';
import { placeRule, shortened, type TextRule, textProblem } from '../text.js';

/** Dotted numbers. */
const releaseRule = {
  most: 40,
  lines: 'one',
  shape: { pattern: /^\d+(\.\d+){1,3}$/, words: 'a release is 11.41.0' },
} as const;

/** An upgrade is `acme#7`, and so is its snapshot; a site may name its snapshots otherwise. */
const numberedRule = {
  most: 100,
  lines: 'one',
  shape: {
    pattern: /^[A-Za-z0-9_][A-Za-z0-9_ .#:@-]*$/,
    words: 'it has letters, digits, "_", blanks, ".", "#", ":", "@" and "-", and begins with one of the first three',
  },
} as const;

const rules = {
  infrastructure: placeRule,
  environment: placeRule,
  zone: placeRule,
  frontEnd: placeRule,
  release: releaseRule,
  upgrade: numberedRule,
  snapshot: numberedRule,
  step: placeRule,
  action: placeRule,
} as const satisfies Readonly<Record<string, TextRule>>;

export type ValueName = keyof typeof rules;
export type Values = Readonly<Partial<Record<ValueName, string>>>;

export const valueNames = Object.keys(rules) as readonly ValueName[];

const placeholder = /\{([A-Za-z]+)\}/g;

/** What is wrong with an argument as a plan has it, in words that follow it; undefined: nothing. */
export function argumentProblem(argument: string): string | undefined {
  const unknown = placeholdersIn(argument).find((name) => !valueNames.includes(name as ValueName));
  if (unknown !== undefined) {
    const meant = nearestName(unknown, valueNames);
    return `has {${unknown}}; ${meant ? `perhaps {${meant}} is meant; ` : ''}there are ${valueNames.map((name) => `{${name}}`).join(', ')}`;
  }
  return /[{}]/.test(argument.replace(placeholder, ''))
    ? 'has a brace that is not around the name of a value'
    : undefined;
}

/** What is wrong with the first value that is not as it has to be, in a sentence; undefined: nothing. */
export function valuesProblem(values: Values): string | undefined {
  return valueNames.map((name) => valueProblem(name, values[name])).find((problem) => problem !== undefined);
}

function valueProblem(name: ValueName, value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  if (value.startsWith('-')) return `${name} begins with "-": ${JSON.stringify(shortened(value, 40))}`;
  const problem = textProblem(value, rules[name]);
  return problem === undefined ? undefined : `${name} ${problem}`;
}

export type Filled =
  | { readonly kind: 'filled'; readonly arguments: readonly string[] }
  /** The step has no such values. */
  | { readonly kind: 'missing'; readonly names: readonly string[] };

/** `arguments` with their values. */
export function filled(given: readonly string[], values: Values): Filled {
  const missing = given.flatMap(placeholdersIn).filter((name) => values[name as ValueName] === undefined);
  if (missing.length > 0) return { kind: 'missing', names: [...new Set(missing)] };
  const fill = (argument: string) => argument.replace(placeholder, (_, name: ValueName) => values[name] ?? '');
  return { kind: 'filled', arguments: given.map(fill) };
}

function placeholdersIn(argument: string): readonly string[] {
  return [...argument.matchAll(placeholder)].map(([, name = '']) => name);
}
