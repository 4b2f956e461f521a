/** The first page: the environment and its front ends. */

import { html } from '../../../../http/html.js';
import type { EmbeddedEnvironment, EmbeddedFrontEnd } from '../../facts.js';
import type { PageContent } from './layout.js';
import { badge, type Column, facts, table, time } from './parts.js';

const columns: readonly Column<EmbeddedFrontEnd>[] = [
  { header: 'Front end', cell: ({ name }) => name },
  { header: 'Zone', cell: ({ zone }) => zone },
  { header: 'Release', cell: ({ release }) => release ?? 'not running' },
  { header: 'Traffic', cell: ({ traffic }) => badge(traffic, traffic === 'serving' ? 'good' : 'warn') },
];

export function overviewPage(environment: EmbeddedEnvironment): PageContent {
  const { serverRelease, serviceCenterRelease, systemComponentsRelease, applicationsUrl, hold } = environment;
  return {
    title: 'Overview',
    section: 'overview',
    content: html`<div class="card">${facts([
      ['Infrastructure', environment.infrastructure],
      ['Platform Server', serverRelease],
      ['Service Center', serviceCenterRelease],
      ['System Components', systemComponentsRelease],
      ['Applications', html`<a href="${applicationsUrl}">${applicationsUrl}</a>`],
      [
        'Held by',
        hold ? html`${hold.operation} to ${hold.release} (${hold.workflow}) since ${time(hold.since)}` : 'nobody',
      ],
    ])}</div>
${table('Front ends', columns, environment.frontEnds, 'There is no front end.')}`,
  };
}
