/** Known issues on the plan's page. */
import type { IssueConcern } from '../../../domain/knowledge/concerns.js';
import type { Consequence } from '../../../domain/knowledge/knownIssue.js';
import { type Html, html } from '../../../http/html.js';
import { counted } from '../../words.js';
import { folded } from '../section.js';
import { table } from '../table.js';
import { whereText } from './wording.js';

/** Those to be heeded are shown; the others can be opened. */
export function issueTables(concerns: readonly IssueConcern[], all: readonly string[]): readonly Html[] {
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
