/** One preparation: the groups in progress first, then those that ended; modules that need somebody (PREP-09, PREP-11, PREP-13). */
import { type Html, html } from '../../../../http/html.js';
import type { UnfinishedModule } from '../../preparation/unfinished.js';
import type { AttemptOutcome, PreparationDetail, PreparationGroup } from '../operations.js';
import type { PageContent } from './layout.js';
import {
  badge,
  type Column,
  causeText,
  counted,
  diagnosticsList,
  facts,
  moduleLink,
  progressBar,
  stateBadge,
  statusBadge,
  table,
  time,
} from './parts.js';

const unfinishedColumns: readonly Column<UnfinishedModule>[] = [
  { header: 'Module', cell: ({ name }) => moduleLink(name) },
  { header: 'State', cell: ({ state }) => stateBadge(state) },
  { header: 'Why', cell: ({ cause, diagnostics }) => [causeText(cause), diagnosticsList(diagnostics)] },
];

export function preparationPage(detail: PreparationDetail): PageContent {
  const {
    preparation,
    release,
    status,
    requestedBy,
    startedAt,
    endedAt,
    preparedInIt,
    failed,
    skipped,
    notApplicable,
    left,
    meanTimes,
  } = detail;
  return {
    title: `Preparation ${preparation}`,
    section: 'upgrades',
    refresh: status === 'running',
    content: html`<div class="card">${facts([
      ['Status', statusBadge(status)],
      ['Release', release],
      ['Started', html`${time(startedAt)} by ${requestedBy}`],
      ['Ended', time(endedAt) ?? 'not yet'],
      [
        'Modules',
        `${preparedInIt} prepared, ${failed} failed, ${skipped} skipped, ${left} left, ${notApplicable} not applicable`,
      ],
      ['Time left', timeLeftText(detail)],
      ...meanTimesFacts(meanTimes),
      ['Details to send', html`<a href="/api/upgrades/preparations/${preparation}">as JSON</a>`],
    ])}
${status === 'running' && progressBar(detail.percent, 'Preparation')}</div>
${detail.unfinished.length > 0 && unfinishedPart(detail)}
<h2 id="in-progress">Groups</h2>
${detail.preparationGroups.length === 0 && html`<p class="quiet">No group was started.</p>`}
${detail.preparationGroups.map(groupPart)}`,
  };
}

function unfinishedPart({ unfinished, advice, latest }: PreparationDetail): Html {
  return html`<h2 id="unfinished">Failed and skipped modules, producers first</h2>
${!latest && html`<p class="quiet">As this preparation left them; <a href="/ServiceCenter/modules">Modules</a> has how they are now.</p>`}
${table(counted(unfinished.length, 'module'), unfinishedColumns, unfinished, '')}
${advice.length > 0 && html`<h2>What to do</h2><ol>${advice.map((step) => html`<li>${step}</li>`)}</ol><p><a href="/ServiceCenter/upgrades">go to Upgrades</a></p>`}`;
}

function groupPart({ number, status, started, ended, modules }: PreparationGroup): Html {
  const running = status === 'running';
  const names = modules.map(
    ({ name, outcome }) => html`<li>${moduleLink(name)} ${!running && outcomeBadge(outcome)}</li>`,
  );
  return html`<section class="card" aria-label="Group ${number}"><h2>Group ${number} ${badge(groupStatus[status], running ? 'info' : 'plain')}</h2>
<p class="quiet">${time(started)}${ended && html` to ${time(ended)}`}</p>
<ul class="names">${names}</ul></section>`;
}

const groupStatus = {
  running: 'in progress',
  finished: 'ended',
  fault: 'broken off, through no fault of a module',
  abandoned: 'given up',
} as const;

function outcomeBadge(outcome: AttemptOutcome): Html {
  switch (outcome) {
    case 'prepared':
      return badge('prepared', 'good');
    case 'reused':
      return badge('prepared, compiled before', 'good');
    case 'failed':
      return badge('failed', 'bad');
    case 'skipped':
      return badge('skipped', 'warn');
    case 'stale':
      return badge('changed meanwhile', 'warn');
    case 'fault':
      return badge('broken off', 'warn');
    case 'abandoned':
      return badge('given up', 'plain');
    case 'running':
      return badge('running', 'info');
  }
}

/** Nothing of what was not measured. */
function meanTimesFacts(means: PreparationDetail['meanTimes']): readonly (readonly [string, string])[] {
  const { perModule = null, untilPublishable = null } = means ?? {};
  return [
    ...(perModule === null ? [] : [['Mean time to prepare a module', secondsText(perModule)] as const]),
    ...(untilPublishable === null
      ? []
      : [['Mean time until a module could be published', secondsText(untilPublishable)] as const]),
  ];
}

function secondsText(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}

function timeLeftText({ status, timeLeft }: PreparationDetail): string {
  if (status !== 'running') return 'none';
  if (timeLeft === null) return 'not known yet';
  return timeLeft < 60_000 ? 'less than a minute' : `about ${counted(Math.round(timeLeft / 60_000), 'minute')}`;
}
