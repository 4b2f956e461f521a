/** Checks the JSON objects that people type and scripts send: what is wrong is one sentence with a right example. */

import { nearestName } from '../nearestName.js';
import { canonicalJson } from '../plan/canonicalJson.js';
import { bytesOf, counted, longestMessage, shortened } from '../text.js';
import { type Field, type FieldValue, fieldProblem, isObject, kindOf, ownValue, tidiedValue } from './field.js';

export type Checked<Value> =
  | { readonly ok: true; readonly value: Value }
  /** One sentence: the field, what is wrong with it, a right example. */
  | { readonly ok: false; readonly problem: string };

export interface Form<Value> {
  /** JSON that passes the check. */
  readonly example: string;
  /** Never throws, and repeats no more than the beginning of what is wrong. Texts come back trimmed, a reason as one line. */
  check(input: unknown): Checked<Value>;
}

/** What a form's check gives back. */
export type ValueOf<SomeForm> = SomeForm extends Form<infer Value> ? Value : never;

type Fields = Readonly<Record<string, Field>>;

type RequiredNames<F extends Fields> = {
  [Name in keyof F]: F[Name]['kind'] extends `optional ${string}` ? never : Name;
}[keyof F];

type Values<F extends Fields> = { readonly [Name in RequiredNames<F>]: FieldValue<F[Name]> } & {
  readonly [Name in Exclude<keyof F, RequiredNames<F>>]?: FieldValue<F[Name]>;
};

/** A form with exactly these fields; `example` shows those that people usually give. */
export function form<const F extends Fields>(fields: F, example: Values<F>): Form<Values<F>> {
  const exampleText = JSON.stringify(example);
  return {
    example: exampleText,
    check(input) {
      const problem = problemOf(fields, input);
      if (problem !== undefined) return { ok: false, problem: `${problem}: send for example ${exampleText}` };
      const value = tidied(fields, input as Readonly<Record<string, unknown>>);
      // Only now: what is left is no deeper than any check can go.
      const bytes = bytesOf(canonicalJson(value));
      if (bytes <= longestMessage) return { ok: true, value: value as Values<F> };
      const tooLong = `The object has ${counted(bytes)} bytes as JSON, ${counted(longestMessage)} are the most`;
      return { ok: false, problem: `${tooLong}: send for example ${exampleText}` };
    },
  };
}

function problemOf(fields: Fields, input: unknown): string | undefined {
  if (input === undefined || input === null) return 'Nothing was sent, and one JSON object is needed';
  if (!isObject(input)) return `${kindOf(input)} was sent, and one JSON object is needed`;
  const names = Object.keys(fields);
  const unknown = Object.keys(input).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    const meant = nearestName(unknown, names);
    const hint = meant ? `perhaps "${meant}" is meant` : `there are ${names.join(', ')}`;
    return `Field ${JSON.stringify(shortened(unknown, 60))} is not known (${hint})`;
  }
  for (const [name, field] of Object.entries(fields)) {
    const problem = fieldProblem(field, ownValue(input, name));
    if (problem) return `Field "${name}" ${problem}`;
  }
  return undefined;
}

function tidied(fields: Fields, input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(fields).flatMap(([name, field]) => {
    const value = ownValue(input, name);
    return value === undefined ? [] : [[name, tidiedValue(field, value)] as const];
  });
  return Object.fromEntries(entries);
}
