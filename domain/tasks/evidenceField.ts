/** What a task asks to be told: a field with a name and a kind, and what there is to say about it. */

import { fieldRule, nameRule, reasonRule, textProblem } from '../text.js';
import { momentOf } from './moment.js';

interface Named {
  /** As it is typed: `finishedAt`. */
  readonly name: string;
  /** One line. */
  readonly description: string;
  /** The task is not done without it. */
  readonly required: boolean;
}

/** Limits that are absent allow anything. */
export type EvidenceField = Named &
  (
    | {
        readonly kind: 'text';
        /** Characters. */
        readonly longest?: number;
      }
    | { readonly kind: 'number'; readonly least?: number; readonly most?: number; readonly whole?: true }
    | {
        readonly kind: 'moment';
        /** Moments themselves, and allowed. */
        readonly earliest?: string;
        readonly latest?: string;
      }
    | {
        readonly kind: 'file';
        /** Bytes. */
        readonly largest?: number;
      }
    | { readonly kind: 'choice'; readonly choices: readonly string[] }
  );

/** A file that stays where it is: what proves that another one is the same. */
export interface FileEvidence {
  /** Without its folder. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** 64 hexadecimal digits in lower case. */
  readonly sha256: string;
}

/** A moment as it was written, a choice as it is offered. */
export type EvidenceValue = string | number | FileEvidence;

/** By name of the field. */
export type Evidence = Readonly<Record<string, EvidenceValue>>;

/** Fields of one task: all of them fit into its template. */
const mostFields = 12;

/** What is wrong with the fields of a task, in a sentence; undefined: nothing. */
export function fieldsProblem(fields: readonly EvidenceField[]): string | undefined {
  if (fields.length > mostFields) return `It asks for ${fields.length} fields of evidence, ${mostFields} are the most`;
  const names = fields.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) return `It asks for the evidence ${JSON.stringify(twice)} twice`;
  for (const field of fields) {
    const named =
      textProblem(field.name, fieldRule) ?? textProblem(field.description, nameRule) ?? limitsProblem(field);
    if (named !== undefined) return `Its evidence ${JSON.stringify(field.name)} ${named}`;
  }
  return undefined;
}

function limitsProblem(field: EvidenceField): string | undefined {
  switch (field.kind) {
    case 'text': {
      const { longest = 1 } = field;
      const fits = longest >= 1 && longest <= reasonRule.most;
      return fits ? undefined : `allows ${longest} characters, and 1 to ${reasonRule.most} are possible`;
    }
    case 'number': {
      const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, whole } = field;
      const none = whole ? Math.ceil(least) > Math.floor(most) : least > most;
      return none ? 'allows no number at all' : undefined;
    }
    case 'moment': {
      const limits = [field.earliest, field.latest].filter((limit) => limit !== undefined).map(momentOf);
      const [first = 0, last = first] = limits;
      return limits.includes(undefined) || first > last ? 'allows no moment at all' : undefined;
    }
    case 'file':
      return (field.largest ?? 0) < 0 ? 'allows no file at all' : undefined;
    case 'choice': {
      const problem = field.choices.map((choice) => textProblem(choice, nameRule)).find((one) => one !== undefined);
      return field.choices.length === 0 ? 'offers no choice' : problem;
    }
  }
}
