/** The page of a request that was refused or failed, and of an address that leads nowhere. */
import { type HtmlValue, html } from '../../../../http/html.js';
import type { Failure } from '../failures.js';
import type { PageContent } from './layout.js';
import { diagnosticsList, moduleAddress } from './parts.js';

export interface FailurePageParts extends Failure {
  readonly environment: string;
  /** Where to go from here. */
  readonly back: string;
}

export function failurePage({ status, body, environment, back }: FailurePageParts): PageContent {
  const { message, blockedBy, next, diagnostics = [] } = body;
  return {
    title: status === 404 ? 'Not found' : 'This was not done',
    section: sectionOf(back),
    content: html`<div class="banner bad" role="alert"><p>${message}</p>
${blockedBy && html`<p>Blocked by: ${blockedBy}</p>`}${next && html`<p>Next: ${withLinks(next, environment)}</p>`}</div>
${diagnosticsList(diagnostics)}
<p><a href="${back}">Back</a></p>`,
  };
}

function sectionOf(back: string): PageContent['section'] {
  if (back.startsWith('/ServiceCenter/upgrades')) return 'upgrades';
  return back.startsWith('/ServiceCenter/modules') ? 'modules' : 'none';
}

const pages = {
  status: ['/ServiceCenter/', 'Overview'],
  modules: ['/ServiceCenter/modules', 'Modules'],
  prepare: ['/ServiceCenter/upgrades', 'Upgrades'],
  deploy: ['/ServiceCenter/upgrades', 'Upgrades'],
} as const;

/** Who reads this is in a browser: a command of which there is a page becomes a link to it. */
function withLinks(text: string, environment: string): HtmlValue {
  const name = environment.replace(/[^\w\s]/g, '\\$&');
  const commands = new RegExp(
    `uplift (?:(?:why|publish) ${name} (?<module>[^\\s,;]+)(?: --source FOLDER)?|(?<page>status|modules|prepare|deploy)(?: ${name})?)`,
    'g',
  );
  const parts: HtmlValue[] = [];
  let done = 0;
  for (const found of text.matchAll(commands)) {
    const { module, page } = found.groups ?? {};
    const [href, label] = module === undefined ? pages[page as keyof typeof pages] : [moduleAddress(module), module];
    parts.push(text.slice(done, found.index), html`<a href="${href}">${label}</a>`);
    done = found.index + found[0].length;
  }
  return [...parts, text.slice(done)];
}
