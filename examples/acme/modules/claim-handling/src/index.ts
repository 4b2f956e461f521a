/** What a handler may do with a claim, and what follows from it. */
import { record } from '@acme/audit';
import { type ClaimState, claimReference, claims, type StoredClaim } from '@acme/claims-core';
import { type Suspicion, suspicionOf } from '@acme/fraud';
import { setting } from '@system/settings';
import type { ScreenRequest } from '@system/ui';

export type Step = 'assess' | 'approve' | 'reject' | 'pay';

interface StepRule {
  readonly from: readonly ClaimState[];
  readonly to: ClaimState;
  readonly text: string;
}

const rules: Readonly<Record<Step, StepRule>> = {
  assess: { from: ['filed'], to: 'assessed', text: 'Assess' },
  approve: { from: ['assessed'], to: 'approved', text: 'Approve' },
  reject: { from: ['filed', 'assessed'], to: 'rejected', text: 'Reject' },
  pay: { from: ['approved'], to: 'paid', text: 'Pay' },
};

export function isStep(text: string | undefined): text is Step {
  return text !== undefined && Object.hasOwn(rules, text);
}

/** The decisions open to a handler, in the order in which they are usually made; paying is the cashier's. */
export function stepsOf(claim: StoredClaim): { readonly step: Step; readonly text: string }[] {
  return (Object.keys(rules) as Step[])
    .filter((step) => step !== 'pay' && rules[step].from.includes(claim.state))
    .map((step) => ({ step, text: rules[step].text }));
}

export type Outcome =
  | { readonly kind: 'done'; readonly claim: StoredClaim }
  | { readonly kind: 'refused'; readonly why: string };

/** Approvals up to this amount (cents) need no look at the signs of fraud. */
function smallClaim(): number {
  return setting('@acme/claim-handling', 'SmallClaim', 50_000);
}

/**
 * Takes a step, writes the journal, and answers with the claim as it stands then.
 * A claim that somebody else has moved on meanwhile refuses the step.
 */
export async function take(step: Step, id: number, request: ScreenRequest): Promise<Outcome> {
  const claim = await claims.find(id);
  if (!claim) return { kind: 'refused', why: 'This claim is not there any more.' };
  const rule = rules[step];
  if (!rule.from.includes(claim.state)) {
    return { kind: 'refused', why: `${claimReference(claim)} is ${claim.state} already.` };
  }
  const objection = step === 'approve' ? objectionTo(claim, await suspicionOf(claim)) : undefined;
  if (objection) return { kind: 'refused', why: objection };
  const approved = step === 'approve' ? claim.claimed : claim.approved;
  const moved = await claims.update(id, { state: rule.to, approved });
  await record(request, { subject: 'claim', reference: claimReference(moved), action: rule.to });
  return { kind: 'done', claim: moved };
}

function objectionTo(claim: StoredClaim, suspicion: Suspicion): string | undefined {
  if (claim.claimed <= smallClaim() || suspicion.level !== 'strong') return undefined;
  const [strongest] = suspicion.signs;
  return `Not approved: ${strongest?.text ?? 'there are strong signs of fraud.'} Ask the investigators first.`;
}
