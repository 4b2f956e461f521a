/** Sections of the page, and what in them can be opened. On paper everything is open. */
import { type Html, html, markupOf } from '../../http/html.js';

/** Without content there is no section. */
export function section(id: string, title: string, content: readonly Html[]): Html {
  if (content.every((piece) => markupOf(piece) === '')) return html``;
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${content}</section>
`;
}

/** Without content there is nothing to open. */
export function folded(summary: string, content: Html): Html {
  return markupOf(content) === '' ? html`` : html`<details><summary>${summary}</summary>\n${content}</details>\n`;
}
