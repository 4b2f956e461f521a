/** Factory > Modules: how every module stands; all of them, or those in one state or with a text in their name. */

import { errorCount, firstProblem } from '../../../../domain/modules/diagnostics.js';
import type { ModuleState } from '../../../../domain/modules/module.js';
import { type HtmlValue, html } from '../../../../http/html.js';
import type { EmbeddedModule } from '../../facts.js';
import type { PageContent } from './layout.js';
import { badge, type Column, counted, lockText, moduleLink, stateBadge, table } from './parts.js';

const columns: readonly Column<EmbeddedModule>[] = [
  { header: 'Module', cell: ({ name }) => moduleLink(name) },
  { header: 'Application', cell: ({ application }) => application },
  { header: 'State', cell: ({ state }) => stateBadge(state) },
  { header: 'Compiled for', cell: ({ release }) => release ?? 'never' },
  { header: 'Deployed', cell: deployedCell },
  { header: 'Locked by', cell: ({ lock }) => lockText(lock) },
  { header: 'Why', cell: whyCell },
];

const states: readonly ModuleState[] = ['prepared', 'failed', 'skipped', 'pending', 'preparing', 'not applicable'];

export interface ModulesFilter {
  /** A part of the name of a module or its application, in whatever case. */
  readonly name?: string;
  readonly state?: string;
}

/** Does not reload by itself: somebody may be typing. */
export function modulesPage(modules: readonly EmbeddedModule[], filter: ModulesFilter): PageContent {
  const shown = modules.filter((module) => passes(module, filter));
  const goesOn = modules.some(({ state, lock }) => state === 'preparing' || lock !== null);
  const caption =
    shown.length === modules.length ? counted(shown.length, 'module') : `${shown.length} of ${modules.length} modules`;
  return {
    title: 'Modules',
    section: 'modules',
    content: html`${filterForm(modules, filter)}
${goesOn && html`<p class="quiet">Modules are being worked on: <a href="${addressOf(filter)}">look again</a></p>`}
${table(caption, columns, shown, modules.length === 0 ? 'This environment has no module.' : 'No module is like that.')}`,
  };
}

function passes({ name, application, state }: EmbeddedModule, filter: ModulesFilter): boolean {
  const text = filter.name?.trim().toLowerCase() ?? '';
  const named = [name, application].some((one) => one.toLowerCase().includes(text));
  return named && (!filter.state || state === filter.state);
}

function filterForm(modules: readonly EmbeddedModule[], { name = '', state = '' }: ModulesFilter): HtmlValue {
  const count = (of: string) => modules.filter((module) => of === '' || module.state === of).length;
  const choices = ['', ...states.filter((one) => count(one) > 0 || one === state)].map(
    (one) =>
      html`<option value="${one}"${one === state && ' selected'}>${one === '' ? 'all' : one} (${count(one)})</option>`,
  );
  return html`<form class="row" method="get" action="/ServiceCenter/modules" role="search">
<label>Name <input name="name" value="${name}" maxlength="200"></label>
<label>State <select name="state">${choices}</select></label>
<button>Show</button>
</form>`;
}

function addressOf(filter: ModulesFilter): string {
  return `/ServiceCenter/modules?${new URLSearchParams({ ...filter })}`;
}

function deployedCell({ deployedRelease, upToDate }: EmbeddedModule) {
  if (deployedRelease === null) return 'not deployed';
  return html`${deployedRelease} ${!upToDate && badge('not the newest', 'warn')}`;
}

function whyCell({ cause, diagnostics }: EmbeddedModule) {
  if (cause) return html`because of ${moduleLink(cause.module)}`;
  return diagnostics.length > 0 && `${errorCount(diagnostics)}, the first: ${firstProblem(diagnostics)}`;
}
