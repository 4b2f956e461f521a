/** Names of people, as they are compared: what looks the same is the same person. Names are claims; nothing here proves one. */
import lookAlikes from '../../data/lookAlikes.json' with { type: 'json' };

/** By letter that looks like one of the Latin alphabet, in lower case (Unicode's confusable characters, accents left apart). */
const latin: ReadonlyMap<string, string> = new Map(
  Object.entries(lookAlikes).flatMap(([letter, others]) => [...others].map((other) => [other, letter] as const)),
);

/** Format characters, fillers that are drawn as nothing, and selectors of variants. */
const unseen = /\p{Cf}|\p{Default_Ignorable_Code_Point}|\u2800/gu;

/**
 * Equal for names that people cannot tell apart: Unicode form, letter case, blanks around and between words, characters that cannot be
 * seen, and letters of other scripts that look like Latin ones make no difference.
 */
export function person(name: string): string {
  const plain = name.normalize('NFKC').replace(unseen, '').replace(/\s+/gu, ' ').trim().toLowerCase();
  return [...plain].map((letter) => latin.get(letter) ?? letter).join('');
}

export function samePerson(left: string, right: string): boolean {
  return person(left) === person(right);
}

/** What the forms of messages show where a name or a reason is to be filled in. */
export const toFillIn = { name: 'YOUR NAME', reason: 'WHY' } as const;

const placeholders = new Set(
  ['your name', 'name', 'the name', 'approver', 'why', 'why not', 'reason', 'the reason'].map(person),
);

/** Whether nothing was filled in. */
export function isPlaceholder(text: string): boolean {
  return placeholders.has(person(text.replace(/^[<{[("'\s]+|[>}\])"'\s]+$/gu, '')));
}
