/** Takes a policy out for a registered customer, at the premium of the tariff. */

import { record } from '@acme/audit';
import { today } from '@acme/calendar';
import { customerName, customers } from '@acme/customers-core';
import { readForm, refilled } from '@acme/forms';
import { policyReference, takeOut } from '@acme/policies-core';
import { premiumFor } from '@acme/premium';
import { productsOnSale } from '@acme/products';
import {
  type Field,
  form,
  type Html,
  page,
  type Screen,
  type ScreenContent,
  type ScreenRequest,
  screen,
} from '@system/ui';

export const NewPolicy: Screen = screen('New policy', async (request) => {
  const [everyone, products] = await Promise.all([customers.select(), productsOnSale()]);
  const fields: Field[] = [
    {
      name: 'customer',
      label: 'Customer',
      kind: 'choice',
      required: true,
      choices: everyone.map((customer) => ({ value: String(customer.id), text: customerName(customer) })),
      value: request.query.customer ?? '',
    },
    {
      name: 'product',
      label: 'Product',
      kind: 'choice',
      required: true,
      choices: products.map((product) => ({ value: product.code, text: product.title })),
    },
    { name: 'sum', label: 'Sum insured', kind: 'amount', required: true },
    { name: 'startsOn', label: 'Starts on', kind: 'date', required: true, value: today() },
  ];
  if (request.method === 'GET') return shown(fields, request, {});

  const sent = readForm(request.form);
  const customer = everyone.find((candidate) => candidate.id === sent.id('customer'));
  const code = sent.choice(
    'product',
    products.map((candidate) => candidate.code),
  );
  const product = products.find((candidate) => candidate.code === code);
  const sumInsured = sent.amount('sum');
  const startsOn = sent.date('startsOn', { earliest: today() });
  if (!customer) sent.reject('customer', 'Choose a customer of the list.');
  if (!customer || !product || !sent.accepted()) return again(fields, request, sent.problems);

  const answer = premiumFor({
    product,
    sumInsured,
    startsOn,
    bornOn: customer.bornOn,
    claimFreeYears: 0,
    payments: 'yearly',
  });
  if (answer.kind === 'refused') return again(fields, request, { sum: answer.why });
  const premium = answer.premium.yearly;
  const policy = await takeOut({ customerId: customer.id, product: product.code, sumInsured, premium, startsOn });
  await record(request, { subject: 'policy', reference: policyReference(policy), action: 'taken out' });
  return { redirect: `/policies/Policies?done=${policyReference(policy)}` };
});

function again(
  fields: readonly Field[],
  request: ScreenRequest,
  problems: Readonly<Record<string, string>>,
): ScreenContent {
  return { status: 422, content: shown(fields, request, problems) };
}

function shown(fields: readonly Field[], request: ScreenRequest, problems: Readonly<Record<string, string>>): Html {
  return page({
    title: 'New policy',
    lead: 'For a year, at the premium of the current tariff.',
    content: form({ submit: 'Take out', fields: refilled(fields, request.form, problems) }),
  });
}
