/** One customer: who it is, what is insured, what was decided. */
import { journal } from '@acme/audit';
import { customerName, customerReference, customers, letterHead } from '@acme/customers-core';
import { policiesOf, policyReference, policyState } from '@acme/policies-core';
import { askWhich, dateColumn, day, linkColumn, missing, moneyColumn, requestedId, stateColumn } from '@acme/theme';
import { facts, html, page, type Screen, screen, section, table } from '@system/ui';

export const Customer: Screen = screen('Customer', async (request) => {
  const id = requestedId(request, 'CU');
  if (id === undefined) return askWhich(request, 'customer', 'CU');
  const customer = await customers.find(id);
  if (!customer) return missing('customer', '/customers/Customers');
  const reference = customerReference(customer);
  const [policies, decisions] = await Promise.all([policiesOf(customer.id), journal({ reference, max: 20 })]);
  return page({
    title: customerName(customer),
    lead: reference,
    actions: [{ href: `/policies/NewPolicy?customer=${customer.id}`, text: 'New policy' }],
    content: html`
${section(
  'Person',
  facts([
    ['Address', letterHead(customer).slice(1).join(', ')],
    ['Mail', customer.email],
    ['Born on', day(customer.bornOn)],
  ]),
)}
${table(policies, {
  caption: 'Policies',
  columns: [
    linkColumn('Policy', '/policies/Policy', policyReference),
    { header: 'Product', cell: (policy) => policy.product },
    dateColumn('Ends on', (policy) => policy.endsOn),
    moneyColumn('Premium a year', (policy) => policy.premium),
    stateColumn(policyState),
  ],
  empty: 'This customer has no policy yet.',
})}
${
  decisions.length > 0 &&
  section(
    'Journal',
    html`<ul>${decisions.map((line) => html`<li>${day(line.at.slice(0, 10))}: ${line.action}, by ${line.user}</li>`)}</ul>`,
  )
}`,
  });
});
