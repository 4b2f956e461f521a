/** The list of customers, with a search. */
import { customerReference, type StoredCustomer, searchCustomers } from '@acme/customers-core';
import { doneNotice, linkColumn } from '@acme/theme';
import { type Column, form, html, page, type Screen, screen, table } from '@system/ui';

const columns: readonly Column<StoredCustomer>[] = [
  linkColumn('Customer', '/customers/Customer', (customer) => `${customer.name.family}, ${customer.name.given}`),
  { header: 'Reference', cell: customerReference },
  { header: 'City', cell: (customer) => customer.address.city },
  { header: 'Mail', cell: (customer) => customer.email },
];

export const Customers: Screen = screen('Customers', async (request) => {
  const typed = request.query.search ?? '';
  const rows = await searchCustomers(typed, 200);
  return page({
    title: 'Customers',
    lead: typed === '' ? 'Everyone we insure, by family name.' : `What fits “${typed}”.`,
    actions: [{ href: '/customers/NewCustomer', text: 'New customer' }],
    content: html`${doneNotice(request)}
${form({
  method: 'get',
  submit: 'Search',
  fields: [{ name: 'search', label: 'Name, mail address or reference', kind: 'text', value: typed }],
})}
${table(rows, { caption: 'Customers', columns, empty: 'Nobody fits. Try a part of the name.' })}`,
  });
});
