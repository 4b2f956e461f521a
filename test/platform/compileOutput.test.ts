/** Reading what both compilers print, from recorded texts. */
import { describe, expect, it } from 'vitest';
import { readCompilerOutput } from '../../platform/embedded/compile/output.js';
import { judge } from '../../platform/embedded/compile/verdicts.js';
import { member, unit } from './compileFixtures.js';

const recorded = {
  '7.0.2': `11:26:06 AM - Projects in this build: 
    * projects/@acme+claims.json
    * projects/@acme+portal.json
    * tsconfig.json

11:26:06 AM - Project 'projects/@acme+claims.json' is out of date because output file 'projects/@acme+claims.tsbuildinfo' does not exist

11:26:06 AM - Building project 'projects/@acme+claims.json'...

sources/@acme+claims/@acme/claims/src/index.ts(2,53): error TS2339: Property 'toUpperCase' does not exist on type 'Formatted'.
sources/@acme+claims/@acme/claims/src/index.ts(4,14): error TS2322: Type '(a: { d: string; }) => void' is not assignable to type '(a: { d: number; }) => void'.
  Types of parameters 'a' and 'a' are incompatible.
    Type '{ d: number; }' is not assignable to type '{ d: string; }'.
11:26:06 AM - Project 'projects/@acme+portal.json' is out of date because output file 'projects/@acme+portal.tsbuildinfo' does not exist

11:26:06 AM - Building project 'projects/@acme+portal.json'...

declared/node_modules/@acme/claims/src/index.d.ts(3,44): error TS2717: Subsequent property declarations must have the same type.
`,
  '6.0.3': `11:26:06\u202fAM - Projects in this build: 
    * projects/@acme+claims.json
    * projects/@acme+portal.json
    * tsconfig.json

11:26:06\u202fAM - Project 'projects/@acme+claims.json' is out of date because output file 'projects/@acme+claims.tsbuildinfo' does not exist

11:26:06\u202fAM - Building project '/dev/shm/uplift-1-2-abcdef/projects/@acme+claims.json'...

sources/@acme+claims/@acme/claims/src/index.ts(2,53): error TS2339: Property 'toUpperCase' does not exist on type 'Formatted'.
sources/@acme+claims/@acme/claims/src/index.ts(4,14): error TS2322: Type '(a: { d: string; }) => void' is not assignable to type '(a: { d: number; }) => void'.
  Types of parameters 'a' and 'a' are incompatible.
    Type '{ d: number; }' is not assignable to type '{ d: string; }'.
11:26:07\u202fAM - Project 'projects/@acme+portal.json' is out of date because output file 'projects/@acme+portal.tsbuildinfo' does not exist

11:26:07\u202fAM - Building project '/dev/shm/uplift-1-2-abcdef/projects/@acme+portal.json'...

declared/node_modules/@acme/claims/src/index.d.ts(3,44): error TS2717: Subsequent property declarations must have the same type.
`,
};

const building = (project: string) => `1:00:00 AM - Building project 'projects/${project}.json'...`;

describe.each(Object.entries(recorded))('typescript %s', (_, stdout) => {
  it('PREP-07 finds the diagnostics of each project, with all their lines', () => {
    const output = readCompilerOutput(stdout);
    expect(output).toMatchObject({
      kind: 'clear',
      built: [
        {
          project: '@acme+claims.json',
          diagnostics: [
            {
              line: 2,
              column: 53,
              code: 'TS2339',
              message: "Property 'toUpperCase' does not exist on type 'Formatted'.",
            },
            {
              line: 4,
              column: 14,
              code: 'TS2322',
              message: [
                "Type '(a: { d: string; }) => void' is not assignable to type '(a: { d: number; }) => void'.",
                "  Types of parameters 'a' and 'a' are incompatible.",
                "    Type '{ d: number; }' is not assignable to type '{ d: string; }'.",
              ].join('\n'),
            },
          ],
        },
        {
          project: '@acme+portal.json',
          diagnostics: [{ path: 'declared/node_modules/@acme/claims/src/index.d.ts', code: 'TS2717' }],
        },
      ],
    });
  });

  it('PREP-07 charges them to the project being built, whatever their path', () => {
    const units = [unit(member('@acme/claims', '')), unit(member('@acme/portal', ''))];
    const judgement = judge(units, { stdout, stderr: '', exit: { code: 2 } }, '/dev/shm/uplift-1-2-abcdef');
    expect(judgement).toMatchObject({
      units: [
        {
          verdict: {
            diagnostics: {
              '@acme/claims': [
                { file: 'src/index.ts', line: 2 },
                { file: 'src/index.ts', line: 4 },
              ],
            },
          },
        },
        { verdict: { diagnostics: { '@acme/portal': [{ file: '@acme/claims/src/index.d.ts', line: 3 }] } } },
      ],
    });
  });
});

it.each([
  [
    'an error without a path',
    `${building('a')}\nerror TS2688: Cannot find type definition file for 'node'.`,
    "error TS2688: Cannot find type definition file for 'node'.",
  ],
  [
    'an error before any project',
    "projects/a.json(1,2): error TS5023: Unknown compiler option 'x'.",
    "projects/a.json(1,2): error TS5023: Unknown compiler option 'x'.",
  ],
  ['anything else', `${building('a')}\nout of memory`, 'out of memory'],
])('PREP-07 charges no project with %s', (_, stdout, line) => {
  expect(readCompilerOutput(stdout)).toEqual({ kind: 'unclear', line });
});

it('PREP-07 is not misled by parentheses in a path, or by lines that end in two characters', () => {
  const stdout = [building('a'), 'sources/a/a/src/x(1,2).ts(3,4): error TS1005: expected.', '  Because.', ''].join(
    '\r\n',
  );
  expect(readCompilerOutput(stdout)).toEqual({
    kind: 'clear',
    built: [
      {
        project: 'a.json',
        diagnostics: [
          { path: 'sources/a/a/src/x(1,2).ts', line: 3, column: 4, code: 'TS1005', message: 'expected.\n  Because.' },
        ],
      },
    ],
  });
});

it.each([
  ['a line', `Type '"x"' is not assignable to type '\`first line\nsecond \${string}\`'.`],
  ['a blank line', 'Type `one\n\ntwo` is wrong.\n  Because.'],
  ['what looks like a word of the compiler', 'Type `one\nout of memory` is wrong.'],
])('PREP-07 a message that quotes a type with a line break is one message: %s', (_, message) => {
  const printed = (line: number, text: string) => `sources/a/a/src/x.ts(${line},4): error TS2322: ${text}`;
  const stdout = [building('a'), '', printed(1, message), printed(2, 'No.'), '', building('b'), ''].join('\n');
  const place = { path: 'sources/a/a/src/x.ts', column: 4, code: 'TS2322' };
  expect(readCompilerOutput(stdout)).toEqual({
    kind: 'clear',
    built: [
      {
        project: 'a.json',
        diagnostics: [
          { ...place, line: 1, message },
          { ...place, line: 2, message: 'No.' },
        ],
      },
      { project: 'b.json', diagnostics: [] },
    ],
  });
});

it('PREP-07 an error without a place is nobody’s, also behind one that has a place', () => {
  const stdout = [building('a'), 'a/x.ts(1,1): error TS1: no.', 'error TS2688: no types.'].join('\n');
  expect(readCompilerOutput(stdout)).toEqual({ kind: 'unclear', line: 'error TS2688: no types.' });
});

it('PREP-07 a module of a hundred thousand messages is judged in time that grows with them alone; a hundred are kept and the rest counted', () => {
  const message = `${'x'.repeat(3_000)}\u001b[2J`;
  const many = Array.from({ length: 100_000 }, (_, at) => `sources/a/a/src/x.ts(${at + 1},1): error TS1: Wrong.`);
  const long = `sources/a/a/src/${'y'.repeat(900)}.ts(1,1): error TS2: ${message}`;
  const stdout = [building('a'), long, ...many].join('\n');
  const began = process.cpuUsage();
  const judgement = judge([unit(member('a', ''))], { stdout, stderr: '', exit: { code: 2 } }, '/work');
  expect(process.cpuUsage(began).user).toBeLessThan(10_000_000);
  const verdict = judgement.kind === 'judged' ? judgement.units[0]?.verdict : undefined;
  const diagnostics = verdict?.kind === 'failed' ? verdict.diagnostics : {};
  const kept = diagnostics['a'] ?? [];
  expect(kept).toHaveLength(101);
  expect(kept[0]?.message).toBe(`${'x'.repeat(1_999)}…`);
  expect(kept[0]?.file).toHaveLength(500);
  expect(kept[1]).toEqual({ file: 'src/x.ts', line: 1, column: 1, code: 'TS1', message: 'Wrong.' });
  expect(kept.at(-1)?.message).toBe('and 99,901 more');
});

it.each([
  ['projects in another order', [building('b'), building('a')], 0],
  ['a project missing', [building('a')], 0],
  ['success after errors', [building('a'), 'a/src/x.ts(1,1): error TS1: no.', building('b')], 0],
  ['failure without errors', [building('a'), building('b')], 2],
])('PREP-07 relies on no output with %s', (_, lines, code) => {
  const units = [unit(member('a', '')), unit(member('b', ''))];
  expect(judge(units, { stdout: lines.join('\n'), stderr: '', exit: { code } }, '/work').kind).toBe('fault');
});
