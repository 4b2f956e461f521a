/** The company's look: how states, money and dates appear on every screen. */
import { type IsoDate, showDate, showDistance, today } from '@acme/calendar';
import { type Cents, showMoney } from '@acme/money';
import { type ReferencePrefix, reference, referencedId, sentenceList } from '@acme/text';
import { capitalize } from '@system/text';
import {
  address,
  badge,
  type Column,
  form,
  type Html,
  html,
  link,
  notice,
  page,
  type ScreenContent,
  type ScreenRequest,
  type Tone,
} from '@system/ui';

const tones: Readonly<Record<string, Tone>> = {
  active: 'good',
  approved: 'good',
  booked: 'good',
  paid: 'good',
  assessed: 'info',
  filed: 'info',
  received: 'info',
  ended: 'info',
  due: 'warning',
  unmatched: 'warning',
  cancelled: 'bad',
  overdue: 'bad',
  rejected: 'bad',
};

/** One colour per state, the same in all applications; a state this module does not know is neutral. */
export function stateBadge(state: string): Html {
  return badge(state, tones[state] ?? 'info');
}

export function moneyColumn<T>(header: string, amount: (row: T) => Cents): Column<T> {
  return { header, numeric: true, cell: (row) => showMoney(amount(row)) };
}

/** The day, and how far away it is for those who hover over it. */
export function dateColumn<T>(header: string, date: (row: T) => IsoDate): Column<T> {
  return { header, cell: (row) => day(date(row)) };
}

export function stateColumn<T>(state: (row: T) => string): Column<T> {
  return { header: 'State', cell: (row) => stateBadge(state(row)) };
}

/** A column whose cells lead to the row's own screen. */
export function linkColumn<T extends { readonly id: number }>(
  header: string,
  path: string,
  text: (row: T) => string,
): Column<T> {
  return { header, cell: (row) => link(address(path, { id: row.id }), text(row)) };
}

export function day(date: IsoDate): Html {
  return html`<time datetime="${date}" title="${showDistance(date, today())}">${showDate(date)}</time>`;
}

/** Says what has just been done, on the screen that a form led to: `?done=CL-000004`. */
export function doneNotice(request: ScreenRequest): Html | undefined {
  const done = request.query.done;
  return done ? notice(`${done} was saved.`, 'good') : undefined;
}

/** The answer to an address that names something there is none of. */
export function missing(what: string, list: string): ScreenContent {
  return {
    status: 404,
    content: page({
      title: `There is no such ${what}`,
      lead: 'It may have been removed since you opened the list.',
      actions: [{ href: list, text: 'Back to the list' }],
      content: undefined,
    }),
  };
}

/** A line below a list: `4 filed, 2 approved and 1 paid`. */
export function tally(states: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  return sentenceList([...counts].map(([state, count]) => `${count} ${state}`));
}

/** The id that a screen of one thing was asked for: `?id=4` in links, `?id=CL-000004` when a person typed it. */
export function requestedId(request: ScreenRequest, prefix: ReferencePrefix): number | undefined {
  return referencedId(prefix, request.query.id ?? '');
}

/** What a screen of one thing shows until it is told which. */
export function askWhich(request: ScreenRequest, what: string, prefix: ReferencePrefix): ScreenContent {
  const example = reference(prefix, 1);
  const typed = request.query.id ?? '';
  const problem = typed === '' ? undefined : `Write a reference such as ${example}.`;
  return page({
    title: capitalize(what),
    content: form({
      method: 'get',
      submit: 'Show',
      fields: [
        {
          name: 'id',
          label: 'Reference',
          kind: 'text',
          required: true,
          hint: `For instance ${example}`,
          value: typed,
          problem,
        },
      ],
    }),
  });
}
