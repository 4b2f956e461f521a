import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Checked } from '../../domain/messages/form.js';
import { inputs, messages } from '../../domain/messages/message.js';
import { nearestName } from '../../domain/nearestName.js';

const forms = Object.entries({ ...messages, ...inputs });
const approval = { gate: 'plan', plan: 'abc', token: 't', approver: 'ana' };
const start = { infrastructure: 'acme', environment: 'development', to: '11.41.0' };

function problem<Value>(checked: Checked<Value>): string {
  return checked.ok ? 'accepted' : checked.problem;
}

const preparation = { infrastructure: 'acme', environment: 'Development' };

describe('messages and inputs', () => {
  it.each(forms)('%s passes its own example', (_, form) => {
    expect(form.check(JSON.parse(form.example))).toEqual({ ok: true, value: JSON.parse(form.example) });
  });

  it('hands back what was sent, trimmed', () => {
    expect(
      messages.approve.check({ ...approval, approver: ' ana ', accept: [' claims ', 'ui'], reason: ' unused ' }),
    ).toEqual({
      ok: true,
      value: { ...approval, accept: ['claims', 'ui'], reason: 'unused' },
    });
    expect(inputs.prepareModules.check({ ...preparation, scope: 'everything', release: undefined })).toEqual({
      ok: true,
      value: { ...preparation, scope: 'everything' },
    });
    expect(messages.retry.check({})).toEqual({ ok: true, value: {} });
    expect(inputs.publishModule.check({ infrastructure: 'acme', environment: 'test', module: 'claims' }).ok).toBe(true);
  });

  it.each<[string, Checked<unknown>, string]>([
    ['nothing', messages.approve.check(undefined), 'Nothing was sent'],
    ['null', messages.retry.check(null), 'Nothing was sent'],
    ['an empty object', messages.approve.check({}), 'Field "gate" is missing'],
    ['a list', inputs.prepareModules.check([{}]), 'a list was sent, and one JSON object is needed'],
    ['a text', inputs.prepareModules.check('development'), 'a string was sent'],
    ['a missing field', inputs.upgradeEnvironment.check({ ...start, to: undefined }), 'Field "to" is missing'],
    ['a rejection without a reason', messages.reject.check(approval), 'Field "reason" is missing'],
    ['an empty field', messages.approve.check({ ...approval, approver: ' ' }), 'Field "approver" is empty'],
    [
      'an empty optional field',
      inputs.prepareModules.check({ ...start, to: undefined, release: '' }),
      'Field "to" is not known',
    ],
    ['an empty optional text', messages.pause.check({ reason: '' }), 'Field "reason" is empty, and can be left out'],
    [
      'a number for a text',
      inputs.upgradeEnvironment.check({ ...start, to: 11.41 }),
      'Field "to" has to be a text, not a number',
    ],
    ['null for a text', messages.resume.check({ reason: null }), 'Field "reason" has to be a text, not null'],
    [
      'a text for a list',
      messages.approve.check({ ...approval, accept: 'claims' }),
      'Field "accept" has to be a list of texts',
    ],
    [
      'a list with an empty text',
      messages.approve.check({ ...approval, accept: ['a', ''] }),
      'Field "accept" has to be a list',
    ],
    [
      'a list with a hole',
      messages.approve.check({ ...approval, accept: new Array(1) }),
      'Field "accept" has to be a list',
    ],
    [
      'a value that is no choice',
      inputs.prepareModules.check({ ...preparation, scope: 'some' }),
      'Field "scope" has to be one of "unfinished", "everything"',
    ],
    [
      'a list for a choice',
      inputs.prepareModules.check({ ...preparation, scope: ['everything'] }),
      'Field "scope" has to be one of',
    ],
    [
      'a mistyped field',
      inputs.nightlyDeployAll.check({ infrastructure: 'acme', enviroment: 'test' }),
      'Field "enviroment" is not known (perhaps "environment" is meant)',
    ],
    ['an abbreviated field', inputs.nightlyDeployAll.check({ infra: 'acme' }), 'perhaps "infrastructure" is meant'],
    ['a field in another case', messages.pause.check({ RequestedBy: 'ana' }), 'perhaps "requestedBy" is meant'],
    [
      'a field nobody knows',
      inputs.deployModules.check({ wait: true }),
      'Field "wait" is not known (there are infrastructure, environment, requestedBy, as, unattended, pausedBy, pauseReason)',
    ],
    [
      'a field of all objects',
      messages.retry.check(JSON.parse('{"__proto__":{"modules":["a"]}}')),
      'Field "__proto__" is not known',
    ],
    ['a field that is only inherited', messages.approve.check(Object.create(approval)), 'Field "gate" is missing'],
  ])('refuses %s by name, with a right example', (_, checked, expected) => {
    expect(problem(checked)).toContain(expected);
    expect(problem(checked)).toMatch(/: send for example \{".*\}$/);
  });

  const long = 'x'.repeat(1_200_000);
  it.each<[string, Checked<unknown>, string]>([
    [
      'an approver as long as a book',
      messages.approve.check({ ...approval, approver: long }),
      `Field "approver" has 1,200,000 characters, 200 are the most, and begins with "${'x'.repeat(39)}…"`,
    ],
    [
      'a requester one too long',
      inputs.publishAll.check({ ...preparation, requestedBy: 'x'.repeat(201) }),
      '"requestedBy" has 201',
    ],
    [
      'a module',
      inputs.publishModule.check({ ...preparation, module: long }),
      'Field "module" has 1,200,000 characters',
    ],
    ['an environment', inputs.rollback.check({ ...preparation, environment: long }), '60 are the most'],
    ['a reason', messages.pause.check({ reason: 'x'.repeat(2_001) }), 'Field "reason" has 2,001 characters, 2,000 are'],
    ['an accepted name', messages.approve.check({ ...approval, accept: ['a', long] }), 'as number 2 of its list'],
    ['an unknown field', messages.retry.check({ [long]: 1 }), `Field "${'x'.repeat(59)}…" is not known`],
    [
      'a list that is too long as a whole',
      messages.approve.check({ ...approval, accept: Array.from({ length: 1_000 }, (_, at) => `@acme/module-${at}`) }),
      'The object has 18,958 bytes as JSON, 16,384 are the most',
    ],
    ['a line break in a name', messages.approve.check({ ...approval, approver: 'ana\nbo' }), '(U+000A) in "ana\\nbo"'],
    ['an escape in a reason', messages.pause.check({ reason: 'now\u001b[2J' }), '(U+001B)'],
    ['a name that is written backwards', messages.approve.check({ ...approval, approver: 'a\u202eb' }), '(U+202E)'],
    ['half a character', messages.approve.check({ ...approval, approver: 'a\ud83d' }), '(U+D83D)'],
    [
      'an environment that no folder can be named after',
      inputs.rollback.check({ ...preparation, environment: '../x', requestedBy: 'a', reason: 'b' }),
      'Field "environment" is "../x", and a name has letters, digits',
    ],
  ])('refuses %s with the limit and its beginning', (_, checked, expected) => {
    expect(problem(checked)).toContain(expected);
    expect(problem(checked).length).toBeLessThan(600);
  });

  it('takes what is as long as it may be, in any script', () => {
    const approver = 'ü'.repeat(200);
    expect(messages.approve.check({ ...approval, approver, reason: '語'.repeat(2_000) })).toMatchObject({
      ok: true,
      value: { approver },
    });
  });

  it('reads the lines of a reason as one', () => {
    expect(messages.pause.check({ reason: ' The front ends\r\n\tare slow.\n\nAsk ana. ' })).toEqual({
      ok: true,
      value: { reason: 'The front ends are slow. Ask ana.' },
    });
  });

  it('refuses what is nested deeper than it could be written down again', () => {
    const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as unknown;
    expect(problem(messages.approve.check({ ...approval, approver: deep }))).toContain('has to be a text, not a list');
    expect(problem(messages.approve.check({ ...approval, deep }))).toContain('Field "deep" is not known');
  });

  it('never throws, and accepts only what has exactly the fields of the form', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSparseArray: true,
    });
    const names = [
      'gate',
      'plan',
      'token',
      'approver',
      'reason',
      'accept',
      'infrastructure',
      'environment',
      'to',
      'deploy',
      'task',
      'outcome',
      'evidence',
    ];
    const near = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.string(), anything));
    fc.assert(
      fc.property(fc.oneof(anything, near), (input) => {
        for (const [, form] of forms) {
          const checked: Checked<unknown> = form.check(input);
          if (!checked.ok) {
            expect(checked.problem).toContain(form.example);
            continue;
          }
          expect(Buffer.byteLength(JSON.stringify(checked.value))).toBeLessThanOrEqual(16_384);
          expect(form.check(checked.value)).toEqual(checked);
          expect(JSON.parse(JSON.stringify(checked.value))).toEqual(checked.value);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the nearest name', () => {
  it.each([
    ['enviroment', 'environment'],
    ['env', 'environment'],
    ['Environment', 'environment'],
    ['tp', 'to'],
    ['modul', 'modules'],
    ['xyz', undefined],
    ['', undefined],
    ['e', undefined],
    ['plan', 'plan'],
    ['to', 'to'],
  ])('of %s is %s', (typed, expected) => {
    expect(nearestName(typed, ['to', 'environment', 'modules', 'plan'])).toBe(expected);
  });

  it('is none for a text of any length', () => {
    expect(nearestName('x'.repeat(100_000), ['to', 'environment'])).toBeUndefined();
  });
});
