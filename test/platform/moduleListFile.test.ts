/** Lists of modules as people export them: read whole, every mistake at once with its line, nothing invented. */
import fs from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complaintText, isRefused } from '../../store/complaint.js';
import { parseModuleList, readModuleList } from '../../store/moduleListFile.js';
import { anyBytes, anyMutated } from './mutatedFiles.js';
import { temporaryFolder } from './tinyFactory.js';

const full = [
  'Module,Application,Owner Team,References,State,Version,Kind,Published',
  'Claims,Insurance,Claims team,"Core; RichWidgets",prepared,57,Reactive Web,yes',
  'Core,Insurance,,,Not Applicable,,library,no',
].join('\n');

const claims = {
  name: 'Claims',
  application: 'Insurance',
  ownerTeam: 'Claims team',
  references: ['Core'],
  external: ['RichWidgets'],
  state: 'prepared',
  version: '57',
  kind: 'reactive-web',
  published: true,
};
const core = {
  ...{ name: 'Core', application: 'Insurance', ownerTeam: null, version: null, kind: 'library' },
  ...{ references: [], external: [], state: 'not applicable', published: false },
};
const bare = {
  ...{ application: null, ownerTeam: null, version: null, kind: null },
  ...{ references: null, external: [], state: null, published: null },
};

const bytes = (text: string) => new TextEncoder().encode(text);
const parse = (text: string | Uint8Array, file = 'list.csv') =>
  parseModuleList(typeof text === 'string' ? bytes(text) : text, file);

function modules(text: string | Uint8Array, file?: string) {
  const { list, complaints } = parse(text, file);
  expect(complaints.filter(isRefused)).toEqual([]);
  return list?.modules;
}

/** None of these gives modules. */
function refusals(text: string | Uint8Array, file?: string): readonly string[] {
  const { list, complaints } = parse(text, file);
  expect(list).toBeUndefined();
  expect(complaints.every(isRefused)).toBe(true);
  return complaints.map(complaintText);
}

describe('a CSV file', () => {
  it('says of each module what it says, and nothing else', () => {
    expect(modules(full)).toEqual([claims, core]);
    expect(modules('module\nClaims')).toEqual([{ ...bare, name: 'Claims' }]);
  });

  it.each([
    ['with a byte order mark', `\uFEFF${full}`],
    ['with semicolons', full.replaceAll('; ', '|').replaceAll(',', ';')],
    ['with tabs', full.replaceAll(',', '\t')],
    ['with lines of Windows, and empty ones', `\r\n${full.replaceAll('\n', '\r\n\r\n')}\r\n,,,,,,,\r\n`],
    ['with lines of a Mac of before', full.replaceAll('\n', '\r')],
    ['with other names for its columns', full.replace('Owner Team', ' owner_TEAM').replace('Module', 'MODULE ')],
    ['with references on lines of their own', full.replace('Core; RichWidgets', 'Core\r\nRichWidgets')],
    ['with quotes around everything', full.replaceAll('"', '').replace(/[^,\n]+/g, '"$&"')],
  ])('is read %s', (_, text) => {
    expect(modules(text)).toEqual([claims, core]);
  });

  it('tells every mistake at once, in the order of the file, with the line on which its module begins', () => {
    const text = [
      'module,state,published,references,version',
      'a,compiled,yes,,',
      '"b",,maybe,"x',
      '',
      'y; __proto__",',
      '',
      ',prepared,,,',
      'c,pending,no,,',
      'c,,yes,"a',
      'b","two',
      'lines"',
      'd,not applicable,yes,,',
      'e,,,',
    ].join('\r\n');
    expect(refusals(text)).toEqual([
      'list.csv:2: "state" is "compiled"; it has to be one of pending, prepared, failed, skipped, not applicable',
      'list.csv:3: "references" has a name that is "__proto__", which no module can be called',
      'list.csv:3: "published" is "maybe"; it has to be one of yes, true, 1, no, false, 0',
      'list.csv:7: "module" is missing',
      'list.csv:8: it is not published, and its state is pending',
      'list.csv:9: "version" has a character that no line shows (U+000A) in "two\\nlines"',
      'list.csv:12: it is published, and its state is not applicable',
      'list.csv:13: has 4 values, and the first line names 5 columns; a value with a separator stands in quotes',
    ]);
  });

  it.each([
    ['', ['list.csv: is empty']],
    ['\uFEFF \n\n', ['list.csv: is empty']],
    ['module,state\n', ['list.csv: lists no module']],
    ['"module', ['list.csv:1: cannot be read as CSV (']],
    ['module\na\nb"c', ['list.csv:3: cannot be read as CSV (']],
    ['state\nprepared', ['list.csv:1: the column "module" is missing; there are module, application,']],
    ['module,modul\na,b', ['list.csv:1: there is no column "modul"; perhaps "module" is meant; there are module']],
    ['module,__proto__,\na,b,c', ['no column "__proto__"; there are', 'list.csv:1: there is no column ""; there are']],
    ['module,Module \na,b', ['list.csv:1: the column "Module" stands here a second time']],
    [`module${',x'.repeat(60)}\na`, ['list.csv:1: 61 columns stand here; there are module, application']],
    ['module\na\nA', ['list.csv:3: "A" differs from "a" of line 2 in small and capital letters only']],
    [Uint8Array.from([...bytes('module\nfine\nCaf'), 0xe9]), ['list.csv:3: is not UTF-8 from here on; save it']],
    [Buffer.from('\uFEFFmodule\na', 'utf16le'), ['list.csv:1: is not UTF-8 from here on; save it in that encoding']],
    [Buffer.from('module\na', 'utf16le'), ['list.csv:1: there is no column', 'the column "module" is missing']],
    [Uint8Array.from({ length: 400 }, () => 0), ['list.csv:1: there is no column', 'the column "module" is missing']],
  ])('is refused, with what is wrong: %#', (text, expected) => {
    const found = refusals(text);
    expect(found).toHaveLength(expected.length);
    for (const [index, part] of expected.entries()) expect(found[index]).toContain(part);
  });

  it('shows nothing of itself that steers a terminal', () => {
    const found = refusals('module,\u001b[31m\u202e\n\u001b]0;x\u0007,b').join();
    expect(found).toContain('there is no column');
    expect(found).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe('a JSON file', () => {
  const entries = [
    {
      ...{ module: 'Claims', application: 'Insurance', ownerTeam: 'Claims team', references: ['core', 'RichWidgets'] },
      ...{ state: 'prepared', version: 57, kind: 'Reactive Web', published: true },
    },
    { Module: 'Core', application: 'Insurance', 'owner team': null, references: [], kind: 'library', published: false },
  ];

  it('says the same, its values being of their own kinds', () => {
    expect(modules(JSON.stringify(entries))).toEqual([claims, { ...core, state: null }]);
    expect(modules(`\uFEFF${JSON.stringify(entries)}`, 'list.JSON')).toHaveLength(2);
  });

  it('tells every mistake at once, with the line on which its entry begins', () => {
    const text = `[
      { "module": "a\\"[{", "kind": ["x"] }, { "modul": "b" },
      7,
      { "module": "c", "version": 1.10,
        "references": "a, [b]", "published": "sometimes" },

      { "module": {}, "references": [1] },
      { "module": "a", "constructor": 1, "Module": "b" }
    ]`;
    expect(refusals(text, 'list.json')).toEqual([
      'list.json:2: there is no key "modul"; perhaps "module" is meant; there are module, application, owner team, references, state, version, kind, published',
      'list.json:2: the key "module" is missing; there are module, application, owner team, references, state, version, kind, published',
      'list.json:2: "module" is "a\\"[{", and a name begins with neither "-" nor a blank and has no quotes, separators, "<", ">", "\\" or "$"',
      'list.json:2: "kind" is ["x"]; a text is needed',
      'list.json:3: a module is written as {"module": "claims"}',
      'list.json:4: "version" is 1.1; a text is needed',
      'list.json:4: "published" is "sometimes"; it has to be one of yes, true, 1, no, false, 0',
      'list.json:7: "references" has to be a list of names',
      'list.json:7: "module" is {}; a text is needed',
      expect.stringContaining('list.json:8: there is no key "constructor"'),
      'list.json:8: the key "Module" stands here a second time',
    ]);
  });

  it.each([
    ['{"module": "a"}', 'list.json: is no list; modules are listed as [{"module": "claims"}, …]'],
    ['7', 'list.json: is no list'],
    ['[]', 'list.json: lists no module'],
    ['[{"module": "a"},\n]', /^list\.json(:2)?: is not JSON: /],
    ['['.repeat(100_000), /^list\.json(:\d+)?: is not JSON: /],
  ])('is refused, with what is wrong: %#', (text, problem) => {
    const [found, ...more] = refusals(text, 'list.json');
    if (typeof problem === 'string') expect(found).toContain(problem);
    else expect(found).toMatch(problem);
    expect(more).toEqual([]);
  });
});

describe('a list of modules', () => {
  it('warns of references that lead out of it, and is taken all the same', () => {
    const { list, complaints } = parse(full);
    expect(list?.modules).toHaveLength(2);
    expect(complaints.map((one) => [isRefused(one), complaintText(one)])).toEqual([
      [false, 'list.csv:2: "RichWidgets" is not in the list and kept as external; one module references it'],
    ]);
  });

  it('that says a name in whatever way it can be said is refused or taken whole, never half and never with an error', () => {
    const texts = [
      full,
      JSON.stringify(
        [
          { module: 'a', references: ['b'] },
          { module: 'b', state: 'failed' },
        ],
        null,
        1,
      ),
    ];
    fc.assert(
      fc.property(fc.oneof(anyMutated(texts), anyBytes), (content) => {
        const { list, complaints } = parse(content);
        expect(list === undefined).toBe(complaints.some(isRefused));
        for (const { line } of complaints) expect(line ?? 1).toBeGreaterThan(0);
        const names = list?.modules.map(({ name }) => name.toLowerCase()) ?? [];
        expect(new Set(names).size).toBe(names.length);
        for (const { references } of list?.modules ?? []) {
          for (const reference of references ?? []) expect(names).toContain(reference.toLowerCase());
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('of 50,000 modules is read; one of more, or of more than 32 MB, is refused', async () => {
    const list = (count: number) => ['module', ...Array.from({ length: count }, (_, index) => `m${index}`)].join('\n');
    expect(modules(list(50_000))).toHaveLength(50_000);
    expect(refusals(list(50_001))).toEqual(['list.csv: lists 50,001 modules; 50,000 are the most']);
    const file = path.join(temporaryFolder(), 'large.csv');
    fs.writeFileSync(file, '');
    fs.truncateSync(file, 32 * 1024 * 1024 + 1);
    expect((await readModuleList(file)).complaints.map(({ problem }) => problem)).toEqual(['has more than 32 MB']);
  });

  it('that cannot be read is a complaint about its file', async () => {
    const problems = async (file: string) => (await readModuleList(file)).complaints.map(({ problem }) => problem);
    expect(await problems('/nowhere/list.csv')).toEqual(['cannot be read (ENOENT)']);
    expect(await problems(temporaryFolder())).toEqual(['is no file']);
  });
});
