/** One claim: what happened, what speaks against it, and the handler's decisions. */
import { isStep, stepsOf, take } from '@acme/claim-handling';
import { claimReference, claims, policyOf, type StoredClaim } from '@acme/claims-core';
import { suspicionOf } from '@acme/fraud';
import { showMoney } from '@acme/money';
import { notify } from '@acme/notifications';
import { holderOf, policyReference } from '@acme/policies-core';
import { askWhich, day, missing, requestedId, stateBadge } from '@acme/theme';
import {
  command,
  facts,
  type Html,
  html,
  link,
  notice,
  page,
  type Screen,
  type ScreenContent,
  type ScreenRequest,
  screen,
  section,
} from '@system/ui';

export const Claim: Screen = screen('Claim', async (request) => {
  const id = requestedId(request, 'CL');
  if (id === undefined) return askWhich(request, 'claim', 'CL');
  const claim = await claims.find(id);
  if (!claim) return missing('claim', '/claims/Claims');
  return request.method === 'POST' ? decide(claim, request) : show(claim);
});

async function decide(claim: StoredClaim, request: ScreenRequest): Promise<ScreenContent> {
  const { step } = request.form;
  if (!isStep(step)) return { status: 422, content: await show(claim, 'Choose one of the buttons.') };
  const outcome = await take(step, claim.id, request);
  if (outcome.kind === 'refused') return { status: 409, content: await show(claim, outcome.why) };
  if (outcome.claim.state === 'approved' || outcome.claim.state === 'rejected') await tellHolder(outcome.claim);
  return { redirect: `/claims/Claims?done=${claimReference(claim)}` };
}

async function tellHolder(claim: StoredClaim): Promise<void> {
  const holder = await holderOf(await policyOf(claim));
  await notify(holder, 'claim decided', {
    reference: claimReference(claim),
    decision: claim.state,
    explanation: claim.state === 'approved' ? `We pay ${showMoney(claim.approved)}.` : 'Call us if you disagree.',
  });
}

async function show(claim: StoredClaim, refusal?: string): Promise<Html> {
  const [policy, suspicion] = await Promise.all([policyOf(claim), suspicionOf(claim)]);
  return page({
    title: claimReference(claim),
    lead: claim.description,
    content: html`
${refusal && notice(refusal, 'bad')}
${section(
  'Claim',
  facts([
    ['State', stateBadge(claim.state)],
    ['Policy', link(`/policies/Policy?id=${policy.id}`, policyReference(policy))],
    ['Cause', claim.cause],
    ['Happened on', day(claim.happenedOn)],
    ['Filed on', day(claim.filedOn)],
    ['Claimed', showMoney(claim.claimed)],
    ['Approved', showMoney(claim.approved)],
  ]),
)}
${section(
  'Signs to look at',
  suspicion.signs.length === 0
    ? html`<p>Nothing stands out.</p>`
    : html`<ul>${suspicion.signs.map((sign) => html`<li>${sign.text}</li>`)}</ul>`,
)}
<div>${stepsOf(claim).map(({ step, text }) => command(text, { step }))}</div>`,
  });
}
