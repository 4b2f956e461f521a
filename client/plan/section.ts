/** Sections of the page, and what in them can be opened. On paper everything is open. */
import { type Html, html, nothing } from './html.js';

/** Without content there is no section. */
export function section(id: string, title: string, content: readonly Html[]): Html {
  if (content.every((piece) => piece.html === '')) return nothing;
  return html`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${content}</section>
`;
}

/** Without content there is nothing to open. */
export function folded(summary: string, content: Html): Html {
  return content.html === '' ? nothing : html`<details><summary>${summary}</summary>\n${content}</details>\n`;
}
