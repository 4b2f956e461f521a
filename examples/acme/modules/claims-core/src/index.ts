/**
 * Claims: a loss that a customer reports under a policy, from filing to payment.
 *
 * This module and `@acme/policies-core` reference each other: a claim stands on a policy, a policy is judged by its claims.
 */
import { type IsoDate, today } from '@acme/calendar';
import { inForce, policies, policyReference, type StoredPolicy } from '@acme/policies-core';
import { reference } from '@acme/text';
import { type Stored, table } from '@system/data';
import { firstClaims } from './firstClaims.js';

export type ClaimState = 'filed' | 'assessed' | 'approved' | 'rejected' | 'paid';
export type Cause = 'accident' | 'theft' | 'fire' | 'water' | 'cancellation' | 'other';

export const claimStates: readonly ClaimState[] = ['filed', 'assessed', 'approved', 'rejected', 'paid'];
export const causes: readonly Cause[] = ['accident', 'theft', 'fire', 'water', 'cancellation', 'other'];

export interface Claim {
  readonly policyId: number;
  readonly cause: Cause;
  readonly happenedOn: IsoDate;
  readonly filedOn: IsoDate;
  readonly description: string;
  /** Cents. */
  readonly claimed: number;
  /** Cents; 0 until somebody has decided. */
  readonly approved: number;
  readonly state: ClaimState;
}

export type StoredClaim = Stored<Claim>;

export const claims = table<Claim>('claim', { initial: firstClaims() });

export function claimReference(claim: { readonly id: number }): string {
  return reference('CL', claim.id);
}

/** Whether somebody still has to decide or to pay. */
export function isOpen(claim: Claim): boolean {
  return claim.state === 'filed' || claim.state === 'assessed' || claim.state === 'approved';
}

export async function claimsOn(policyId: number): Promise<StoredClaim[]> {
  return claims.select({ where: { policyId }, order: 'filedOn', descending: true });
}

/** The newest first; without a state, all of them. */
export async function claimsIn(state: ClaimState | undefined, max: number): Promise<StoredClaim[]> {
  return claims.select({ where: state ? { state } : {}, order: 'filedOn', descending: true, max });
}

export interface Report {
  readonly cause: Cause;
  readonly happenedOn: IsoDate;
  readonly description: string;
  readonly claimed: number;
}

export type Filing =
  | { readonly kind: 'filed'; readonly claim: StoredClaim }
  | { readonly kind: 'refused'; readonly field: 'happenedOn' | 'claimed'; readonly problem: string };

/** Files a claim under a policy that was in force when the loss happened. */
export async function fileClaim(policy: StoredPolicy, report: Report): Promise<Filing> {
  const { happenedOn, claimed } = report;
  if (happenedOn > today()) return refused('happenedOn', 'A loss cannot be reported before it happens.');
  if (!inForce(policy, happenedOn)) {
    return refused('happenedOn', `${policyReference(policy)} insured nothing on that day.`);
  }
  if (claimed > policy.sumInsured) return refused('claimed', `More than the ${policy.sumInsured / 100} insured.`);
  const claim = await claims.insert({
    ...report,
    policyId: policy.id,
    filedOn: today(),
    approved: 0,
    state: 'filed',
  });
  return { kind: 'filed', claim };
}

/** Throws when the claim's policy is gone, which the policy screens do not allow. */
export async function policyOf(claim: StoredClaim): Promise<StoredPolicy> {
  const policy = await policies.find(claim.policyId);
  if (!policy) throw new Error(`${claimReference(claim)} names a policy that is not there.`);
  return policy;
}

function refused(field: 'happenedOn' | 'claimed', problem: string): Filing {
  return { kind: 'refused', field, problem };
}
