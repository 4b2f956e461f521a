/** Tables of the page: a caption, headed columns, and the first cell of a row as its head. */
import { type Html, html } from '../../http/html.js';

export interface Table {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (Html | string)[])[];
}

/** Without rows there is no table. */
export function table({ caption, columns, rows }: Table): Html {
  if (rows.length === 0) return html``;
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map(cell)}</tr>\n`)}</tbody>
</table></div>
`;
}

function cell(content: Html | string, index: number): Html {
  return index === 0 ? html`<th scope="row">${content}</th>` : html`<td>${content}</td>`;
}
