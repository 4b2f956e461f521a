/** Dunning: who owes a premium, since when, and how sternly we ask. */
import { addDays, daysBetween, type IsoDate, showDate, today } from '@acme/calendar';
import type { StoredCustomer } from '@acme/customers-core';
import { lettersTo, notify } from '@acme/notifications';
import { paidSince } from '@acme/payments-core';
import { holderOf, policies, policyReference, policyState, type StoredPolicy } from '@acme/policies-core';
import { setting } from '@system/settings';

export type Level = 'first reminder' | 'second reminder' | 'last warning';

export interface Arrears {
  readonly id: number;
  readonly policy: StoredPolicy;
  readonly holder: StoredCustomer;
  readonly dueOn: IsoDate;
  readonly daysLate: number;
  /** Cents. */
  readonly open: number;
  readonly level: Level;
}

/** Days after its start within which a year's premium must be paid. */
function daysToPay(): number {
  return setting('@acme/dunning', 'DaysToPay', 30);
}

/** Everybody who owes something, the longest overdue first. */
export async function arrears(): Promise<Arrears[]> {
  const found: Arrears[] = [];
  for (const policy of await policies.select()) {
    const late = await arrearsOf(policy);
    if (late) found.push(late);
  }
  return found.sort((left, right) => right.daysLate - left.daysLate);
}

/** `undefined` when the policy is paid, not due yet, or not active. */
export async function arrearsOf(policy: StoredPolicy): Promise<Arrears | undefined> {
  if (policyState(policy) !== 'active') return undefined;
  const dueOn = addDays(policy.startsOn, daysToPay());
  const daysLate = daysBetween(dueOn, today());
  if (daysLate <= 0) return undefined;
  const open = policy.premium - (await paidSince(policy.id, policy.startsOn));
  if (open <= 0) return undefined;
  return { id: policy.id, policy, holder: await holderOf(policy), dueOn, daysLate, open, level: levelFor(daysLate) };
}

function levelFor(daysLate: number): Level {
  if (daysLate > 90) return 'last warning';
  return daysLate > 30 ? 'second reminder' : 'first reminder';
}

const daysGranted: Readonly<Record<Level, number>> = {
  'first reminder': 14,
  'second reminder': 10,
  'last warning': 5,
};

/** Writes to the customer. `amount` is the sum as it should stand in the letter. */
export async function remind(late: Arrears, amount: string): Promise<void> {
  await notify(late.holder, 'payment reminder', {
    amount,
    reference: policyReference(late.policy),
    due: showDate(late.dueOn),
    days: daysGranted[late.level],
  });
}

/** How often the customer has been written to about this policy. */
export async function reminders(late: Arrears): Promise<number> {
  const letters = await lettersTo(late.holder);
  const reference = policyReference(late.policy);
  return letters.filter((letter) => letter.subject === 'A premium is still open' && letter.text.includes(reference))
    .length;
}
