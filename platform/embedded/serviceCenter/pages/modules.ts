/** Factory > Modules: how every module stands. */
import { errorCount, firstProblem } from '../../../../domain/diagnostics.js';
import type { ModuleFacts } from '../../../port.js';
import { html } from '../../html.js';
import type { PageContent } from './layout.js';
import { badge, type Column, lockText, moduleLink, stateBadge, table } from './parts.js';

const columns: readonly Column<ModuleFacts>[] = [
  { header: 'Module', cell: ({ name }) => moduleLink(name) },
  { header: 'Application', cell: ({ application }) => application },
  { header: 'State', cell: ({ state }) => stateBadge(state) },
  { header: 'Compiled for', cell: ({ release }) => release ?? 'never' },
  { header: 'Deployed', cell: deployedCell },
  { header: 'Locked by', cell: ({ lock }) => lockText(lock) },
  { header: 'Why', cell: whyCell },
];

export function modulesPage(modules: readonly ModuleFacts[]): PageContent {
  const count = (state: string) => modules.filter((module) => module.state === state).length;
  const summary = ['prepared', 'failed', 'skipped', 'pending', 'preparing', 'not applicable']
    .filter((state) => count(state) > 0)
    .map((state) => `${count(state)} ${state}`);
  return {
    title: 'Modules',
    section: 'modules',
    refresh: modules.some(({ state, lock }) => state === 'preparing' || lock !== null),
    content: table(
      `${modules.length} modules: ${summary.join(', ')}`,
      columns,
      modules,
      'This environment has no module.',
    ),
  };
}

function deployedCell({ deployedRelease, upToDate }: ModuleFacts) {
  if (deployedRelease === null) return 'not deployed';
  return html`${deployedRelease} ${!upToDate && badge('not the newest', 'warn')}`;
}

function whyCell({ cause, diagnostics }: ModuleFacts) {
  if (cause) return html`because of ${moduleLink(cause.module)}`;
  return diagnostics.length > 0 && `${errorCount(diagnostics)}, the first: ${firstProblem(diagnostics)}`;
}
