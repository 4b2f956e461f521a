/** The documents say what is so: rules, errors, commands, workflows and links, compared with the code and the tests. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript-6.0.3';
import { describe, expect, it } from 'vitest';
import { errors } from '../domain/errors.js';
import { uplift } from './e2e/cliTerminal.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const testFiles = filesIn('test', '.test.ts').filter((file) => file !== 'test/docs.test.ts');
const pages = ['README.md', 'CHANGELOG.md', 'examples/acme/README.md', ...filesIn('docs', '.md')];

describe('docs/rules.md', () => {
  const rows = [...read('docs/rules.md').matchAll(/^\| ([A-Z]+-\d\d) \|.+\|(.+)\|(.+)\|$/gm)].map(
    ([, id = '', files = '', tests = '']) => ({ id, files: quoted(files), tests: quoted(tests) }),
  );
  const titles = new Map(testFiles.map((file) => [file, titlesIn(file).join('\n')]));

  it('lists every rule once, in order', () => {
    expect(rows.map(({ id }) => id)).toEqual(everyRule);
  });

  it('gives each rule its files and tests, or says "not yet"', () => {
    const wrong = rows.filter(({ files, tests }) => {
      const paths = [...files, ...tests].filter((text) => text !== 'not yet');
      const untold = files.length === 0 || tests.length === 0;
      const mixed = [files, tests].some((cell) => cell.includes('not yet') && cell.length > 1);
      return untold || mixed || !paths.every((file) => existsSync(path.join(root, file)));
    });
    expect(wrong).toEqual([]);
  });

  it('names tests whose titles name the rule', () => {
    const wrong = rows.flatMap(({ id, tests }) =>
      tests.filter((file) => file !== 'not yet' && !titles.get(file)?.includes(id)).map((file) => `${id} ${file}`),
    );
    expect(wrong).toEqual([]);
  });

  it('knows every rule that a title names, as one that has a test', () => {
    const tested = rows.filter(({ tests }) => !tests.includes('not yet')).map(({ id }) => id);
    const areas = [...new Set(everyRule.map((id) => id.split('-')[0]))].join('|');
    const wrong = [...titles].flatMap(([file, text]) =>
      [...new Set(text.match(new RegExp(`\\b(?:${areas})-\\d\\d\\b`, 'g')))]
        .filter((id) => !tested.includes(id))
        .map((id) => `${id} ${file}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('docs/errors.md', () => {
  const codes = Object.entries(errors).map(([code, { class: kind, exit }]) => ({ code, kind, exit: String(exit) }));

  it('explains every error code, with its class and exit code', () => {
    const explained = [...read('docs/errors.md').matchAll(/^### (\w+)\n\n`(\w+)`, exit (\d+)\.\n/gm)].map(
      ([, code, kind, exit]) => ({ code, kind, exit }),
    );
    expect(explained.toSorted(byCode)).toEqual(codes.toSorted(byCode));
  });

  it('has no code that no test exercises', () => {
    const tested = testFiles.map(read).join('\n');
    expect(codes.map(({ code }) => code).filter((code) => !new RegExp(`\\b${code}\\b`).test(tested))).toEqual([]);
  });

  function byCode(left: { code: string | undefined }, right: { code: string | undefined }): number {
    return `${left.code}` < `${right.code}` ? -1 : 1;
  }
});

describe('the other pages', () => {
  it('README.md lists the commands of the command line', async () => {
    const { out } = await uplift('--help');
    const commands = [...out.matchAll(/^ {2}([a-z][a-z-]*) {2,}\S/gm)].map(([, name]) => name);
    const listed = [...read('README.md').matchAll(/^\| `uplift ([a-z-]+)/gm)].map(([, name]) => name);
    expect(listed).toEqual(commands.filter((name) => name !== 'help'));
  });

  it('docs/workflows has a page for every workflow, which says what happens when it is interrupted', () => {
    const workflows = [...read('workflows/index.ts').matchAll(/^export \{ (\w+) \}/gm)].map(([, name]) => name ?? '');
    expect(filesIn('docs/workflows', '.md')).toEqual(workflows.map((name) => `docs/workflows/${name}.md`).sort());
    for (const name of workflows) {
      expect([name, ...headingsIn(`docs/workflows/${name}.md`).slice(1)]).toEqual([
        name,
        ...['What it does', 'Input', 'Output', 'Messages', 'Reliability'],
      ]);
    }
  });

  it.each(pages)('%s links to what exists', (page) => {
    const broken = linksIn(page).filter((link) => {
      const [file = '', heading] = link.split('#');
      const target = file === '' ? page : path.posix.join(path.posix.dirname(page), file);
      if (!existsSync(path.join(root, target))) return true;
      return heading !== undefined && !headingsIn(target).map(anchorOf).includes(heading);
    });
    expect(broken).toEqual([]);
  });
});

/** `PREP-01` to `PREP-15`, and so on. */
const everyRule = Object.entries({
  ...{ VER: 12, PHASE: 1, COMP: 4, ANA: 1, PLAN: 6, CLOUD: 6, SELF: 3, EXEC: 1, TOOLS: 1, APPS: 6, TEST: 1, MAINT: 3 },
  ...{ LIVE: 5, PREP: 15, DEP: 6, LT: 6 },
}).flatMap(([area, count]) =>
  Array.from({ length: count }, (_, index) => `${area}-${String(index + 1).padStart(2, '0')}`),
);

function read(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

/** Below the project's folder, with forward slashes. */
function filesIn(folder: string, ending: string): readonly string[] {
  return readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending))
    .map((file) => path.posix.join(folder, file.split(path.sep).join('/')))
    .sort();
}

/** Titles of a file's tests and of their groups, but for those that are not run. */
function titlesIn(file: string): readonly string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /^(it|test|describe)(?!.*\.(skip|todo))\b/.test(calleeOf(node.expression))) {
      const [title] = node.arguments;
      if (title && ts.isStringLiteralLike(title)) titles.push(title.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest));
  return titles;
}

/** `describe.each` of `describe.each(rows)('title', …)`. */
function calleeOf(expression: ts.Expression): string {
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isCallExpression(expression)) return calleeOf(expression.expression);
  return ts.isPropertyAccessExpression(expression) ? `${calleeOf(expression.expression)}.${expression.name.text}` : '';
}

/** What stands in code quotes. */
function quoted(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, words = '']) => words);
}

function prose(page: string): string {
  return read(page).replace(/^```[\s\S]*?^```$/gm, '');
}

/** Links to files of the project. */
function linksIn(page: string): readonly string[] {
  return [...prose(page).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link));
}

function headingsIn(page: string): readonly string[] {
  return [...prose(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading);
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}
