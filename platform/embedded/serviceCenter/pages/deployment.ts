/** One deployment: how far each module is (DEP-04), and whether the environment is fully upgraded (DEP-06). */

import { type Drift, deployedPercent } from '../../../../domain/modules/deployment.js';
import { html } from '../../../../http/html.js';
import type { DeploymentDetail, DeploymentItem } from '../operations.js';
import type { PageContent } from './layout.js';
import { badge, type Column, facts, moduleLink, progressBar, statusBadge, table, time } from './parts.js';

const tones = { pending: 'plain', deploying: 'info', deployed: 'good', failed: 'bad', skipped: 'warn' } as const;

const order: readonly DeploymentItem['state'][] = ['deploying', 'failed', 'pending', 'deployed', 'skipped'];

const columns: readonly Column<DeploymentItem>[] = [
  { header: 'Module', cell: ({ module }) => moduleLink(module) },
  { header: 'State', cell: ({ state }) => badge(state, tones[state]) },
  { header: 'Reason', cell: ({ reason }) => reason },
  { header: 'Started', cell: ({ started }) => time(started) },
  { header: 'Ended', cell: ({ ended }) => time(ended) },
];

/** What differs from what the deployment left (DEP-06). */
const driftColumns: readonly Column<Drift>[] = [
  { header: 'Module', cell: ({ module, change }) => (change === 'deleted' ? module : moduleLink(module)) },
  { header: 'Change', cell: ({ change }) => badge(change, 'warn') },
];

export function deploymentPage(detail: DeploymentDetail): PageContent {
  const { deployment, release, status, requestedBy, startedAt, endedAt, deployed, failed, skipped, left } = detail;
  const total = deployed + failed + left;
  const items = [...detail.items].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  return {
    title: `Deployment ${deployment}`,
    section: 'upgrades',
    refresh: status === 'running',
    content: html`<div class="card">${facts([
      ['Status', statusBadge(status)],
      ['Release', release],
      ['Started', html`${time(startedAt)} by ${requestedBy}`],
      ['Ended', time(endedAt) ?? 'not yet'],
      ['Modules', `${deployed} deployed, ${failed} failed, ${skipped} skipped, ${left} left`],
      ['Environment now', detail.fullyUpgraded ? 'fully upgraded' : 'not fully upgraded'],
    ])}
${status === 'running' && progressBar(deployedPercent(detail), 'Deployment')}
${status !== 'running' && total === 0 && html`<p>There was nothing to deploy.</p>`}
${status === 'finished with errors' && html`<p>Select <b>Deploy</b> again in <a href="/ServiceCenter/upgrades">Upgrades</a>: it takes only what failed or was prepared since. If it keeps failing, publish the modules.</p>`}</div>
${
  detail.drift.length > 0 &&
  html`<h2>Changed since</h2>
${table('Modules that are no longer as this deployment left them; later publishing is never refused', driftColumns, detail.drift, '')}`
}
${table('Modules', columns, items, 'This deployment has no module.')}`,
  };
}
