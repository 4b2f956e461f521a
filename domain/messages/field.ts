/** What a field of a form may hold: its kinds, what is wrong with a value, and the value as it is passed on. */

import { fieldRule, nameRule, oneLine, placeRule, reasonRule, type TextRule, textProblem } from '../text.js';

export type Field =
  | { readonly kind: 'text' | 'optional text' | 'optional list of texts'; readonly rule: TextRule }
  | { readonly kind: 'choice' | 'optional choice'; readonly values: readonly string[] }
  | { readonly kind: 'whole number' | 'optional values' };

export const name = { kind: 'text', rule: nameRule } as const;
export const optionalName = { kind: 'optional text', rule: nameRule } as const;
export const optionalNames = { kind: 'optional list of texts', rule: nameRule } as const;
/** An infrastructure or an environment. */
export const placeName = { kind: 'text', rule: placeRule } as const;
export const reason = { kind: 'text', rule: reasonRule } as const;
export const optionalReason = { kind: 'optional text', rule: reasonRule } as const;
/** From 1 on. */
export const wholeNumber = { kind: 'whole number' } as const;
/** By name; what each has to be, whoever asked for them knows. */
export const optionalValues = { kind: 'optional values' } as const;

export function choice<const Value extends string>(...values: readonly Value[]) {
  return { kind: 'choice', values } as const;
}

export function optionalChoice<const Value extends string>(...values: readonly Value[]) {
  return { kind: 'optional choice', values } as const;
}

/** A text, a number, or a flat object of them. */
type GivenValue = string | number | Readonly<Record<string, string | number>>;

interface KindValues {
  readonly text: string;
  readonly 'optional text': string;
  readonly 'optional list of texts': readonly string[];
  readonly 'whole number': number;
  readonly 'optional values': Readonly<Record<string, GivenValue>>;
}

/** What a field of this kind gives. */
export type FieldValue<F extends Field> = F extends { readonly values: readonly (infer Value)[] }
  ? Value
  : F extends { readonly kind: infer Kind extends keyof KindValues }
    ? KindValues[Kind]
    : never;

/** In words that follow the field's name; undefined: nothing. It repeats no more than the beginning of what is wrong. */
export function fieldProblem(field: Field, value: unknown): string | undefined {
  if (value === undefined) return field.kind.startsWith('optional ') ? undefined : 'is missing';
  switch (field.kind) {
    case 'text':
    case 'optional text':
      if (typeof value !== 'string') return `has to be a text, not ${kindOf(value)}`;
      if (value.trim() !== '') return textProblem(value.trim(), field.rule);
      return field.kind === 'text' ? 'is empty' : 'is empty, and can be left out';
    case 'optional list of texts':
      if (!isListOfTexts(value)) return 'has to be a list of texts, none of them empty';
      return firstProblem(value, field.rule);
    case 'choice':
    case 'optional choice':
      if (typeof value === 'string' && field.values.includes(value.trim())) return undefined;
      return `has to be one of ${field.values.map((one) => `"${one}"`).join(', ')}`;
    case 'whole number':
      if (typeof value !== 'number') return `has to be a number, not ${kindOf(value)}`;
      return Number.isSafeInteger(value) && value > 0 ? undefined : `is ${value}, and counts from 1 on`;
    case 'optional values':
      return valuesProblem(value, 'flat objects');
  }
}

/** What was checked, without blanks around it; the lines of a reason as one. */
export function tidiedValue(field: Field, value: unknown): unknown {
  switch (field.kind) {
    case 'text':
    case 'optional text':
      return field.rule.lines === 'several' ? oneLine(String(value)) : String(value).trim();
    case 'choice':
    case 'optional choice':
      return String(value).trim();
    case 'optional list of texts':
      return (value as readonly string[]).map((item) => item.trim());
    case 'whole number':
      return value;
    case 'optional values':
      return tidiedValues(value as Readonly<Record<string, GivenValue>>);
  }
}

/** `a list`, `a number`, `null`. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of the input's own; what it inherits was not sent. */
export function ownValue(input: object, name: string): unknown {
  return Object.hasOwn(input, name) ? (input as Readonly<Record<string, unknown>>)[name] : undefined;
}

function firstProblem(texts: readonly string[], rule: TextRule): string | undefined {
  for (const [index, item] of texts.entries()) {
    const problem = textProblem(item.trim(), rule);
    if (problem) return `${problem}, as number ${index + 1} of its list`;
  }
  return undefined;
}

function valuesProblem(values: unknown, within: 'flat objects' | 'nothing'): string | undefined {
  if (!isObject(values)) return `has to be an object of values by name, not ${kindOf(values)}`;
  for (const [key, value] of Object.entries(values)) {
    const named = textProblem(key, fieldRule);
    if (named !== undefined) return `has a name that ${named}`;
    const flat = within === 'flat objects' && isObject(value);
    const problem = flat ? valuesProblem(value, 'nothing') : plainProblem(value);
    if (problem !== undefined) return `${problem}, in "${key}"`;
  }
  return undefined;
}

function plainProblem(value: unknown): string | undefined {
  if (Number.isFinite(value)) return undefined;
  if (typeof value !== 'string') return `has ${kindOf(value)} that is neither a text nor a number`;
  const problem = textProblem(value.trim(), reasonRule);
  return problem === undefined ? undefined : `has a text that ${problem}`;
}

/** A zero has no sign in JSON. */
function tidiedValues(values: Readonly<Record<string, GivenValue>>): Readonly<Record<string, unknown>> {
  const tidied = (value: GivenValue) => {
    if (typeof value === 'string') return oneLine(value);
    return typeof value === 'number' ? value + 0 : tidiedValues(value);
  };
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, tidied(value)]));
}

function isListOfTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && [...value].every((item) => typeof item === 'string' && item.trim() !== '');
}
