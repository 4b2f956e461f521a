import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, listed, oneLine, shortened } from '../../domain/text.js';

describe('a text of others', () => {
  it('is cut to its length and never within a character', () => {
    expect(shortened('abcdef', 6)).toBe('abcdef');
    expect(shortened('abcdef', 4)).toBe('abc…');
    expect(shortened('ab\u{1f600}def', 4)).toBe('ab…');
  });

  it('is cut to a text that is no longer than asked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), fc.integer({ min: 1, max: 60 }), (text, most) => {
        const cut = shortened(text, most);
        expect(cut.length).toBeLessThanOrEqual(most);
        expect(Buffer.from(cut).toString()).toBe(cut); // no half characters
        expect(text.startsWith(cut.replace(/…$/, ''))).toBe(true);
      }),
    );
  });

  it('has the bytes that it is sent as', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(bytesOf(text)).toBe(Buffer.byteLength(text));
      }),
    );
    expect(bytesOf('a\ud83d')).toBe(Buffer.byteLength('a\ud83d'));
  });

  it('of several lines is read as one', () => {
    expect(oneLine('\none\r\n  two\u2028\tthree\n')).toBe('one two three');
  });

  it.each<[readonly string[], string]>([
    [[], ''],
    [['a', 'b'], 'a, b'],
    [['a', 'b', 'c', 'd'], 'a, b, c and 1 more'],
  ])('%j is listed as %s', (names, expected) => {
    expect(listed(names, 3)).toBe(expected);
  });
});
