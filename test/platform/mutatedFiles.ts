/** uplift.yaml as it must not be: mistakes of people, of editors and of disks, one to four of them in a file. */
import fc from 'fast-check';

type Mutation = (text: string) => string;

const anyShare = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

/** What a value, or a part of a line, is replaced by. */
const oddities = [
  '',
  'null',
  '~',
  '[]',
  '{}',
  '-1',
  '0',
  '1e999',
  '.nan',
  '0x10',
  '11.10',
  'true',
  "'",
  '"',
  '*nights',
  '&nights',
  '&nights [*nights]',
  '!!binary x',
  '!x y',
  '<<: *nights',
  '__proto__: {a: 1}',
  'constructor',
  '? [a, b]',
  '- - - -',
  '|',
  '>-',
  '# x',
  ': ',
  '\t',
  '---',
  '...',
  '%YAML 1.1\n---',
  '25:00',
  '2026-02-30',
  '2026-12-24 18:00',
  'Europe/Lisabon',
  'zero downtime',
  'production',
  'fe-1',
  '\u0000',
  '\u202e',
  '\ud800',
  '\u2028',
  '\r',
  'x'.repeat(300),
  '['.repeat(40),
  'a: '.repeat(30),
] as const;

const inLines =
  (change: (lines: string[], at: number, other: number) => void) =>
  (at: number, other: number): Mutation =>
  (text) => {
    const lines = text.split('\n');
    change(lines, Math.floor(at * lines.length), Math.floor(other * lines.length));
    return lines.join('\n');
  };

const lineMutations = [
  inLines((lines, at) => lines.splice(at, 1)),
  inLines((lines, at) => lines.splice(at, 0, lines[at] ?? '')),
  inLines((lines, at, other) => {
    [lines[at], lines[other]] = [lines[other] ?? '', lines[at] ?? ''];
  }),
  inLines((lines, at, other) => lines.splice(at, 0, ...lines.slice(other, other + 6))),
  inLines((lines, at) => {
    lines[at] = `  ${lines[at]}`;
  }),
  inLines((lines, at) => {
    lines[at] = (lines[at] ?? '').replace(/^ {1,2}/, '');
  }),
];

const anyLineMutation = fc
  .tuple(fc.constantFrom(...lineMutations), anyShare, anyShare)
  .map(([mutation, at, other]) => mutation(at, other));

/** A value behind a colon or a dash becomes something else. */
const anyOddValue = fc.tuple(fc.constantFrom(...oddities), anyShare).map(
  ([odd, at]): Mutation =>
    (text) => {
      const values = [...text.matchAll(/(?<=[:-] )[^\n]*/g)];
      const chosen = values[Math.floor(at * values.length)];
      if (!chosen) return `${text}${odd}`;
      return text.slice(0, chosen.index) + odd + text.slice(chosen.index + chosen[0].length);
    },
);

const anyMisspelling = fc.tuple(anyShare, anyShare).map(
  ([at, letter]): Mutation =>
    (text) => {
      const keys = [...text.matchAll(/[a-zA-Z]+(?=:)/g)];
      const chosen = keys[Math.floor(at * keys.length)];
      if (!chosen) return text;
      const without = chosen.index + Math.floor(letter * chosen[0].length);
      return text.slice(0, without) + text.slice(without + 1);
    },
);

const anyInsertion = fc
  .tuple(
    anyShare,
    fc.oneof(fc.constantFrom(...oddities), fc.string({ maxLength: 8 }), fc.string({ maxLength: 8, unit: 'binary' })),
  )
  .map(
    ([at, inserted]): Mutation =>
      (text) => {
        const offset = Math.floor(at * text.length);
        return text.slice(0, offset) + inserted + text.slice(offset);
      },
  );

const anyCut = fc.tuple(anyShare, anyShare).map(
  ([from, length]): Mutation =>
    (text) => {
      const offset = Math.floor(from * text.length);
      return text.slice(0, offset) + text.slice(offset + Math.floor(length * 200));
    },
);

const anyMutation = fc.oneof(anyLineMutation, anyOddValue, anyOddValue, anyMisspelling, anyInsertion, anyCut);

/** Bytes at some places are others, or the rest is missing. */
const anyDamage = fc.oneof(
  { weight: 6, arbitrary: fc.constant((bytes: Uint8Array) => bytes) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.tuple(anyShare, fc.nat(255)), { minLength: 1, maxLength: 3 })
      .map((hits) => (bytes: Uint8Array) => {
        const damaged = Uint8Array.from(bytes);
        for (const [at, byte] of hits) damaged[Math.floor(at * bytes.length)] = byte;
        return damaged;
      }),
  },
  {
    weight: 1,
    arbitrary: anyShare.map((at) => (bytes: Uint8Array) => bytes.subarray(0, Math.floor(at * bytes.length))),
  },
);

export function anyMutated(texts: readonly string[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(anyMutation, { minLength: 1, maxLength: 4 }), anyDamage)
    .map(([text, mutations, damage]) => {
      const mutated = mutations.reduce((current, mutate) => mutate(current), text);
      return damage(new TextEncoder().encode(mutated));
    });
}

export const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 400 }),
  fc.string({ maxLength: 200, unit: 'grapheme' }).map((text) => new TextEncoder().encode(text)),
);
