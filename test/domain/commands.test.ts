/** Commands: what their ends mean, what their arguments become, which attempt is taken, and what of their words is believed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AskedAttempt, attemptToTake, type NewestAttempt } from '../../domain/commands/attempt.js';
import { type CommandExit, exitText, outcomeOf } from '../../domain/commands/command.js';
import { longestTold, toldIn, toldLine } from '../../domain/commands/told.js';
import { argumentProblem, filled, type Values, valueNames, valuesProblem } from '../../domain/commands/values.js';

const codes = { done: [0, 5], reboot: [1, 3010] };

describe('outcomeOf', () => {
  it.each<[CommandExit, string, string]>([
    [{ kind: 'exited', code: 0 }, 'done', 'ended with exit code 0'],
    [{ kind: 'exited', code: 5 }, 'done', 'ended with exit code 5'],
    [{ kind: 'exited', code: 1 }, 'reboot needed', 'ended with exit code 1'],
    [{ kind: 'exited', code: 3010 }, 'reboot needed', 'ended with exit code 3010'],
    [{ kind: 'exited', code: 2 }, 'failed', 'ended with exit code 2'],
    [{ kind: 'signalled', signal: 'SIGSEGV' }, 'unknown', 'was ended by the signal SIGSEGV'],
    [{ kind: 'timed out' }, 'failed', 'was ended after 90 minutes: its time was over'],
    [{ kind: 'cancelled' }, 'unknown', 'was ended, because its run was cancelled or its environment taken over'],
    [
      { kind: 'lost' },
      'unknown',
      'was begun, and nobody saw its end: the host was started again, or its runner was killed',
    ],
    [{ kind: 'not started', reason: 'spawn ENOENT' }, 'failed', 'could not be started: spawn ENOENT'],
    [{ kind: 'fenced' }, 'failed', 'was not started, because its environment was taken over'],
  ])('of %j is %s', (exit, outcome, text) => {
    expect(outcomeOf(exit, codes)).toBe(outcome);
    expect(exitText(exit, { timeoutMinutes: 90 })).toBe(text);
  });
});

describe('an argument', () => {
  it.each([
    ['{frontEnd}', 'fe-1'],
    ['--to={release}', '--to=11.41.0'],
    ['{environment}/{zone}', 'Production/north side'],
    ['-v', '-v'],
    ['', ''],
    ['$& $1 $`', '$& $1 $`'],
  ])('%s becomes %s', (argument, becomes) => {
    expect(argumentProblem(argument)).toBeUndefined();
    expect(filled([argument], values)).toEqual({ kind: 'filled', arguments: [becomes] });
  });

  it.each([
    ['{frontend}', /^has \{frontend\}; perhaps \{frontEnd\} is meant; there are \{infrastructure\}, \{environment\}/],
    ['{constructor}', /^has \{constructor\}; there are /],
    ['{', /^has a brace that is not around the name of a value$/],
    ['{"frontEnd": 1}', /^has a brace/],
    ['{{frontEnd}}', /^has a brace/],
  ])('%s is refused', (argument, problem) => {
    expect(argumentProblem(argument)).toMatch(problem);
  });

  it('that takes a value which the step has not is missing it, by name', () => {
    expect(filled(['{snapshot}', '{snapshot} {zone}'], { zone: 'a' })).toEqual({
      kind: 'missing',
      names: ['snapshot'],
    });
  });
});

describe('a value', () => {
  it.each<[Values]>([[{ frontEnd: 'fe-1' }], [{ upgrade: 'acme#7', snapshot: 'nightly@2026-03-01 02:00' }], [{}]])(
    'as in %j is taken',
    (taken) => {
      expect(valuesProblem(taken)).toBeUndefined();
    },
  );

  it.each<[Values, RegExp]>([
    [{ frontEnd: '-rf' }, /^frontEnd begins with "-": "-rf"$/],
    [{ frontEnd: 'fe-1\nrm' }, /^frontEnd has a character that no line shows \(U\+000A\)/],
    [{ zone: 'a\u0000b' }, /^zone has a character that no line shows \(U\+0000\)/],
    [{ snapshot: 'a\u2028b' }, /^snapshot has a character that no line shows \(U\+2028\)/],
    [{ release: '11' }, /^release is "11", and a release is 11\.41\.0$/],
    [{ release: '-11.41' }, /^release begins with "-"/],
    [{ snapshot: '../../etc' }, /^snapshot is "\.\.\/\.\.\/etc", and it has letters/],
    [{ environment: 'x'.repeat(61) }, /^environment has 61 characters, 60 are the most/],
    [{ step: '$(reboot)' }, /^step is "\$\(reboot\)"/],
  ])('as in %j is refused', (refused, problem) => {
    expect(valuesProblem(refused)).toMatch(problem);
  });

  it('that is taken is one argument, begins with no "-", and has no line break and no NUL', () => {
    fc.assert(
      fc.property(fc.constantFrom(...valueNames), fc.string({ unit: 'binary' }), (name, value) => {
        if (valuesProblem({ [name]: value }) !== undefined) return;
        const result = filled([`{${name}}`], { [name]: value });
        expect(result).toEqual({ kind: 'filled', arguments: [value] });
        expect(value).toMatch(/^[A-Za-z0-9_][^\n\r\0\u2028\u2029/$`"'\\;|&<>]*$/);
      }),
    );
  });
});

describe('attemptToTake', () => {
  const newest = (state: NewestAttempt['state'], askedBy = 'an earlier run'): NewestAttempt => ({
    attempt: 4,
    askedBy,
    state,
  });
  const asked = (more: Partial<AskedAttempt> = {}): AskedAttempt => ({
    askedBy: 'this run',
    after: null,
    oncePer: 'upgrade',
    ...more,
  });

  it.each<[string, NewestAttempt | undefined, AskedAttempt, number]>([
    ['the first', undefined, asked(), 1],
    ['one that goes on, whoever asked for it', newest('going on'), asked({ oncePer: 'request' }), 4],
    ['what is done once an upgrade', newest('done'), asked(), 4],
    ['anew what is done once a request', newest('done'), asked({ oncePer: 'request' }), 5],
    ['what the same request has done', newest('done', 'this run'), asked({ oncePer: 'request' }), 4],
    ['anew what failed for another request', newest('failed'), asked(), 5],
    ['what failed for the same', newest('failed', 'this run'), asked(), 4],
    ['what nobody knows about', newest('unknown'), asked({ oncePer: 'request' }), 4],
    ['what needs a reboot', newest('reboot needed'), asked(), 4],
    ['anew what somebody has decided to repeat', newest('unknown'), asked({ after: 4 }), 5],
    ['anew after a reboot', newest('reboot needed'), asked({ after: 4 }), 5],
    ['what somebody else has repeated already', newest('unknown'), asked({ after: 3 }), 4],
    ['anew what failed since somebody decided', newest('failed'), asked({ after: 3 }), 5],
    ['no second one beside that which somebody repeats', newest('going on'), asked({ after: 4 }), 4],
  ])('takes %s', (_, given, request, attempt) => {
    expect(attemptToTake(given, request)).toBe(attempt);
  });
});

describe('what a program tells', () => {
  it.each([
    ['nothing', 'done\n', undefined],
    ['the last of several lines', 'uplift: {"a":1}\nuplift: {"a":2}\nbye\n', 'uplift: {"a":2}'],
    ['a line of Windows', 'uplift: {}\r\nbye', 'uplift: {}'],
    ['no line that only has it inside', 'say uplift: {}\n', undefined],
  ])('is %s', (_, output, line) => {
    expect(toldLine(output)).toBe(line);
  });

  const nested = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;

  it.each([
    ['uplift: {"counts":{"failed":2},"failed":["a"]}', { counts: { failed: 2 }, failed: ['a'] }],
    ['uplift: {}', {}],
    [`uplift: ${nested(10)}`, JSON.parse(nested(10))],
  ])('%s is believed', (line, value) => {
    expect(toldIn(line)).toEqual({ kind: 'result', value });
  });

  it.each([
    ['uplift: 7', 'is no JSON object'],
    ['uplift: [1]', 'is no JSON object'],
    ['uplift: null', 'is no JSON object'],
    ['uplift: {"a":', 'is no JSON object'],
    ['uplift: {"__proto__":{"a":1}}', 'has the name __proto__'],
    ['uplift: {"a":[{"constructor":1}]}', 'has the name constructor'],
    [`uplift: ${nested(11)}`, 'has more than 10 levels'],
    [`uplift: ${'['.repeat(3000)}${']'.repeat(3000)}`, 'is no JSON object'],
    [`uplift: {"a":${'['.repeat(3000)}${']'.repeat(3000)}}`, 'has more than 10 levels'],
    [`uplift: {"a":"${'x'.repeat(longestTold)}"}`, 'has more than 8,000 characters'],
  ])('%.40s is left out', (line, reason) => {
    expect(toldIn(line)).toEqual({ kind: 'refused', reason });
  });

  it('is never an error, whatever it is', () => {
    fc.assert(fc.property(fc.string(), (text) => void toldIn(`uplift: ${text}`)));
    expect(toldIn(undefined)).toEqual({ kind: 'nothing' });
  });
});

const values: Values = {
  infrastructure: 'acme',
  environment: 'Production',
  zone: 'north side',
  frontEnd: 'fe-1',
  release: '11.41.0',
};
