/** HTML from templates: texts stay texts, whatever is in them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HtmlValue, html, markupOf, trusted } from '../../http/html.js';

describe('a template', () => {
  it.each<[string, HtmlValue, string]>([
    ['a text', `<b>"A" & 'B'</b>`, '&lt;b&gt;&quot;A&quot; &amp; &#39;B&#39;&lt;/b&gt;'],
    ['a number', 0, '0'],
    ['nothing', null, ''],
    ['what is not there', undefined, ''],
    ['a condition that does not hold', false, ''],
    ['HTML made here', html`<i>${'<'}</i>`, '<i>&lt;</i>'],
    ['HTML that somebody else answers for', trusted('<u>'), '<u>'],
    ['a list of all of them', ['a&b', 1, null, [html`<br>`, false]], 'a&amp;b1<br>'],
  ])('takes %s', (_, value, markup) => {
    expect(markupOf(value)).toBe(markup);
    expect(markupOf(html`<p>${value}</p>${value}`)).toBe(`<p>${markup}</p>${markup}`);
  });

  it('keeps every text as it is, and lets none of it become markup', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const markup = markupOf(html`${text}`);
        expect(markup).not.toMatch(/[<>"']/);
        expect(unescaped(markup)).toBe(text);
      }),
    );
  });
});

/** As a browser reads it. */
function unescaped(markup: string): string {
  const characters: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return markup.replace(/&(#?\w+);/g, (entity, name) => characters[name] ?? entity);
}
