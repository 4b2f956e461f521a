/** Whether the values of uplift.yaml have its shape; every complaint about one names its place and what is allowed. */
import * as z from 'zod';
import { nearestName } from '../../domain/nearestName.js';
import type { Complaint } from './complaint.js';
import type { Located } from './located.js';

/** The complaints about `root`, empty when it has the shape. */
export function shapeComplaints(shape: z.ZodType, root: Located): readonly Complaint[] {
  const result = shape.safeParse(root.value);
  if (result.success) return [];
  const complained = new Set<string>();
  return result.error.issues.flatMap((issue) => {
    // A value breaks one rule at a time: what is too long is seldom well formed, too.
    const place = JSON.stringify(issue.path);
    if (complained.has(place)) return [];
    complained.add(place);
    return issueComplaints(issue, shape, root);
  });
}

/** Where the value at `path` stands; where there is none, the nearest that holds its place. */
export function offsetOf(root: Located, path: readonly PropertyKey[]): number {
  return nearest(root, path).offset;
}

function issueComplaints(issue: z.core.$ZodIssue, shape: z.ZodType, root: Located): readonly Complaint[] {
  const located = nearest(root, issue.path);
  const about = { located, schema: schemaAt(shape, issue.path), label: label(issue.path) };
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, about));
  const parent = nearest(root, issue.path.slice(0, -1));
  const isMissing = issue.path.length > 0 && !parent.entries.has(issue.path.at(-1) ?? '');
  if (isMissing) {
    const allowed = about.schema?.description;
    return [{ offset: located.offset, problem: `${about.label} is missing${allowed ? ` (${allowed})` : ''}` }];
  }
  if (located.value === undefined) return [];
  return [{ offset: located.offset, problem: `${about.label} ${problemOf(issue, located)}` }];
}

interface About {
  readonly located: Located;
  readonly schema: z.ZodType | undefined;
  readonly label: string;
}

function unknownKey(key: string, { located, schema, label }: About): Complaint {
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const meant = nearestName(key, known);
  const hint = meant ? `perhaps "${meant}" is meant; ` : '';
  return {
    offset: located.entries.get(key)?.keyOffset ?? located.offset,
    problem: `${label} has no key ${quoted(key)}; ${hint}there are ${known.join(', ')}`,
  };
}

/** Goes on after the name of what is wrong. */
function problemOf(issue: z.core.$ZodIssue, { value, source }: Located): string {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, value, source);
    case 'invalid_value':
      return wrongChoice(issue.values.map(String), value);
    case 'too_small':
    case 'too_big':
      return wrongSize(issue, value);
    case 'invalid_key':
      return `is no name that is possible here; ${issue.issues[0]?.message}`;
    default:
      return `is ${quoted(value)}; ${issue.message}`;
  }
}

function wrongType(expected: string, value: unknown, source: string | undefined): string {
  const wanted = words[expected] ?? expected;
  const isWritten = typeof value === 'number' || typeof value === 'boolean';
  const cure = expected === 'string' && isWritten && source ? `; put it in quotes: "${source.slice(0, 60)}"` : '';
  return `has to be ${wanted}, not ${kindOf(value)}${cure}`;
}

const words: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a whole number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'keys with values',
};

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return `the text ${quoted(value)}`;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      return 'keys with values';
  }
}

function wrongChoice(choices: readonly string[], value: unknown): string {
  const meant = typeof value === 'string' ? nearestName(value, choices) : undefined;
  const allowed = choices.map((choice) => `"${choice}"`).join(', ');
  return `is ${kindOf(value)}; it has to be one of ${allowed}${meant ? `: perhaps "${meant}"` : ''}`;
}

function wrongSize(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig, value: unknown): string {
  const limit =
    issue.code === 'too_small' ? `at least ${issue.minimum} is needed` : `up to ${issue.maximum} is allowed`;
  switch (issue.origin) {
    case 'array':
      return `has ${Array.isArray(value) ? value.length : 0} entries; ${limit}`;
    case 'string':
      return `has ${String(value).length} characters; ${limit}`;
    default:
      return `is ${String(value)}; ${limit}`;
  }
}

/** The schema of what stands at `path`, without what makes it optional. */
function schemaAt(shape: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  let schema: unknown = shape;
  for (const key of path) {
    const within = required(schema);
    if (within instanceof z.ZodObject) schema = within.shape[String(key)];
    else if (within instanceof z.ZodArray) schema = within.element;
    else if (within instanceof z.ZodRecord) schema = within.valueType;
    else return undefined;
  }
  const found = required(schema);
  return found instanceof z.ZodType ? found : undefined;
}

function required(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? required(schema.unwrap()) : schema;
}

function nearest(root: Located, path: readonly PropertyKey[]): Located {
  const [key, ...rest] = path;
  const entry = key === undefined ? undefined : root.entries.get(key);
  return entry ? nearest(entry.held, rest) : root;
}

/** `"frontEnds", entry 2`; the whole file without a path. */
function label(path: readonly PropertyKey[]): string {
  const at = path.findLastIndex((key) => typeof key === 'string');
  if (at < 0) return 'the file';
  const entries = path.slice(at + 1).map((index) => `, entry ${Number(index) + 1}`);
  return `"${String(path[at])}"${entries.join('')}`;
}

function quoted(value: unknown): string {
  const text = JSON.stringify(typeof value === 'string' ? value.slice(0, 60) : value);
  return typeof value === 'string' && value.length > 60 ? `${text}…` : text;
}
