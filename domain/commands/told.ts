/** What a program tells Uplift: the last line of its output that begins with `uplift: `, followed by a JSON object. */
import { counted } from '../text.js';

const beginning = 'uplift: ';

/** Characters of the line: counts, a version and the names of some modules have room. */
export const longestTold = 8_000;

/** Of objects and lists in each other. */
const deepest = 10;

/** Names that change what an object is where it is copied carelessly. */
const hostile: readonly string[] = ['__proto__', 'constructor', 'prototype'];

export type Told =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'result'; readonly value: Readonly<Record<string, unknown>> }
  /** `reason` goes on after "its result". */
  | { readonly kind: 'refused'; readonly reason: string };

/** The line, in the end of an output; undefined: there is none. */
export function toldLine(output: string): string | undefined {
  const lines = output.split('\n').map((line) => line.replace(/\r$/, ''));
  return lines.findLast((line) => line.startsWith(beginning));
}

/** Never throws. */
export function toldIn(line: string | undefined): Told {
  if (line === undefined) return { kind: 'nothing' };
  if (line.length > longestTold) return { kind: 'refused', reason: `has more than ${counted(longestTold)} characters` };
  const value = parsed(line.slice(beginning.length));
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { kind: 'refused', reason: 'is no JSON object' };
  const problem = problemIn(value, 1);
  if (problem !== undefined) return { kind: 'refused', reason: problem };
  return { kind: 'result', value: value as Readonly<Record<string, unknown>> };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemIn(value: unknown, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > deepest) return `has more than ${deepest} levels`;
  const bad = Object.keys(value).find((key) => hostile.includes(key));
  if (bad !== undefined) return `has the name ${bad}`;
  return Object.values(value)
    .map((inner) => problemIn(inner, depth + 1))
    .find((problem) => problem !== undefined);
}
