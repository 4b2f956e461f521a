/** Pays approved claims: the ledger first, then the claim, so that a break in between pays nothing twice. */
import { record } from '@acme/audit';
import { take } from '@acme/claim-handling';
import { claimReference, claimsIn, policyOf, type StoredClaim } from '@acme/claims-core';
import { bookPayout, paymentReference } from '@acme/payments-core';
import { dateColumn, doneNotice, linkColumn, moneyColumn } from '@acme/theme';
import {
  command,
  type Html,
  html,
  notice,
  page,
  type Screen,
  type ScreenContent,
  type ScreenRequest,
  screen,
  table,
} from '@system/ui';

export const Payouts: Screen = screen('Payouts', async (request) => {
  const due = await claimsIn('approved', 200);
  if (request.method === 'GET') return show(request, due);
  const claim = due.find((candidate) => String(candidate.id) === request.form.claim);
  return claim ? pay(claim, request) : { status: 409, content: show(request, due, 'This claim is paid already.') };
});

async function pay(claim: StoredClaim, request: ScreenRequest): Promise<ScreenContent> {
  const policy = await policyOf(claim);
  const booking = await bookPayout(policy, claimReference(claim), claim.approved);
  const reference = paymentReference(booking.payment);
  if (booking.kind === 'booked') {
    await record(request, { subject: 'payment', reference, action: 'paid out', remark: claimReference(claim) });
  }
  const outcome = await take('pay', claim.id, request);
  if (outcome.kind === 'refused') {
    return { status: 409, content: show(request, await claimsIn('approved', 200), outcome.why) };
  }
  return { redirect: `/payouts/Payouts?done=${reference}` };
}

function show(request: ScreenRequest, due: readonly StoredClaim[], refusal?: string): Html {
  return page({
    title: 'Payouts',
    lead: 'Approved claims that wait for their money.',
    actions: [{ href: '/payments/BankFile', text: "Today's bank file" }],
    content: html`${doneNotice(request)}${refusal && notice(refusal, 'bad')}
${table(due, {
  caption: 'To be paid',
  columns: [
    linkColumn('Claim', '/claims/Claim', claimReference),
    dateColumn('Filed on', (claim) => claim.filedOn),
    moneyColumn('Approved', (claim) => claim.approved),
    { header: 'Decision', cell: (claim) => command('Pay out', { claim: String(claim.id) }) },
  ],
  empty: 'Nothing waits for its money.',
})}`,
  });
}
