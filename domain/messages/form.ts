/** Checks the JSON objects that people type and scripts send: what is wrong is one sentence with a right example. */

import { nearestName } from '../nearestName.js';
import { canonicalJson } from '../plan/canonicalJson.js';
import {
  bytesOf,
  counted,
  longestMessage,
  nameRule,
  oneLine,
  placeRule,
  reasonRule,
  shortened,
  type TextRule,
  textProblem,
} from '../text.js';

type Field =
  | { readonly kind: 'text' | 'optional text' | 'optional list of texts'; readonly rule: TextRule }
  | { readonly kind: 'optional choice'; readonly values: readonly string[] };

export const name = { kind: 'text', rule: nameRule } as const;
export const optionalName = { kind: 'optional text', rule: nameRule } as const;
export const optionalNames = { kind: 'optional list of texts', rule: nameRule } as const;
/** An infrastructure or an environment. */
export const placeName = { kind: 'text', rule: placeRule } as const;
export const reason = { kind: 'text', rule: reasonRule } as const;
export const optionalReason = { kind: 'optional text', rule: reasonRule } as const;

export function optionalChoice<const Value extends string>(...values: readonly Value[]) {
  return { kind: 'optional choice', values } as const;
}

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

type FieldValue<F extends Field> = F extends { readonly values: readonly (infer Value)[] }
  ? Value
  : F extends { readonly kind: 'optional list of texts' }
    ? readonly string[]
    : string;

type RequiredNames<F extends Fields> = { [Name in keyof F]: F[Name]['kind'] extends 'text' ? Name : never }[keyof F];

type Values<F extends Fields> = { readonly [Name in RequiredNames<F>]: string } & {
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
      // Only now: what is left is flat, and no deeper than any check can go.
      const bytes = bytesOf(canonicalJson(value));
      if (bytes <= longestMessage) return { ok: true, value: value as Values<F> };
      const tooLong = `The object has ${counted(bytes)} bytes as JSON, ${counted(longestMessage)} are the most`;
      return { ok: false, problem: `${tooLong}: send for example ${exampleText}` };
    },
  };
}

function problemOf(fields: Fields, input: unknown): string | undefined {
  if (input === undefined || input === null) return 'Nothing was sent, and one JSON object is needed';
  if (typeof input !== 'object' || Array.isArray(input))
    return `${kindOf(input)} was sent, and one JSON object is needed`;
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

function fieldProblem(field: Field, value: unknown): string | undefined {
  if (value === undefined) return field.kind === 'text' ? 'is missing' : undefined;
  switch (field.kind) {
    case 'text':
    case 'optional text':
      if (typeof value !== 'string') return `has to be a text, not ${kindOf(value)}`;
      if (value.trim() !== '') return textProblem(value.trim(), field.rule);
      return field.kind === 'text' ? 'is empty' : 'is empty, and can be left out';
    case 'optional list of texts':
      if (!isListOfTexts(value)) return 'has to be a list of texts, none of them empty';
      return firstProblem(value, field.rule);
    case 'optional choice':
      if (typeof value === 'string' && field.values.includes(value.trim())) return undefined;
      return `has to be one of ${field.values.map((choice) => `"${choice}"`).join(', ')}`;
  }
}

function firstProblem(texts: readonly string[], rule: TextRule): string | undefined {
  for (const [index, item] of texts.entries()) {
    const problem = textProblem(item.trim(), rule);
    if (problem) return `${problem}, as number ${index + 1} of its list`;
  }
  return undefined;
}

function tidied(fields: Fields, input: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(fields).flatMap(([name, field]) => {
    const value = ownValue(input, name);
    if (value === undefined) return [];
    if (isListOfTexts(value)) return [[name, value.map((item) => item.trim())]];
    const given = String(value).trim();
    return [[name, 'rule' in field && field.rule.lines === 'several' ? oneLine(given) : given]];
  });
  return Object.fromEntries(entries);
}

/** Of the input's own; what it inherits was not sent. */
function ownValue(input: object, name: string): unknown {
  return Object.hasOwn(input, name) ? (input as Readonly<Record<string, unknown>>)[name] : undefined;
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && [...value].every((item) => typeof item === 'string' && item.trim() !== '');
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
