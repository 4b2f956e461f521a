/** The analysis on the plan's page: questions, breaking changes, known issues, releases in between, versions of the components. */
import type { Analysis } from '../../domain/analysis.js';
import type { Effort } from '../../domain/breakingChange.js';
import {
  type ChangeConcern,
  type Concern,
  type IssueConcern,
  mustBeHandled,
  type Weight,
} from '../../domain/concerns.js';
import type { Consequence } from '../../domain/knownIssue.js';
import { counted } from '../cli/words.js';
import { namesText } from './grouped.js';
import { type Html, html, nothing } from './html.js';
import { section } from './planSections.js';
import { table } from './table.js';

export function analysisSections(analysis: Analysis): readonly Html[] {
  const all = analysis.environments.map(({ name }) => name);
  return [
    section('questions', 'Open questions', [questionsTable(analysis, all)]),
    section('changes', 'Breaking changes and side effects', changeTables(analysis.breakingChanges, all)),
    section('issues', 'Known issues', issueTables(analysis.knownIssues, all)),
    section('releases', 'What is new', [releasesTable(analysis)]),
    section('components', 'Versions', [componentsTable(analysis)]),
  ];
}

function questionsTable({ questions }: Analysis, all: readonly string[]): Html {
  return table({
    caption: 'Facts that nobody has stated. State them as true or false under their name, and plan again',
    columns: ['Question', 'Name of the fact', 'Where', 'The answer may', 'Entries'],
    rows: questions.map(({ text, fact, subjects, weight, entries }) => [
      html`<span class="prose">${text}</span>`,
      html`<code>${fact}</code>`,
      namesText(subjects, all),
      weightBadge(weight),
      entries.join(', '),
    ]),
  });
}

function weightBadge(weight: Weight): Html {
  switch (weight) {
    case 'refusal':
      return html`<span class="badge bad">refuse the upgrade</span>`;
    case 'acknowledgement':
      return html`<span class="badge warn">need an acknowledgement</span>`;
    case 'advice':
      return html`<span class="badge">change the advice</span>`;
  }
}

/** Those that cost something are shown; the others can be opened. */
function changeTables(concerns: readonly ChangeConcern[], all: readonly string[]): readonly Html[] {
  const efforts: readonly Effort[] = ['high', 'medium', 'low', 'none'];
  const rank = ({ entry, applies }: ChangeConcern) => efforts.indexOf(entry.effort) * 2 + (applies.length > 0 ? 0 : 1);
  const ranked = concerns.toSorted((left, right) => rank(left) - rank(right));
  const costly = ranked.filter(({ entry }) => entry.effort === 'high' || entry.effort === 'medium');
  const cheap = ranked.filter((concern) => !costly.includes(concern));
  return [
    changesTable('Changes of high and medium effort', costly, all),
    folded(
      `${counted(cheap.length, 'change')} of little or no effort`,
      changesTable('Changes of little or no effort', cheap, all),
    ),
  ];
}

function changesTable(caption: string, concerns: readonly ChangeConcern[], all: readonly string[]): Html {
  return table({
    caption: `${caption}. Effort is an estimate of ours`,
    columns: ['What changed', 'Since', 'Effort', 'Where', 'How to find it', 'What to do', 'Owner'],
    rows: concerns.map((concern) => {
      const { entry, modules, owner } = concern;
      return [
        html`<span class="prose">${entry.summary}</span><br><span class="quiet">${entry.id}, ${entry.area}</span>`,
        entry.introducedIn,
        html`<span class="badge${effortClass(concern)}">${entry.effort}</span>`,
        html`${whereText(concern, all)}${modules === null ? nothing : html`<br><span class="quiet">${modules.length === 0 ? 'no module looks affected' : modules.join(', ')}</span>`}`,
        entry.howToFind,
        entry.action,
        owner ?? 'nobody yet',
      ];
    }),
  });
}

function effortClass({ entry, applies }: ChangeConcern): string {
  if (applies.length > 0 && mustBeHandled(entry)) return ' bad';
  return entry.effort === 'high' || entry.effort === 'medium' ? ' warn' : '';
}

function issueTables(concerns: readonly IssueConcern[], all: readonly string[]): readonly Html[] {
  const order: readonly Consequence[] = ['refuse', 'warn', 'info'];
  const rank = ({ entry, applies }: IssueConcern) =>
    order.indexOf(entry.consequence) * 2 + (applies.length > 0 ? 0 : 1);
  const ranked = concerns.toSorted((left, right) => rank(left) - rank(right));
  const heeded = ranked.filter(
    ({ entry, applies }) => entry.consequence === 'refuse' || (entry.consequence === 'warn' && applies.length > 0),
  );
  const others = ranked.filter((concern) => !heeded.includes(concern));
  return [
    issuesTable('To be heeded', heeded, all),
    folded(
      `${counted(others.length, 'other known issue')}, unlikely or of no consequence`,
      issuesTable('Unlikely or of no consequence', others, all),
    ),
  ];
}

function issuesTable(caption: string, concerns: readonly IssueConcern[], all: readonly string[]): Html {
  return table({
    caption,
    columns: ['What happens', 'Consequence', 'Where', 'What to do', 'Fixed in'],
    rows: concerns.map((concern) => {
      const { entry } = concern;
      const since = entry.lowerBound === 'unknown' ? '; since when is not stated' : '';
      return [
        html`<span class="prose">${entry.summary}</span><br><span class="quiet">${entry.id}${since}</span>`,
        html`<span class="badge${entry.consequence === 'refuse' ? ' warn' : ''}">${consequenceText(concern)}</span>`,
        whereText(concern, all),
        entry.guidance,
        entry.fixedIn ?? '–',
      ];
    }),
  });
}

/** One that is known to hold for sure has refused the plan: what is on the page may only. */
function consequenceText({ entry }: IssueConcern): string {
  switch (entry.consequence) {
    case 'refuse':
      return 'may refuse';
    case 'warn':
      return 'warns';
    case 'info':
      return 'informs';
  }
}

function whereText({ applies, unknown }: Concern<unknown>, all: readonly string[]): string {
  const facts = [...new Set(unknown.flatMap((one) => one.facts))];
  const perhaps = namesText(
    unknown.map(({ subject }) => subject),
    all,
  );
  return [
    ...(applies.length > 0 ? [namesText(applies, all)] : []),
    ...(unknown.length > 0 ? [`perhaps ${perhaps} (${facts.join(', ')})`] : []),
  ].join('; ');
}

function releasesTable({ releases, to }: Analysis): Html {
  const listed = table({
    caption: 'Releases after the oldest installed one, up to the target, newest first',
    columns: ['Release', 'Date', 'What is new'],
    rows: releases
      .toReversed()
      .map(({ version, date, kind, notes }) => [
        kind === 'GA' ? version : html`${version} <span class="badge">${kind}</span>`,
        date ?? 'not stated',
        notes.length === 0 ? html`<span class="quiet">fixes</span>` : notes.join(' '),
      ]),
  });
  return folded(`${counted(releases.length, 'release')} up to ${to}`, listed);
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

function folded(summary: string, content: Html): Html {
  return content.html === '' ? nothing : html`<details><summary>${summary}</summary>\n${content}</details>\n`;
}
