/** What a customer sees: the own policies, claims and payments, in plain words. */
import { showDate, today } from '@acme/calendar';
import { claimReference, claimsOn, type StoredClaim } from '@acme/claims-core';
import { customerName, customers, type StoredCustomer } from '@acme/customers-core';
import { showMoney } from '@acme/money';
import { paidSince } from '@acme/payments-core';
import { policiesOf, policyReference, policyState, type StoredPolicy } from '@acme/policies-core';
import { missing, requestedId, stateBadge } from '@acme/theme';
import { setting } from '@system/settings';
import { facts, figures, type Html, html, link, page, type Screen, screen, section } from '@system/ui';

export const MyInsurance: Screen = screen('Customer Portal', async (request) => {
  const id = requestedId(request, 'CU');
  if (id === undefined) return choose();
  const customer = await customers.find(id);
  return customer ? overview(customer) : missing('customer', '/portal/MyInsurance');
});

/** Stands in for the sign-in of the real portal. */
async function choose(): Promise<Html> {
  const everyone = await customers.select({ max: 50 });
  return page({
    title: 'My insurance',
    lead: setting('@acme/portal', 'Welcome', 'Welcome. Whose insurance would you like to see?'),
    content: section(
      'Customers',
      html`<ul>${everyone.map(
        (customer) => html`<li>${link(`/portal/MyInsurance?id=${customer.id}`, customerName(customer))}</li>`,
      )}</ul>`,
    ),
  });
}

async function overview(customer: StoredCustomer): Promise<Html> {
  const active = (await policiesOf(customer.id)).filter((policy) => policyState(policy) === 'active');
  const cards: Html[] = [];
  for (const policy of active) cards.push(await card(policy));
  return page({
    title: `Hello, ${customer.name.given}`,
    lead: `Your insurance on ${showDate(today())}.`,
    actions: [{ href: '/feedback/Ratings', text: 'Tell us how we do' }],
    content: html`
${figures([
  ['Policies', active.length],
  ['Premium a year', showMoney(active.reduce((sum, policy) => sum + policy.premium, 0))],
])}
${cards.length > 0 ? cards : html`<p class="empty">You have no active policy with us.</p>`}`,
  });
}

async function card(policy: StoredPolicy): Promise<Html> {
  const [paid, claims] = await Promise.all([paidSince(policy.id, policy.startsOn), claimsOn(policy.id)]);
  const open = policy.premium - paid;
  return section(
    `${policy.product}, ${policyReference(policy)}`,
    html`${facts([
      ['Insured up to', showMoney(policy.sumInsured)],
      ['Until', showDate(policy.endsOn)],
      ['Premium', open > 0 ? `${showMoney(open)} to be paid` : 'paid'],
    ])}
${claims.length > 0 && html`<ul>${claims.map(claimLine)}</ul>`}
<p>${link(`/claims/FileClaim?policy=${policyReference(policy)}`, 'Report a loss')}</p>`,
  );
}

function claimLine(claim: StoredClaim): Html {
  return html`<li>${claimReference(claim)}, ${claim.cause} on ${showDate(claim.happenedOn)}: ${stateBadge(claim.state)}</li>`;
}
