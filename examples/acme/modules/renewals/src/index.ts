/** Renewals: what ends soon, at which premium it would go on, and the nightly run that offers it. */
import { journal, record } from '@acme/audit';
import { addDays, daysBetween, today } from '@acme/calendar';
import { inForce, lastDay, policies, policyRecord, policyReference, type StoredPolicy } from '@acme/policies-core';
import { premiumFor } from '@acme/premium';
import { product } from '@acme/products';
import { dateColumn, doneNotice, linkColumn, moneyColumn } from '@acme/theme';
import { nextRun, runIfDue, timer } from '@system/tasks';
import { command, html, page, type Screen, type ScreenRequest, screen, table } from '@system/ui';

/** Days before its end from which a policy is offered again. */
const offeredFrom = 120;

const nightly = timer('renewals', 24 * 60);

export interface Offer {
  readonly id: number;
  readonly policy: StoredPolicy;
  readonly premium: number;
  readonly daysLeft: number;
}

/** Policies that end soon and can go on, the next to end first. A product that is not sold any more is not offered. */
export async function dueOffers(): Promise<Offer[]> {
  const horizon = addDays(today(), offeredFrom);
  const ending = (await policies.select({ order: 'endsOn' })).filter(
    (policy) => inForce(policy, today()) && policy.endsOn <= horizon,
  );
  const offers: Offer[] = [];
  for (const policy of ending) {
    const { claimFree } = await policyRecord(policy);
    const answer = premiumFor({
      product: await product(policy.product),
      sumInsured: policy.sumInsured,
      startsOn: addDays(policy.endsOn, 1),
      claimFreeYears: claimFree ? 1 : 0,
      payments: 'yearly',
    });
    if (answer.kind === 'refused') continue;
    const daysLeft = daysBetween(today(), policy.endsOn);
    offers.push({ id: policy.id, policy, premium: answer.premium.yearly, daysLeft });
  }
  return offers;
}

/** Lets a policy go on for a year at the offered premium. */
async function renew(offer: Offer, request: ScreenRequest): Promise<string> {
  const { policy, premium } = offer;
  await policies.update(policy.id, { premium, endsOn: lastDay(addDays(policy.endsOn, 1)) });
  const reference = policyReference(policy);
  await record(request, { subject: 'policy', reference, action: 'renewed' });
  return reference;
}

/** Notes in the journal what is due, once a night, whichever front end is asked first. */
async function announce(request: ScreenRequest, offers: readonly Offer[]): Promise<void> {
  await runIfDue(nightly, new Date(), async () => {
    for (const { policy } of offers) {
      const reference = policyReference(policy);
      const known = await journal({ reference, max: 50 });
      if (known.some((line) => line.action === 'renewal offered')) continue;
      await record(request, { subject: 'policy', reference, action: 'renewal offered' });
    }
  });
}

export const Renewals: Screen = screen('Renewals', async (request) => {
  const offers = await dueOffers();
  const chosen = offers.find((offer) => String(offer.id) === request.form.policy);
  if (request.method === 'POST' && chosen) {
    return { redirect: `/renewals/Renewals?done=${await renew(chosen, request)}` };
  }
  await announce(request, offers);
  const next = await nextRun(nightly);
  return page({
    title: 'Renewals',
    lead: `Policies that end within ${offeredFrom} days. Next announcement: ${next?.slice(0, 16).replace('T', ' ') ?? 'not planned'} UTC.`,
    content: html`${doneNotice(request)}
${table(offers, {
  caption: 'Offers',
  columns: [
    linkColumn('Policy', '/policies/Policy', policyReference),
    dateColumn('Ends on', (offer) => offer.policy.endsOn),
    { header: 'Days left', numeric: true, cell: (offer) => offer.daysLeft },
    moneyColumn('Premium now', (offer) => offer.policy.premium),
    moneyColumn('Premium then', (offer) => offer.premium),
    { header: 'Decision', cell: (offer) => command('Renew', { policy: String(offer.id) }) },
  ],
  empty: 'No policy ends soon.',
})}`,
  });
});
