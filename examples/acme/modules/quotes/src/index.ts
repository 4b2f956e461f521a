/** A quote for somebody who is no customer yet: nothing is stored. */
import { type IsoDate, today } from '@acme/calendar';
import { readForm, refilled } from '@acme/forms';
import { type Cents, instalments, showMoney } from '@acme/money';
import { type Premium, premiumFor } from '@acme/premium';
import { type Product, productsOnSale } from '@acme/products';
import { moneyColumn } from '@acme/theme';
import { type Field, form, type Html, html, notice, page, type Screen, screen, section, table } from '@system/ui';

const rhythms = [
  { value: 'yearly', text: 'Once a year' },
  { value: 'monthly', text: 'Monthly' },
] as const;

function fieldsFor(products: readonly Product[]): Field[] {
  return [
    {
      name: 'product',
      label: 'What shall be insured',
      kind: 'choice',
      required: true,
      choices: products.map((product) => ({ value: product.code, text: product.title })),
    },
    { name: 'sum', label: 'Sum insured', kind: 'amount', required: true, hint: 'For instance 24,000' },
    { name: 'bornOn', label: 'Date of birth', kind: 'date', required: true },
    { name: 'payments', label: 'Payments', kind: 'choice', choices: rhythms, required: true },
  ];
}

export const Quote: Screen = screen('Quote', async (request) => {
  const products = await productsOnSale();
  const asked = request.query.product !== undefined;
  const sent = readForm(request.query);
  const code = sent.choice(
    'product',
    products.map((product) => product.code),
  );
  const product = products.find((candidate) => candidate.code === code);
  const sumInsured = sent.amount('sum');
  const bornOn = sent.date('bornOn', { latest: today() });
  const payments =
    sent.choice(
      'payments',
      rhythms.map((rhythm) => rhythm.value),
    ) ?? 'yearly';
  const offer = sent.accepted() && product ? offerFor(product, sumInsured, bornOn, payments) : undefined;
  return page({
    title: 'Quote',
    lead: 'What a policy would cost from today. Nothing is kept.',
    content: html`
${form({ method: 'get', submit: 'Calculate', fields: refilled(fieldsFor(products), request.query, asked ? sent.problems : {}) })}
${offer}`,
  });
});

function offerFor(product: Product, sumInsured: Cents, bornOn: IsoDate, payments: 'yearly' | 'monthly'): Html {
  const answer = premiumFor({ product, sumInsured, bornOn, payments, startsOn: today(), claimFreeYears: 0 });
  return answer.kind === 'refused' ? notice(answer.why, 'warning') : priceOf(answer.premium, payments);
}

function priceOf(premium: Premium, payments: 'yearly' | 'monthly'): Html {
  const [first] = payments === 'monthly' ? instalments(premium.yearly, 12) : [premium.yearly];
  return section(
    `${showMoney(premium.yearly)} a year`,
    html`${table(premium.lines, {
      caption: 'How the premium comes about',
      columns: [{ header: 'Line', cell: (line) => line.reason }, moneyColumn('Amount', (line) => line.amount)],
      empty: 'There is nothing to pay.',
    })}<p>First payment: <b>${showMoney(first ?? 0)}</b></p>`,
  );
}
