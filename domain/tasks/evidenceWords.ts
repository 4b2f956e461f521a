/** The fields of evidence in words: a right example, what to fill in, what may be given. */

import { listed } from '../text.js';
import type { EvidenceField, EvidenceValue } from './evidenceField.js';
import { exampleMoment, momentOf } from './moment.js';

/** What a text is asked for with, and is not taken for one. */
export const textToFillIn = 'TO FILL IN';

/** A right one. */
export function exampleOf(field: EvidenceField): EvidenceValue {
  switch (field.kind) {
    case 'text':
      return 'as it was seen'.slice(0, field.longest).trim();
    case 'number':
      return exampleNumber(field);
    case 'moment':
      return exampleWithin(field);
    case 'file':
      return {
        name: 'install.log',
        size: Math.min(4096, field.largest ?? 4096),
        sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      };
    case 'choice':
      return field.choices[0] ?? '';
  }
}

/** What stands in a template where the value belongs; it is refused as it stands. */
export function toFillIn(field: EvidenceField): unknown {
  switch (field.kind) {
    case 'text':
      return textToFillIn;
    case 'number':
      return 'NUMBER';
    case 'moment':
      return 'MOMENT WITH ZONE';
    case 'file':
      return { name: 'NAME', size: 'BYTES', sha256: 'SHA-256' };
    case 'choice':
      return `ONE OF ${listed(field.choices, 5)}`;
  }
}

/** Its kind with its limits: `a whole number from 0 to 5000`. */
export function kindText(field: EvidenceField): string {
  switch (field.kind) {
    case 'text':
      return field.longest === undefined ? 'a text' : `a text of at most ${field.longest} characters`;
    case 'number':
      return `a ${field.whole ? 'whole ' : ''}number${rangeText(field.least, field.most)}`;
    case 'moment':
      return `a moment with its zone${rangeText(field.earliest, field.latest)}`;
    case 'file':
      return `a file with its size and SHA-256${field.largest === undefined ? '' : `, of at most ${field.largest} bytes`}`;
    case 'choice':
      return `one of ${listed(field.choices.map((choice) => JSON.stringify(choice)))}`;
  }
}

function rangeText(least: number | string | undefined, most: number | string | undefined): string {
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}`;
  if (least !== undefined) return `, ${least} or more`;
  return most === undefined ? '' : `, ${most} or less`;
}

function exampleNumber({ least, most, whole }: Extract<EvidenceField, { kind: 'number' }>): number {
  const [from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY] = [least, most];
  const [first, last] = whole ? [Math.ceil(from), Math.floor(to)] : [from, to];
  return Math.min(last, Math.max(first, 120));
}

function exampleWithin({ earliest, latest }: Extract<EvidenceField, { kind: 'moment' }>): string {
  const example = momentOf(exampleMoment) ?? 0;
  if (earliest !== undefined && example < (momentOf(earliest) ?? example)) return earliest;
  if (latest !== undefined && example > (momentOf(latest) ?? example)) return latest;
  return exampleMoment;
}
