/** The ledger: every payment once, however often the bank reports it. */
import { type IsoDate, today } from '@acme/calendar';
import { type Cents, total } from '@acme/money';
import type { StoredPolicy } from '@acme/policies-core';
import { reference } from '@acme/text';
import { type Stored, table } from '@system/data';
import { firstPayments } from './firstPayments.js';

export type Direction = 'in' | 'out';

export interface Payment {
  readonly policyId: number;
  readonly direction: Direction;
  readonly amount: Cents;
  readonly receivedOn: IsoDate;
  /** The bank's own name of the transfer: two payments never share one. */
  readonly bankReference: string;
  readonly remark: string;
}

export type StoredPayment = Stored<Payment>;

export const payments = table<Payment>('payment', { initial: firstPayments() });

export function paymentReference(payment: { readonly id: number }): string {
  return reference('PA', payment.id);
}

export type Booking =
  | { readonly kind: 'booked'; readonly payment: StoredPayment }
  | { readonly kind: 'known'; readonly payment: StoredPayment };

/** Books a premium, once: a bank reference that is known already leads to the payment booked then. */
export async function bookPayment(
  policy: StoredPolicy,
  received: Pick<Payment, 'amount' | 'receivedOn' | 'bankReference' | 'remark'>,
): Promise<Booking> {
  const known = await payments.first({ where: { bankReference: received.bankReference } });
  if (known) return { kind: 'known', payment: known };
  const { amount, receivedOn, bankReference, remark } = received;
  const payment = await payments.insert({
    policyId: policy.id,
    direction: 'in',
    amount,
    receivedOn,
    bankReference,
    remark,
  });
  return { kind: 'booked', payment };
}

/** Books what is paid for a claim; `claim` is its reference, so that one claim is never paid twice. */
export async function bookPayout(policy: StoredPolicy, claim: string, amount: Cents): Promise<Booking> {
  const bankReference = `OUT-${claim}`;
  const known = await payments.first({ where: { bankReference } });
  if (known) return { kind: 'known', payment: known };
  const payment = await payments.insert({
    policyId: policy.id,
    direction: 'out',
    amount,
    receivedOn: today(),
    bankReference,
    remark: `Claim ${claim}`,
  });
  return { kind: 'booked', payment };
}

/** Premiums received for a policy from that day on. */
export async function paidSince(policyId: number, from: IsoDate): Promise<Cents> {
  const received = await payments.select({ where: { policyId, direction: 'in' } });
  return total(received.filter((payment) => payment.receivedOn >= from).map((payment) => payment.amount));
}
