/** How the company writes references, names and lists. */
import { capitalize, truncate } from '@system/text';

/** What a reference starts with: claim, customer, payment, policy. */
export type ReferencePrefix = 'CL' | 'CU' | 'PA' | 'PO';

const digits = 6;

/** `CL-000042`: the form that stands on letters and that people read out on the phone. */
export function reference(prefix: ReferencePrefix, id: number): string {
  return `${prefix}-${String(id).padStart(digits, '0')}`;
}

/** The id behind a reference as a person typed it (`cl 42`, `CL-000042`, `42`); `undefined` when it is none. */
export function referencedId(prefix: ReferencePrefix, typed: string): number | undefined {
  const match = /^(?:([A-Z]{2})[\s-]*)?0*([1-9]\d{0,8})$/.exec(typed.trim().toUpperCase());
  if (!match) return undefined;
  const [, named, number] = match;
  if (named !== undefined && named !== prefix) return undefined;
  return Number(number);
}

export interface PersonName {
  readonly given: string;
  readonly family: string;
}

/** `de la Cruz, Ana` for lists that are sorted by family name. */
export function sortableName(name: PersonName): string {
  return `${name.family}, ${name.given}`;
}

export function fullName(name: PersonName): string {
  return `${name.given} ${name.family}`;
}

/** Splits what was typed in one field at the last space, and keeps particles (`van`, `de`) with the family name. */
export function parseName(typed: string): PersonName | undefined {
  const words = typed.trim().split(/\s+/).filter(Boolean);
  if (words.length < 2) return undefined;
  const particle = words.findIndex((word, index) => index > 0 && particles.has(word.toLowerCase()));
  const familyStart = particle === -1 ? words.length - 1 : particle;
  return {
    given: words.slice(0, familyStart).map(capitalize).join(' '),
    family: words
      .slice(familyStart)
      .map((word) => (particles.has(word.toLowerCase()) ? word.toLowerCase() : capitalize(word)))
      .join(' '),
  };
}

const particles: ReadonlySet<string> = new Set(['da', 'de', 'del', 'della', 'der', 'di', 'du', 'la', 'van', 'von']);

/** `a`, `a and b`, `a, b and c`. */
export function sentenceList(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items[items.length - 1]}`;
}

/** Leaves the last four characters of an account or card number; spaces stay where they are. */
export function masked(number: string): string {
  const visibleFrom = number.length - 4;
  return [...number].map((character, at) => (at < visibleFrom && character !== ' ' ? '•' : character)).join('');
}

/** One line for a table cell out of text that may have several. */
export function excerpt(text: string, length = 60): string {
  return truncate(text.replace(/\s+/g, ' ').trim(), length);
}
