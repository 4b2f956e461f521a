/** The analysis on the plan's page: what is not known, breaking changes, known issues, releases in between, versions of the components. */
import type { Analysis } from '../../../domain/analysis/analysis.js';
import type { Weight } from '../../../domain/knowledge/concerns.js';
import type { Release } from '../../../domain/releases/release.js';
import { type Html, html } from '../../../http/html.js';
import { counted } from '../../words.js';
import { namesText } from '../grouped.js';
import { folded, section } from '../section.js';
import { table } from '../table.js';
import { changeTables } from './changeTables.js';
import { issueTables } from './issueTables.js';
import { weightText } from './wording.js';

export function analysisSections(analysis: Analysis): readonly Html[] {
  const all = analysis.environments.map(({ name }) => name);
  return [
    section('unknown', 'What Uplift cannot know', [unknownTable(analysis, all)]),
    section('changes', 'Breaking changes and side effects', changeTables(analysis.breakingChanges, all)),
    section('issues', 'Known issues', issueTables(analysis.knownIssues, all)),
    section('releases', 'What is new', [releasesTable(analysis)]),
    section('components', 'Versions', [componentsTable(analysis)]),
  ];
}

function unknownTable({ unknownFacts }: Analysis, all: readonly string[]): Html {
  return table({
    caption: 'Facts that nothing tells Uplift. The plan goes on as if they did not hold: look yourselves',
    columns: ['Not known', 'Name of the fact', 'Where', 'If it is so', 'Entries'],
    rows: unknownFacts.map(({ text, fact, subjects, weight, entries }) => [
      html`<span class="prose">${text}</span>`,
      html`<code>${fact}</code>`,
      namesText(subjects, all),
      weightBadge(weight),
      entries.join(', '),
    ]),
  });
}

function weightBadge(weight: Weight): Html {
  const tones = { refusal: ' bad', acknowledgement: ' warn', advice: '' } as const;
  return html`<span class="badge${tones[weight]}">${weightText(weight)}</span>`;
}

function releasesTable({ releases, to }: Analysis): Html {
  const listed = table({
    caption: 'Releases after the oldest installed one, up to the target, newest first',
    columns: ['Release', 'Date', 'What is new', 'Security fixes'],
    rows: releases
      .toReversed()
      .map(({ version, date, kind, notes, security }) => [
        kind === 'GA' ? version : html`${version} <span class="badge">${kind}</span>`,
        date ?? 'not stated',
        notes.length === 0 ? html`<span class="quiet">fixes</span>` : notes.join(' '),
        securityText(security),
      ]),
  });
  return folded(`${counted(releases.length, 'release')} up to ${to}`, listed);
}

function securityText(fixes: Release['security']): Html | string {
  if (!fixes) return html`<span class="quiet">not known</span>`;
  return fixes.map(({ id, kind, cvss }) => `${id}: ${kind}${cvss === null ? '' : ` (CVSS ${cvss})`}`).join('; ');
}

function componentsTable({ components }: Analysis): Html {
  return table({
    caption: 'Each component has versions and a cycle of its own; their numbers are not compared with each other',
    columns: ['Component', 'Where', 'Installed', 'Newest', 'Newer releases'],
    rows: components.map(({ component, environment, installed, newest, newer }) => [
      component,
      environment ?? '–',
      installed ?? 'not known',
      newest,
      newer === null ? 'not known' : String(newer),
    ]),
  });
}
