import { describe, expect, it } from 'vitest';
import { diagnosticText, errorCount, firstProblem, parseDiagnostics } from '../../domain/modules/diagnostics.js';
import type { Diagnostic } from '../../domain/modules/module.js';

const wrong = (line: number, message = 'Wrong.'): Diagnostic => ({
  file: 'src/a.ts',
  line,
  column: 1,
  code: 'TS1',
  message,
});

describe('the messages of a module', () => {
  const many = Array.from({ length: 10_000 }, (_, at) => wrong(at + 1));

  it('are cut when they were stored before there was a limit', () => {
    const read = parseDiagnostics(JSON.stringify(many));
    expect(read.slice(0, 100)).toEqual(many.slice(0, 100));
    expect(read.slice(100).map(diagnosticText)).toEqual(['and 9,900 more']);
  });

  it('are read again as they were cut', () => {
    const once = parseDiagnostics(JSON.stringify(many));
    expect(parseDiagnostics(JSON.stringify(once))).toEqual(once);
  });

  it.each<[string, readonly Diagnostic[], string]>([
    ['one', [wrong(1)], '1 error'],
    ['two', [wrong(1), wrong(2)], '2 errors'],
    ['very many', parseDiagnostics(JSON.stringify(many)), '100 errors and 9,900 more'],
  ])('are counted: %s', (_, diagnostics, expected) => {
    expect(errorCount(diagnostics)).toBe(expected);
  });

  it('are told by the first, on one line, with its place, no longer than a report bears', () => {
    expect(firstProblem([wrong(3, 'One.\n  Because.'), wrong(4)])).toBe('src/a.ts:3:1 TS1 One. Because.');
    expect(firstProblem([wrong(3, 'x'.repeat(1_000_000))])).toHaveLength(400);
    expect(firstProblem([])).toBe('no message');
  });

  it('clear no screen of those who read them', () => {
    expect(parseDiagnostics(JSON.stringify([wrong(1, 'a\u001b[2Jb\n\tc')]))[0]?.message).toBe('a\uFFFD[2Jb\n\tc');
  });

  it('are none where nothing is stored', () => {
    expect(parseDiagnostics(null)).toEqual([]);
  });
});
