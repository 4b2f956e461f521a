/** One policy: its terms and its record, and the button that cancels it. */
import { record } from '@acme/audit';
import { claimReference } from '@acme/claims-core';
import { customerName } from '@acme/customers-core';
import { holderOf, policies, policyRecord, policyReference, policyState, type StoredPolicy } from '@acme/policies-core';
import { product } from '@acme/products';
import {
  askWhich,
  dateColumn,
  day,
  linkColumn,
  missing,
  moneyColumn,
  requestedId,
  stateBadge,
  stateColumn,
} from '@acme/theme';
import {
  command,
  facts,
  figures,
  type Html,
  html,
  link,
  page,
  type Screen,
  type ScreenContent,
  type ScreenRequest,
  screen,
  section,
  table,
} from '@system/ui';

export const Policy: Screen = screen('Policy', async (request) => {
  const id = requestedId(request, 'PO');
  if (id === undefined) return askWhich(request, 'policy', 'PO');
  const policy = await policies.find(id);
  if (!policy) return missing('policy', '/policies/Policies');
  return request.method === 'POST' ? cancel(policy, request) : show(policy);
});

async function cancel(policy: StoredPolicy, request: ScreenRequest): Promise<ScreenContent> {
  const reference = policyReference(policy);
  if (policyState(policy) === 'active') {
    await policies.update(policy.id, { cancelled: true });
    await record(request, { subject: 'policy', reference, action: 'cancelled' });
  }
  return { redirect: `/policies/Policies?done=${reference}` };
}

async function show(policy: StoredPolicy): Promise<Html> {
  const [holder, history, insured] = await Promise.all([
    holderOf(policy),
    policyRecord(policy),
    product(policy.product),
  ]);
  const active = policyState(policy) === 'active';
  return page({
    title: policyReference(policy),
    lead: `${insured.title} of ${customerName(holder)}`,
    actions: active ? [{ href: `/claims/FileClaim?policy=${policyReference(policy)}`, text: 'File a claim' }] : [],
    content: html`
${figures([
  ['Claims', history.claims.length],
  ['Open', history.open],
  ['Loss ratio', `${Math.round(history.lossRatio * 100)} %`],
])}
${section(
  'Terms',
  facts([
    ['State', stateBadge(policyState(policy))],
    ['Holder', link(`/customers/Customer?id=${holder.id}`, customerName(holder))],
    ['From', day(policy.startsOn)],
    ['Until', day(policy.endsOn)],
    ['Coverages', insured.coverages.map((coverage) => coverage.name).join(', ')],
  ]),
)}
${table(history.claims, {
  caption: 'Claims on this policy',
  columns: [
    linkColumn('Claim', '/claims/Claim', claimReference),
    dateColumn('Happened on', (claim) => claim.happenedOn),
    moneyColumn('Claimed', (claim) => claim.claimed),
    stateColumn((claim) => claim.state),
  ],
  empty: 'No claim so far.',
})}
${active && command('Cancel this policy', { step: 'cancel' })}`,
  });
}
