/** Evidence as it was sent, against the fields that its task asks for: what is wrong is one sentence with a right example. */

import { isObject, kindOf, ownValue } from '../messages/field.js';
import type { Checked } from '../messages/form.js';
import { nearestName } from '../nearestName.js';
import { counted, nameRule, oneLine, reasonRule, shortened, textProblem } from '../text.js';
import type { Evidence, EvidenceField, EvidenceValue, FileEvidence } from './evidenceField.js';
import { exampleOf, kindText, textToFillIn } from './evidenceWords.js';
import { momentOf } from './moment.js';

/**
 * Never throws. `whole`: what is required has to be there; what is sent is looked at in any case, and a field that was not asked for is
 * refused. Texts come back trimmed and in one line, digests in lower case.
 */
export function checkEvidence(
  fields: readonly EvidenceField[],
  sent: Readonly<Record<string, unknown>>,
  { whole }: { readonly whole: boolean },
): Checked<Evidence> {
  const problem = unknownField(fields, sent) ?? firstProblem(fields, sent, whole);
  if (problem !== undefined) return { ok: false, problem };
  const entries = fields.flatMap(({ name }) => {
    const value = ownValue(sent, name);
    return value === undefined ? [] : [[name, tidied(value as EvidenceValue)] as const];
  });
  return { ok: true, value: Object.fromEntries(entries) };
}

function unknownField(fields: readonly EvidenceField[], sent: Readonly<Record<string, unknown>>): string | undefined {
  const names = fields.map(({ name }) => name);
  const unknown = Object.keys(sent).find((name) => !names.includes(name));
  if (unknown === undefined) return undefined;
  const meant = nearestName(unknown, names);
  const there = names.length === 0 ? 'the task asks for none' : `there are ${names.join(', ')}`;
  const hint = meant ? `perhaps "${meant}" is meant` : there;
  return `The evidence ${JSON.stringify(shortened(unknown, 60))} is not asked for (${hint})`;
}

function firstProblem(
  fields: readonly EvidenceField[],
  sent: Readonly<Record<string, unknown>>,
  whole: boolean,
): string | undefined {
  for (const field of fields) {
    const value = ownValue(sent, field.name);
    const problem = value === undefined ? missing(field, whole) : valueProblem(field, value);
    if (problem === undefined) continue;
    return `The evidence "${field.name}" ${problem}, for example ${JSON.stringify(exampleOf(field))}`;
  }
  return undefined;
}

function missing(field: EvidenceField, whole: boolean): string | undefined {
  return whole && field.required ? `is missing: ${kindText(field)}` : undefined;
}

/** In words that follow its name. */
function valueProblem(field: EvidenceField, value: unknown): string | undefined {
  switch (field.kind) {
    case 'text':
      return textKindProblem(field, value);
    case 'number':
      if (typeof value !== 'number') return `has to be a number, not ${kindOf(value)}`;
      return isWithin(field, value) ? undefined : `is ${value}, and has to be ${kindText(field)}`;
    case 'moment':
      if (typeof value !== 'string') return `has to be a text with a moment, not ${kindOf(value)}`;
      return isMomentWithin(field, value.trim())
        ? undefined
        : `is ${beginning(value)}, and has to be ${kindText(field)}`;
    case 'file':
      return fileProblem(value) ?? sizeProblem(field, value as FileEvidence);
    case 'choice':
      if (typeof value === 'string' && field.choices.includes(value.trim())) return undefined;
      return `is ${typeof value === 'string' ? beginning(value) : kindOf(value)}, and has to be ${kindText(field)}`;
  }
}

function textKindProblem(
  field: EvidenceField & { readonly required: boolean; readonly longest?: number },
  value: unknown,
): string | undefined {
  if (typeof value !== 'string') return `has to be a text, not ${kindOf(value)}`;
  const text = oneLine(value);
  if (text === '') return field.required ? 'is empty' : 'is empty, and can be left out';
  if (text.toUpperCase() === textToFillIn) return 'is still to be filled in';
  return textProblem(text, { ...reasonRule, most: field.longest ?? reasonRule.most });
}

function isWithin(
  { least, most, whole }: { readonly least?: number; readonly most?: number; readonly whole?: true },
  value: number,
): boolean {
  const allowed = whole ? Number.isSafeInteger(value) : Number.isFinite(value);
  return allowed && value >= (least ?? value) && value <= (most ?? value);
}

function isMomentWithin(
  { earliest, latest }: { readonly earliest?: string; readonly latest?: string },
  text: string,
): boolean {
  const at = momentOf(text);
  const bound = (limit: string | undefined) => (limit === undefined ? at : momentOf(limit)) ?? Number.NaN;
  return at !== undefined && at >= bound(earliest) && at <= bound(latest);
}

const fileParts = ['name', 'size', 'sha256'];

function fileProblem(value: unknown): string | undefined {
  if (!isObject(value)) return `has to be an object with ${fileParts.join(', ')}, not ${kindOf(value)}`;
  const unknown = Object.keys(value).find((part) => !fileParts.includes(part));
  if (unknown !== undefined) return `has ${beginning(unknown)}, and a file has ${fileParts.join(', ')}`;
  const { name, size, sha256 } = value;
  if (typeof name !== 'string' || name.trim() === '') return 'has no "name" of a file';
  const problem = textProblem(name.trim(), nameRule);
  if (problem !== undefined) return `has a "name" that ${problem}`;
  if (!Number.isSafeInteger(size) || (size as number) < 0) return 'has no "size" in bytes';
  return typeof sha256 === 'string' && /^[0-9a-f]{64}$/i.test(sha256.trim())
    ? undefined
    : 'has no "sha256" of 64 hexadecimal digits';
}

function sizeProblem({ largest }: { readonly largest?: number }, { size }: FileEvidence): string | undefined {
  return largest === undefined || size <= largest
    ? undefined
    : `has ${counted(size)} bytes, ${counted(largest)} are the most`;
}

function tidied(value: EvidenceValue): EvidenceValue {
  if (typeof value === 'string') return oneLine(value);
  if (typeof value === 'number') return value + 0; // a zero has no sign in JSON
  return { name: value.name.trim(), size: value.size + 0, sha256: value.sha256.trim().toLowerCase() };
}

function beginning(text: string): string {
  return JSON.stringify(shortened(text, 40));
}
