/** Pieces of a page: what is put into a template is text, unless it is such a piece. */

export interface Html {
  readonly html: string;
}

type Part = Html | string | number | readonly Part[];

/** `` html`<p>${anything}</p>` ``: texts and numbers are escaped, lists are joined. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const inner = strings.slice(1).map((text, index) => written(parts[index] ?? '') + text);
  return { html: (strings[0] ?? '') + inner.join('') };
}

export const nothing: Html = { html: '' };

function written(part: Part): string {
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return 'html' in part ? part.html : part.map(written).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
