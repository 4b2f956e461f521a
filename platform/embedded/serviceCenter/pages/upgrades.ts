/** Factory > Upgrades: how far the environment is, every execution, **Prepare** and **Deploy** (PREP-09, PREP-13, DEP-01, DEP-04). */

import { applicationsPath } from '../../../../domain/releases/applicationsPath.js';
import { type HtmlValue, html } from '../../../../http/html.js';
import type { EmbeddedEnvironment, EmbeddedModule } from '../../facts.js';
import type { Execution } from '../operations.js';
import type { PageContent } from './layout.js';
import { type Column, commandForm, counted, facts, progressBar, statusBadge, table, time } from './parts.js';

const columns: readonly Column<Execution>[] = [
  { header: 'Upgrade step', cell: (execution) => html`<a href="${executionAddress(execution)}">${execution.step}</a>` },
  { header: 'Status', cell: ({ status }) => statusBadge(status) },
  { header: 'Release', cell: ({ release }) => release },
  { header: 'Started', cell: ({ started }) => time(started) },
  { header: 'Ended', cell: ({ ended }) => time(ended) },
  { header: 'By', cell: ({ requestedBy }) => requestedBy },
  { header: 'Succeeded', cell: ({ counts }) => counts.done, numeric: true },
  { header: 'Failed', cell: ({ counts }) => counts.failed, numeric: true },
  { header: 'Skipped', cell: ({ counts }) => counts.skipped, numeric: true },
  { header: 'Left', cell: ({ counts }) => counts.left, numeric: true },
];

export interface UpgradesParts {
  readonly environment: EmbeddedEnvironment;
  readonly modules: readonly EmbeddedModule[];
  readonly executions: readonly Execution[];
}

export function upgradesPage({ environment, modules, executions }: UpgradesParts): PageContent {
  const running = executions.filter(({ status }) => status === 'running');
  return {
    title: 'Upgrades',
    section: 'upgrades',
    refresh: running.length > 0,
    content: html`<div class="card"><h2>${environment.name} on ${environment.serverRelease}</h2>
${facts([
  [
    'Prepared modules',
    `${modules.filter(({ state }) => state === 'prepared').length} of ${applicable(modules).length}`,
  ],
  ['Deployed and up to date', `${modules.filter(({ upToDate }) => upToDate).length} of ${applicable(modules).length}`],
])}
${running.map(runningText)}
${running.length === 0 && [prepareCommand(modules), deployCommand(environment, modules, executions)]}
</div>
${table('Executions, the newest first', columns, executions, 'No module has been prepared or deployed here yet.')}`,
  };
}

export function executionAddress({ step, id }: Pick<Execution, 'step' | 'id'>): string {
  return `/ServiceCenter/upgrades/${step === 'Preparation' ? 'preparations' : 'deployments'}/${id}`;
}

function runningText(execution: Execution): HtmlValue {
  return html`<p>${execution.step} is running, started by ${execution.requestedBy}: <a href="${executionAddress(execution)}">details</a></p>
${progressBar(execution.percent, execution.step)}`;
}

function prepareCommand(modules: readonly EmbeddedModule[]): HtmlValue {
  const unfinished = applicable(modules).filter(({ state }) => state !== 'prepared').length;
  if (unfinished === 0) return html`<p>Every module is prepared.</p>`;
  return html`<p>${counted(unfinished, 'module')} failed, ${unfinished === 1 ? 'was' : 'were'} skipped or ${unfinished === 1 ? 'was' : 'were'} not started.</p>
${commandForm('/ServiceCenter/upgrades/prepare', 'Prepare')}`;
}

/** Offered once a preparation has ended with modules that do not run yet, in releases that have it (DEP-01, VER-09). */
function deployCommand(
  { serverRelease }: EmbeddedEnvironment,
  modules: readonly EmbeddedModule[],
  executions: readonly Execution[],
): HtmlValue {
  const deployable = modules.filter(({ state, upToDate }) => state === 'prepared' && !upToDate).length;
  const preparedOnce = executions.some(({ step }) => step === 'Preparation');
  if (!preparedOnce || deployable === 0) return null;
  if (applicationsPath(serverRelease, serverRelease, {}).deployAll === 'unavailable') return null;
  return html`<p>${counted(deployable, 'module')} can be deployed.</p>
${commandForm('/ServiceCenter/upgrades/deploy', 'Deploy')}`;
}

function applicable(modules: readonly EmbeddedModule[]): readonly EmbeddedModule[] {
  return modules.filter(({ state }) => state !== 'not applicable');
}
