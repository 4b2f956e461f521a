/** The list of policies, by state and product. */
import { type PolicyState, policies, policyReference, policyState, type StoredPolicy } from '@acme/policies-core';
import { products } from '@acme/products';
import { dateColumn, doneNotice, linkColumn, moneyColumn, stateColumn, tally } from '@acme/theme';
import { type Column, form, html, page, type Screen, screen, table } from '@system/ui';

const states: readonly PolicyState[] = ['active', 'cancelled', 'ended'];

const columns: readonly Column<StoredPolicy>[] = [
  linkColumn('Policy', '/policies/Policy', policyReference),
  { header: 'Product', cell: (policy) => policy.product },
  dateColumn('Starts on', (policy) => policy.startsOn),
  dateColumn('Ends on', (policy) => policy.endsOn),
  moneyColumn('Sum insured', (policy) => policy.sumInsured),
  moneyColumn('Premium a year', (policy) => policy.premium),
  stateColumn(policyState),
];

export const Policies: Screen = screen('Policies', async (request) => {
  const { state, product } = request.query;
  const [all, catalogue] = await Promise.all([
    policies.select({ order: 'endsOn', descending: true }),
    products.select(),
  ]);
  const rows = all.filter(
    (policy) => (!state || policyState(policy) === state) && (!product || policy.product === product),
  );
  return page({
    title: 'Policies',
    lead: tally(rows.map(policyState)),
    actions: [{ href: '/policies/NewPolicy', text: 'New policy' }],
    content: html`${doneNotice(request)}
${form({
  method: 'get',
  submit: 'Show',
  fields: [
    {
      name: 'state',
      label: 'State',
      kind: 'choice',
      choices: states.map((value) => ({ value, text: value })),
      value: state ?? '',
    },
    {
      name: 'product',
      label: 'Product',
      kind: 'choice',
      choices: catalogue.map((entry) => ({ value: entry.code, text: entry.title })),
      value: product ?? '',
    },
  ],
})}
${table(rows, { caption: 'Policies', columns, empty: 'No policy is like that.' })}`,
  });
});
