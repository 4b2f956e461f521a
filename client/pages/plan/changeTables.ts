/** Breaking changes and side effects on the plan's page. */
import type { Effort } from '../../../domain/knowledge/breakingChange.js';
import { type ChangeConcern, mustBeHandled } from '../../../domain/knowledge/concerns.js';
import { type Html, html } from '../../../http/html.js';
import { counted } from '../../words.js';
import { folded } from '../section.js';
import { table } from '../table.js';
import { whereText } from './wording.js';

/** Those that cost something are shown; the others can be opened. */
export function changeTables(concerns: readonly ChangeConcern[], all: readonly string[]): readonly Html[] {
  const ranked = changesByEffort(concerns);
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

/** Those that cost most first; of the same effort those that certainly apply. */
export function changesByEffort(concerns: readonly ChangeConcern[]): readonly ChangeConcern[] {
  const efforts: readonly Effort[] = ['high', 'medium', 'low', 'none'];
  const rank = ({ entry, applies }: ChangeConcern) => efforts.indexOf(entry.effort) * 2 + (applies.length > 0 ? 0 : 1);
  return concerns.toSorted((left, right) => rank(left) - rank(right));
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
        html`${whereText(concern, all)}${modules === null ? html`` : html`<br><span class="quiet">${modules.length === 0 ? 'no module looks affected' : modules.join(', ')}</span>`}`,
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
