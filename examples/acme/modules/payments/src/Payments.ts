/** The list of payments, in and out. */

import { showMoney, total } from '@acme/money';
import { type Direction, paymentReference, payments, type StoredPayment } from '@acme/payments-core';
import { policyReference } from '@acme/policies-core';
import { dateColumn, doneNotice, moneyColumn } from '@acme/theme';
import { badge, type Column, figures, form, html, link, page, type Screen, screen, table } from '@system/ui';

const directions: readonly { readonly value: Direction; readonly text: string }[] = [
  { value: 'in', text: 'Received' },
  { value: 'out', text: 'Paid out' },
];

const columns: readonly Column<StoredPayment>[] = [
  { header: 'Payment', cell: paymentReference },
  dateColumn('Day', (payment) => payment.receivedOn),
  {
    header: 'Direction',
    cell: ({ direction }) => badge(direction === 'in' ? 'received' : 'paid out', direction === 'in' ? 'good' : 'info'),
  },
  {
    header: 'Policy',
    cell: ({ policyId }) => link(`/policies/Policy?id=${policyId}`, policyReference({ id: policyId })),
  },
  { header: 'Bank reference', cell: (payment) => payment.bankReference },
  { header: 'Remark', cell: (payment) => payment.remark },
  moneyColumn('Amount', (payment) => payment.amount),
];

export const Payments: Screen = screen('Payments', async (request) => {
  const direction = directions.find((known) => known.value === request.query.direction)?.value;
  const rows = await payments.select({
    where: direction ? { direction } : {},
    order: 'receivedOn',
    descending: true,
    max: 200,
  });
  const sumOf = (wanted: Direction) =>
    showMoney(total(rows.filter((payment) => payment.direction === wanted).map((payment) => payment.amount)));
  return page({
    title: 'Payments',
    lead: 'The newest two hundred.',
    actions: [
      { href: '/payments/RegisterPayment', text: 'Register a payment' },
      { href: '/payments/ImportStatement', text: 'Import a statement' },
    ],
    content: html`${doneNotice(request)}
${figures([
  ['Payments', rows.length],
  ['Received', sumOf('in')],
  ['Paid out', sumOf('out')],
])}
${form({
  method: 'get',
  submit: 'Show',
  fields: [{ name: 'direction', label: 'Direction', kind: 'choice', choices: directions, value: direction ?? '' }],
})}
${table(rows, { caption: 'Payments', columns, empty: 'Nothing has been paid yet.' })}`,
  });
});
