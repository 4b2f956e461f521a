/**
 * Policies: which customer is insured against what, from when until when.
 *
 * This module and `@acme/claims-core` reference each other: a policy is judged by its claims, a claim stands on its policy.
 */
import { addDays, addMonths, type IsoDate, isWithin, today } from '@acme/calendar';
import { type Claim, claimsOn, isOpen } from '@acme/claims-core';
import { customers, type StoredCustomer } from '@acme/customers-core';
import type { ProductCode } from '@acme/products';
import { reference, referencedId } from '@acme/text';
import { type Stored, table } from '@system/data';
import { firstPolicies } from './firstPolicies.js';

export interface Policy {
  readonly customerId: number;
  readonly product: ProductCode;
  /** Cents. */
  readonly sumInsured: number;
  /** Cents a year. */
  readonly premium: number;
  readonly startsOn: IsoDate;
  readonly endsOn: IsoDate;
  readonly cancelled: boolean;
}

export type StoredPolicy = Stored<Policy>;
export type PolicyState = 'active' | 'cancelled' | 'ended';

export const policies = table<Policy>('policy', { initial: firstPolicies() });

export function policyReference(policy: { readonly id: number }): string {
  return reference('PO', policy.id);
}

export function policyState(policy: Policy): PolicyState {
  if (policy.cancelled) return 'cancelled';
  return policy.endsOn < today() ? 'ended' : 'active';
}

/** Whether a loss on that day is insured. A cancelled policy insures nothing, whenever the loss was. */
export function inForce(policy: Policy, on: IsoDate): boolean {
  return !policy.cancelled && isWithin(on, policy.startsOn, policy.endsOn);
}

/** Takes a policy out for a year. */
export async function takeOut(terms: Omit<Policy, 'endsOn' | 'cancelled'>): Promise<StoredPolicy> {
  return policies.insert({ ...terms, endsOn: lastDay(terms.startsOn), cancelled: false });
}

/** The last day of an insurance year that starts on the given one. */
export function lastDay(startsOn: IsoDate): IsoDate {
  return addDays(addMonths(startsOn, 12), -1);
}

export async function policiesOf(customerId: number): Promise<StoredPolicy[]> {
  return policies.select({ where: { customerId }, order: 'endsOn', descending: true });
}

export async function policyByReference(typed: string): Promise<StoredPolicy | undefined> {
  const id = referencedId('PO', typed);
  return id === undefined ? undefined : policies.find(id);
}

/** Throws when the policy's customer is gone, which the customer screens do not allow. */
export async function holderOf(policy: StoredPolicy): Promise<StoredCustomer> {
  const holder = await customers.find(policy.customerId);
  if (!holder) throw new Error(`${policyReference(policy)} names a customer who is not registered.`);
  return holder;
}

export interface PolicyRecord {
  readonly claims: readonly Stored<Claim>[];
  readonly open: number;
  /** What was approved, for each unit of a year's premium. */
  readonly lossRatio: number;
  /** No claim but rejected ones. */
  readonly claimFree: boolean;
}

export async function policyRecord(policy: StoredPolicy): Promise<PolicyRecord> {
  const claims = await claimsOn(policy.id);
  const approved = claims.reduce((sum, claim) => sum + claim.approved, 0);
  return {
    claims,
    open: claims.filter(isOpen).length,
    lossRatio: policy.premium === 0 ? 0 : approved / policy.premium,
    claimFree: claims.every((claim) => claim.state === 'rejected'),
  };
}
