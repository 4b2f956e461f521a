/** Texts of others, wherever they come in or are passed on: how long they may be, what may be in them, how they are cut. */

export interface TextRule {
  /** Characters. */
  readonly most: number;
  /** `one`: nothing that breaks a line. `several` are read as one: what shows them counts on that. */
  readonly lines: 'one' | 'several';
  /** What it has to match, and that in words. */
  readonly shape?: { readonly pattern: RegExp; readonly words: string };
}

/** Names of people, modules, gates, releases; hashes and tokens too. */
export const nameRule = { most: 200, lines: 'one' } as const satisfies TextRule;

/** Why somebody does something: people paste paragraphs. */
export const reasonRule = { most: 2_000, lines: 'several' } as const satisfies TextRule;

/** Names of infrastructures, environments, zones, front ends: they are part of folder names, workflow ids and addresses. */
export const placeRule = {
  most: 60,
  lines: 'one',
  shape: {
    pattern: /^[A-Za-z0-9_]([A-Za-z0-9_ .-]*[A-Za-z0-9_])?$/,
    words: 'a name has letters, digits, "_", and between them blanks, "." and "-"',
  },
} as const satisfies TextRule;

/** Names of the fields that a task asks for: they are typed before an equals sign, and stand in JSON. */
export const fieldRule = {
  most: 40,
  lines: 'one',
  shape: { pattern: /^[A-Za-z][A-Za-z0-9-]*$/, words: 'a field has letters, digits and "-", and begins with a letter' },
} as const satisfies TextRule;

/** Of a whole message, as JSON in UTF-8. Temporal takes 2 MB, and what is made of a message has to fit as well. */
export const longestMessage = 16_384;

/** What a line of text cannot have, as it stands in a class of a pattern: controls, what is not seen, line ends, half characters. */
export const unseen = String.raw`\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}`;

const anyUnseen = new RegExp(`[${unseen}]`, 'u');
/** Line ends, and tabs, which are pasted with them; with the blanks around them. */
const lineEnds = /\s*[\n\r\t\u2028\u2029]\s*/g;

/** What is wrong with a text, in words that follow its name; undefined: nothing. It repeats no more than its beginning. */
export function textProblem(text: string, { most, lines, shape }: TextRule): string | undefined {
  const { length } = text;
  const given = JSON.stringify(shortened(text, 40));
  if (length > most)
    return `has ${counted(length)} characters, ${counted(most)} are the most, and begins with ${given}`;
  const [found] = anyUnseen.exec(lines === 'one' ? text : oneLine(text)) ?? [];
  if (found !== undefined) return `has a character that no line shows (${codePoint(found)}) in ${given}`;
  return shape && !shape.pattern.test(text) ? `is ${given}, and ${shape.words}` : undefined;
}

/** U+200B */
function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/** The lines of a text as one, with a blank between them. */
export function oneLine(text: string): string {
  return text.replace(lineEnds, ' ').trim();
}

/** Its first characters, never half of one, and an ellipsis, `most` in all; a text that is not longer is left as it is. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const beginning = text.slice(0, most - 1);
  return `${/[\uD800-\uDBFF]$/.test(beginning) ? beginning.slice(0, -1) : beginning}…`;
}

/** The first names, and how many more there are. */
export function listed(names: readonly string[], most = 10): string {
  const shown = names.slice(0, most).map((name) => shortened(name, nameRule.most));
  const more = names.length - shown.length;
  return `${shown.join(', ')}${more > 0 ? ` and ${counted(more)} more` : ''}`;
}

/** ISO 8601 as people read it, on the one clock that Uplift shows: `2026-11-27 18:06 UTC`. */
export function clockText(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** As people read large numbers: 29,900. */
export function counted(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Bytes in UTF-8; half a character counts as what it is replaced by. */
export function bytesOf(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
