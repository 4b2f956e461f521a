/** HTML from templates. Whatever is put into a template is escaped, unless it is HTML made here itself. */

const markup = Symbol('markup');

export interface Html {
  readonly [markup]: string;
}

/** `false`, `null` and `undefined` leave nothing, lists their parts one after the other. */
export type HtmlValue = Html | string | number | false | null | undefined | readonly HtmlValue[];

/** `` html`<p>${anything}</p>` ``: texts and numbers are escaped, lists are joined. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { [markup]: parts.reduce((before, part, index) => before + markupOf(values[index - 1]) + part) };
}

/** HTML that somebody else answers for: what a screen rendered. */
export function trusted(text: string): Html {
  return { [markup]: text };
}

export function markupOf(value: HtmlValue): string {
  if (value === undefined || value === null || value === false) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  if (markup in value) return value[markup];
  return value.map(markupOf).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
