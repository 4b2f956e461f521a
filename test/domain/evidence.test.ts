/** What a task asks to be told: which values count, and what is said about one that does not. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messages } from '../../domain/messages/message.js';
import { checkEvidence } from '../../domain/tasks/evidence.js';
import { type EvidenceField, fieldsProblem } from '../../domain/tasks/evidenceField.js';
import { exampleOf, kindText, toFillIn } from '../../domain/tasks/evidenceWords.js';
import { momentOf } from '../../domain/tasks/moment.js';

const named = { name: 'value', description: 'what was seen', required: true } as const;
const text: EvidenceField = { ...named, kind: 'text', longest: 20 };
const number: EvidenceField = { ...named, kind: 'number', least: 0, most: 500, whole: true };
const moment: EvidenceField = { ...named, kind: 'moment', earliest: '2026-01-01T00:00:00Z' };
const file: EvidenceField = { ...named, kind: 'file', largest: 5_000 };
const choice: EvidenceField = { ...named, kind: 'choice', choices: ['yes', 'no'] };

const log = { name: 'install.log', size: 12, sha256: 'ab'.repeat(32) };

function checked(field: EvidenceField, value: unknown, { whole = true } = {}): unknown {
  const answer = checkEvidence([field], value === undefined ? {} : { value }, { whole });
  return answer.ok ? answer.value['value'] : answer.problem;
}

describe('evidence', () => {
  it.each<[EvidenceField, unknown, unknown]>([
    [text, ' all is\n well ', 'all is well'],
    [number, 12, 12],
    [number, -0, 0],
    [moment, ' 2026-03-01T22:30:00+01:00 ', '2026-03-01T22:30:00+01:00'],
    [file, { ...log, name: ' install.log ', sha256: 'AB'.repeat(32) }, log],
    [choice, ' yes ', 'yes'],
  ])('of $kind is kept tidied', (field, value, kept) => {
    expect(checked(field, value)).toEqual(kept);
  });

  it.each<[EvidenceField, unknown, string]>([
    [text, undefined, 'is missing: a text of at most 20 characters, for example "as it was seen"'],
    [text, 7, 'has to be a text, not a number, for example "as it was seen"'],
    [text, ' \n ', 'is empty, for example'],
    [text, 'x'.repeat(21), 'has 21 characters, 20 are the most, and begins with "xxxxx'],
    [text, 'now\u001b[2J', 'has a character that no line shows (U+001B)'],
    [text, 'to fill in', 'is still to be filled in'],
    [number, '12', 'has to be a number, not a string, for example 120'],
    [number, 1.5, 'is 1.5, and has to be a whole number from 0 to 500, for example 120'],
    [number, 501, 'is 501, and has to be a whole number from 0 to 500'],
    [number, Number.NaN, 'is NaN, and has to be'],
    [number, Number.POSITIVE_INFINITY, 'is Infinity, and has to be'],
    [moment, 1_767_225_600_000, 'has to be a text with a moment, not a number, for example "2026-03-01T22:30:00Z"'],
    [
      moment,
      'yesterday',
      'is "yesterday", and has to be a moment with its zone, 2026-01-01T00:00:00Z or more, for example',
    ],
    [moment, '2026-03-01T22:30:00', 'is "2026-03-01T22:30:00", and has to be a moment with its zone'],
    [moment, '2026-02-30T22:30:00Z', 'and has to be a moment with its zone'],
    [moment, '2025-12-31T23:59:59Z', 'is "2025-12-31T23:59:59Z", and has to be a moment with its zone'],
    [
      file,
      'install.log',
      'has to be an object with name, size, sha256, not a string, for example {"name":"install.log","size":4096',
    ],
    [file, { ...log, path: '/tmp' }, 'has "path", and a file has name, size, sha256'],
    [file, { ...log, name: 'a\nb' }, 'has a "name" that has a character that no line shows (U+000A)'],
    [file, { ...log, size: -1 }, 'has no "size" in bytes'],
    [file, { ...log, size: 5_001 }, 'has 5,001 bytes, 5,000 are the most'],
    [file, { ...log, sha256: 'ab' }, 'has no "sha256" of 64 hexadecimal digits'],
    [file, { size: 1, sha256: log.sha256 }, 'has no "name" of a file'],
    [choice, 'maybe', 'is "maybe", and has to be one of "yes", "no", for example "yes"'],
    [choice, true, 'is a boolean, and has to be one of "yes", "no"'],
  ])('of $kind is refused by the name of its field, with a right example, when it %$', (field, value, problem) => {
    expect(checked(field, value)).toMatch(/^The evidence "value" /);
    expect(checked(field, value)).toContain(problem);
    expect(checked(field, value)).toContain(`for example ${JSON.stringify(exampleOf(field))}`);
  });

  it('that can be left out is missed by nobody, and neither is what is required where it was not done', () => {
    expect(checked({ ...number, required: false }, undefined)).toBeUndefined();
    expect(checked(number, undefined, { whole: false })).toBeUndefined();
    expect(checked(number, '12', { whole: false })).toContain('has to be a number');
    expect(checked({ ...text, required: false }, '')).toContain('is empty, and can be left out');
  });

  it.each([
    ['valu', 'The evidence "valu" is not asked for (perhaps "value" is meant)'],
    ['duration', 'The evidence "duration" is not asked for (there are value)'],
    ['__proto__', 'The evidence "__proto__" is not asked for'],
    ['constructor', 'The evidence "constructor" is not asked for'],
    ['x'.repeat(9_000), `The evidence "${'x'.repeat(59)}…" is not asked for`],
  ])('under a name that nobody asked for (%.20s) is refused', (name, problem) => {
    const sent = JSON.parse(`{"value":12,${JSON.stringify(name)}:1}`) as Record<string, unknown>;
    const answer = checkEvidence([number], sent, { whole: true });
    expect(answer.ok ? '' : answer.problem).toContain(problem);
    expect(checkEvidence([], { [name]: 1 }, { whole: true })).toMatchObject({
      problem: expect.stringContaining('the task asks for none'),
    });
  });

  it('that only inherits its value is missing', () => {
    const answer = checkEvidence([number], Object.create({ value: 12 }), { whole: true });
    expect(answer).toMatchObject({ ok: false, problem: expect.stringContaining('"value" is missing') });
  });
});

describe('a moment', () => {
  it.each([
    ['2026-03-01T22:30Z', Date.UTC(2026, 2, 1, 22, 30)],
    ['2026-03-01T22:30:59.123Z', Date.UTC(2026, 2, 1, 22, 30, 59, 123)],
    ['2026-03-01T22:30:00+01:00', Date.UTC(2026, 2, 1, 21, 30)],
    ['2024-02-29T00:00:00-14:00', Date.UTC(2024, 1, 29, 14)],
  ])('%s is one', (written, at) => {
    expect(momentOf(written)).toBe(at);
  });

  it.each([
    ['without a zone', '2026-03-01T22:30:00'],
    ['without a time', '2026-03-01'],
    ['on a day that no calendar has', '2025-02-29T00:00:00Z'],
    ['in month 13', '2026-13-01T00:00:00Z'],
    ['at hour 24', '2026-03-01T24:00:00Z'],
    ['at minute 60', '2026-03-01T22:60:00Z'],
    ['in a zone that is nowhere', '2026-03-01T22:30:00+15:00'],
    ['as people say it', '1 March 2026 22:30 UTC'],
    ['in small letters', '2026-03-01t22:30:00z'],
    ['with more behind it', '2026-03-01T22:30:00Z '],
  ])('%s is none', (_, written) => {
    expect(momentOf(written)).toBeUndefined();
  });

  it('is what a clock says, whatever the zone', () => {
    const offsets = fc.integer({ min: -14 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), offsets, (at, offset) => {
        const local = new Date(at + offset * 60_000).toISOString().slice(0, -1);
        const two = (value: number) => String(value).padStart(2, '0');
        const zone = `${offset < 0 ? '-' : '+'}${two(Math.trunc(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
        expect(momentOf(local + zone)).toBe(at);
      }),
    );
  });
});

const names = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,20}$/);
const common = { name: names, description: fc.constant('what was seen'), required: fc.boolean() };
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const moments = fc
  .date({ min: new Date('1970-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

/** With limits or without, some of which allow nothing. */
const fields: fc.Arbitrary<EvidenceField> = fc
  .oneof(
    fc.record({ ...common, kind: fc.constant('text'), longest: optional(fc.integer({ min: 0, max: 3_000 })) }),
    fc.record({
      ...{ ...common, kind: fc.constant('number') },
      ...{ least: optional(fc.double({ noNaN: true, min: -1e6, max: 1e6 })) },
      ...{ most: optional(fc.double({ noNaN: true, min: -1e6, max: 1e6 })) },
      whole: optional(fc.constant(true)),
    }),
    fc.record({ ...common, kind: fc.constant('moment'), earliest: optional(moments), latest: optional(moments) }),
    fc.record({ ...common, kind: fc.constant('file'), largest: optional(fc.integer({ min: 0, max: 1e9 })) }),
    fc.record({ ...common, kind: fc.constant('choice'), choices: fc.array(names, { maxLength: 8 }) }),
  )
  .map((field) => JSON.parse(JSON.stringify(field)) as EvidenceField);

describe('the fields of a task', () => {
  it('that can be asked for have an example that counts, and a template that is refused as it stands', () => {
    fc.assert(
      fc.property(fields, (field) => {
        fc.pre(fieldsProblem([field]) === undefined);
        const example = JSON.parse(JSON.stringify(exampleOf(field))) as unknown;
        expect(checkEvidence([field], { [field.name]: example }, { whole: true })).toEqual({
          ok: true,
          value: { [field.name]: example },
        });
        const template = checkEvidence([field], { [field.name]: toFillIn(field) }, { whole: true });
        expect(template.ok).toBe(false);
        expect(kindText(field)).not.toMatch(/undefined|NaN|Infinity/);
      }),
      { numRuns: 500 },
    );
  });

  it('take what they kept once more, and never throw, whatever is sent', () => {
    const anything = fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true });
    const asked = fc.uniqueArray(fields, { maxLength: 5, selector: ({ name }) => name });
    const sent = asked.chain((all) =>
      fc.tuple(
        fc.constant(all),
        fc.tuple(
          ...all.map((field) => fc.oneof(fc.constant<unknown>(exampleOf(field)), fc.constant(undefined), anything)),
        ),
        fc.dictionary(names, anything, { maxKeys: 1 }),
      ),
    );
    fc.assert(
      fc.property(sent, fc.boolean(), ([all, values, others], whole) => {
        const given = Object.fromEntries(all.map(({ name }, index) => [name, values[index]]));
        const answer = checkEvidence(all, { ...others, ...given }, { whole });
        if (!answer.ok) {
          expect(answer.problem).toMatch(/^The evidence "/);
          return;
        }
        expect(checkEvidence(all, answer.value, { whole })).toEqual(answer);
        expect(JSON.parse(JSON.stringify(answer.value))).toEqual(answer.value);
      }),
      { numRuns: 500 },
    );
  });

  it.each<[string, readonly EvidenceField[]]>([
    ['It asks for the evidence "value" twice', [text, number]],
    [
      'It asks for 13 fields of evidence, 12 are the most',
      Array.from({ length: 13 }, (_, at) => ({ ...text, name: `v${at}` })),
    ],
    ['Its evidence "finished at" is "finished at", and a field has letters', [{ ...text, name: 'finished at' }]],
    ['Its evidence "__proto__" is "__proto__", and a field has letters', [{ ...text, name: '__proto__' }]],
    ['Its evidence "value" has a character that no line shows', [{ ...text, description: 'one\ntwo' }]],
    ['Its evidence "value" allows 3000 characters', [{ ...text, longest: 3_000 }]],
    ['Its evidence "value" allows no number at all', [{ ...number, least: 0.2, most: 0.8 }]],
    ['Its evidence "value" allows no moment at all', [{ ...moment, latest: '2025-12-31T00:00:00Z' }]],
    ['Its evidence "value" allows no moment at all', [{ ...moment, earliest: 'yesterday' }]],
    ['Its evidence "value" allows no file at all', [{ ...file, largest: -1 }]],
    ['Its evidence "value" offers no choice', [{ ...choice, choices: [] }]],
  ])('are refused with %s', (problem, asked) => {
    expect(fieldsProblem(asked)).toContain(problem);
  });
});

describe('the message completeTask', () => {
  const right = { task: 12, token: 't', outcome: 'done', by: 'ana' };

  it('carries texts, numbers and files, each tidied', () => {
    const evidence = { at: ' now\n\n', count: -0, log: { name: ' a.log', size: 1, sha256: 'AB' } };
    expect(messages.completeTask.check({ ...right, evidence })).toEqual({
      ok: true,
      value: { ...right, evidence: { at: 'now', count: 0, log: { name: 'a.log', size: 1, sha256: 'AB' } } },
    });
  });

  it.each<[unknown, string]>([
    [undefined, 'Nothing was sent'],
    [{}, 'Field "task" is missing'],
    [{ ...right, task: '12' }, 'Field "task" has to be a number, not a string'],
    [{ ...right, task: 0 }, 'Field "task" is 0, and counts from 1 on'],
    [{ ...right, task: 1.5 }, 'Field "task" is 1.5'],
    [{ ...right, outcome: 'ok' }, 'Field "outcome" has to be one of "done", "not possible", "failed"'],
    [{ ...right, outcome: undefined }, 'Field "outcome" is missing'],
    [{ ...right, evidence: [1] }, 'Field "evidence" has to be an object of values by name, not a list'],
    [{ ...right, evidence: { at: null } }, 'Field "evidence" has null that is neither a text nor a number, in "at"'],
    [{ ...right, evidence: { at: true } }, 'has a boolean that is neither a text nor a number, in "at"'],
    [
      { ...right, evidence: { at: { b: { c: 1 } } } },
      'has an object that is neither a text nor a number, in "b", in "at"',
    ],
    [{ ...right, evidence: { at: Number.NaN } }, 'has a number that is neither a text nor a number'],
    [{ ...right, evidence: JSON.parse('{"__proto__":{"a":1}}') }, 'has a name that is "__proto__", and a field has'],
    [{ ...right, evidence: { at: 'x'.repeat(2_001) } }, 'has a text that has 2,001 characters, 2,000 are the most'],
    [{ ...right, evidence: { at: 'x\u202ey' } }, 'has a text that has a character that no line shows (U+202E)'],
    [
      { ...right, evidence: Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`v${at}`, 'x'.repeat(1_000)])) },
      'The object has 20,',
    ],
  ])('refuses what is wrong in it with a right example (%#)', (payload, problem) => {
    const answer = messages.completeTask.check(payload);
    expect(answer.ok ? 'accepted' : answer.problem).toContain(problem);
    expect(answer.ok ? 'accepted' : answer.problem).toMatch(/: send for example \{"task":12,/);
  });
});
