/** The parts of pages: colours, times, errors with their places, tables, buttons that ask who presses them. */
import { describe, expect, it } from 'vitest';
import type { Diagnostic, ModuleState } from '../../../../domain/modules/module.js';
import { html, markupOf } from '../../../../http/html.js';
import {
  causeText,
  commandForm,
  counted,
  diagnosticsList,
  lockText,
  moduleNames,
  progressBar,
  stateBadge,
  statusBadge,
  table,
  time,
} from '../../../../platform/embedded/serviceCenter/pages/parts.js';
import type { PreparationReport } from '../../../../port/preparation.js';
import { at, badgesOf, rowsOf, targetsOf, textOf } from './shown.js';

describe('a badge', () => {
  it.each<[ModuleState, string]>([
    ['pending', 'plain'],
    ['preparing', 'info'],
    ['prepared', 'good'],
    ['failed', 'bad'],
    ['skipped', 'warn'],
    ['not applicable', 'plain'],
  ])('of a module that is %s is %s', (state, tone) => {
    expect(badgesOf(stateBadge(state))).toEqual([`${state}: ${tone}`]);
  });

  it.each<[PreparationReport['status'], string]>([
    ['running', 'info'],
    ['finished', 'good'],
    ['finished with errors', 'bad'],
    ['stopped', 'warn'],
    ['failed', 'bad'],
  ])('of an execution that is %s is %s', (status, tone) => {
    expect(badgesOf(statusBadge(status))).toEqual([`${status}: ${tone}`]);
  });
});

describe('what is said', () => {
  it('of a moment is its date and time, for people and for programs', () => {
    expect(textOf(time(at))).toBe('2026-03-01 10:00:00 UTC');
    expect(markupOf(time(at))).toContain(`<time datetime="${at}">`);
    expect(textOf(time(null))).toBe('');
  });

  it('one is one and others are more', () => {
    expect([0, 1, 2].map((count) => counted(count, 'module'))).toEqual(['0 modules', '1 module', '2 modules']);
  });

  it.each<[string, Partial<Diagnostic> & { readonly module?: string }, string]>([
    ['with its place', {}, 'src/a.ts:3 TS1 it is wrong'],
    ['of a whole file', { line: 0 }, 'src/a.ts TS1 it is wrong'],
    ['of no file', { file: '', line: 0 }, 'TS1 it is wrong'],
    ['of another module', { module: 'base' }, 'base src/a.ts:3 TS1 it is wrong'],
    [
      'that stands for those that were not kept',
      { file: '', line: 0, code: 'CUT', message: 'and 7 more' },
      'and 7 more',
    ],
  ])('an error %s', (_, changes, text) => {
    const error = { file: 'src/a.ts', line: 3, column: 1, code: 'TS1', message: 'it is wrong', ...changes };
    expect(textOf(diagnosticsList([error]))).toBe(text);
  });

  it('of no errors is nothing', () => {
    expect(diagnosticsList([])).toBeNull();
  });

  it('PREP-07 why a module was skipped: the failed one at the root, and the way to it', () => {
    const cause = { module: 'base', path: ['top', 'middle', 'base'] };
    expect(textOf(causeText(cause))).toBe('because of base ( top → middle → base )');
    expect(targetsOf(causeText(cause))).toEqual(
      ['base', 'top', 'middle', 'base'].map((name) => `/ServiceCenter/modules/${name}`),
    );
    expect(causeText(null)).toBeNull();
  });

  it('PREP-05 who has locked a module, with what and since when', () => {
    const lock = { operation: 'Modules upgrade', holder: 'Compiler Service', since: at } as const;
    expect(textOf(lockText(lock))).toBe('Modules upgrade of Compiler Service since 2026-03-01 10:00:00 UTC');
    expect(lockText(null)).toBeNull();
  });

  it('of modules are their names, each with its page, or that there is none', () => {
    expect(targetsOf(moduleNames(['@acme/a b'], 'none'))).toEqual(['/ServiceCenter/modules/%40acme%2Fa%20b']);
    expect(textOf(moduleNames(['one', 'two'], 'none'))).toBe('one two');
    expect(textOf(moduleNames([], 'none'))).toBe('none');
  });
});

describe('a table', () => {
  const columns = [
    { header: 'Name', cell: ({ name }: { name: string }) => name },
    { header: 'Length', cell: ({ name }: { name: string }) => name.length, numeric: true },
  ];

  it('has its caption, a head for each column and a row for each thing; numbers stand as numbers', () => {
    const content = table('Two', columns, [{ name: 'a' }, { name: '<b>' }], 'nothing');
    expect(rowsOf(content)).toEqual([
      ['Name', 'Length'],
      ['a', '1'],
      ['&lt;b&gt;', '3'],
    ]);
    const markup = markupOf(content);
    expect(markup).toContain('aria-label="Two"');
    expect(markup).toContain('<caption>Two</caption>');
    expect([...markup.matchAll(/<t[hd][^>]* class="(\w+)"|<t[hd] class="(\w+)"/g)].map(([, a, b]) => a ?? b)).toEqual([
      ...['text', 'number', 'text', 'number', 'text', 'number'],
    ]);
  });

  it('without a row says what that means', () => {
    expect(markupOf(table('Two', columns, [], 'There is <none>.'))).toBe('<p class="quiet">There is &lt;none&gt;.</p>');
  });
});

describe('a button', () => {
  it('asks who presses it, and sends it there', () => {
    const form = markupOf(commandForm('/there', 'Go'));
    expect(targetsOf(html`${commandForm('/there', 'Go')}`)).toEqual(['/there']);
    expect(form).toMatch(/<input name="user" required maxlength="200"/);
    expect(form).toContain('<button class="plain">Go</button>');
    expect(markupOf(commandForm('/there', 'Delete', 'danger'))).toContain('<button class="danger">Delete</button>');
  });
});

it('a progress bar says what it is of, and how far that is', () => {
  expect(markupOf(progressBar(33, 'Preparation'))).toBe(
    '<p><progress max="100" value="33" aria-label="Preparation"></progress> 33 %</p>',
  );
});
