/** The page of a request that was refused or failed. */
import { html } from '../../html.js';
import type { FailureBody } from '../failures.js';
import type { PageContent } from './layout.js';
import { diagnosticsList } from './parts.js';

export function failurePage({ message, blockedBy, next, diagnostics = [] }: FailureBody, back: string): PageContent {
  return {
    title: 'This was not done',
    section: back.startsWith('/ServiceCenter/upgrades') ? 'upgrades' : 'modules',
    content: html`<div class="banner bad" role="alert"><p>${message}</p>
${blockedBy && html`<p>Blocked by: ${blockedBy}</p>`}${next && html`<p>Next: ${next}</p>`}</div>
${diagnosticsList(diagnostics)}
<p><a href="${back}">Back</a></p>`,
  };
}
