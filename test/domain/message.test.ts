import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Checked } from '../../domain/form.js';
import { inputs, messages } from '../../domain/message.js';
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
