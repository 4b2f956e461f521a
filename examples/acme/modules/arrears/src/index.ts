/** Who owes a premium, and the button that writes to them. */

import { customerName } from '@acme/customers-core';
import { arrears, arrearsOf, type Arrears as Late, type Level, remind, reminders } from '@acme/dunning';
import { showMoney, total } from '@acme/money';
import { policies, policyReference } from '@acme/policies-core';
import { dateColumn, doneNotice, linkColumn, moneyColumn } from '@acme/theme';
import {
  badge,
  command,
  figures,
  type Html,
  html,
  page,
  type Screen,
  type ScreenContent,
  type ScreenRequest,
  screen,
  type Tone,
  table,
} from '@system/ui';

const tones: Readonly<Record<Level, Tone>> = {
  'first reminder': 'info',
  'second reminder': 'warning',
  'last warning': 'bad',
};

interface Row extends Late {
  readonly letters: number;
}

export const Arrears: Screen = screen('Arrears', (request) =>
  request.method === 'POST' ? write(request) : show(request),
);

async function write(request: ScreenRequest): Promise<ScreenContent> {
  const policy = await policies.find(Number(request.form.policy));
  const late = policy && (await arrearsOf(policy));
  if (!late) return { redirect: '/arrears/Arrears' };
  await remind(late, showMoney(late.open));
  return { redirect: `/arrears/Arrears?done=The+letter+about+${policyReference(late.policy)}` };
}

async function show(request: ScreenRequest): Promise<Html> {
  const rows: Row[] = [];
  for (const late of await arrears()) rows.push({ ...late, letters: await reminders(late) });
  return page({
    title: 'Arrears',
    lead: 'The longest overdue first.',
    content: html`${doneNotice(request)}
${figures([
  ['Policies', rows.length],
  ['Open', showMoney(total(rows.map((row) => row.open)))],
])}
${table(rows, {
  caption: 'Open premiums',
  columns: [
    linkColumn('Policy', '/policies/Policy', (row: Row) => policyReference(row.policy)),
    { header: 'Holder', cell: (row) => customerName(row.holder) },
    dateColumn('Due on', (row) => row.dueOn),
    { header: 'Days late', numeric: true, cell: (row) => row.daysLate },
    moneyColumn('Open', (row) => row.open),
    { header: 'Level', cell: (row) => badge(row.level, tones[row.level]) },
    { header: 'Letters', numeric: true, cell: (row) => row.letters },
    { header: 'Decision', cell: (row) => command('Write', { policy: String(row.id) }) },
  ],
  empty: 'Everybody has paid.',
})}`,
  });
}
