/** Signs that a claim deserves a second look. They are hints for a handler, never a decision. */
import { daysBetween } from '@acme/calendar';
import { claimsOn, policyOf, type StoredClaim } from '@acme/claims-core';
import type { StoredPolicy } from '@acme/policies-core';

export interface Sign {
  readonly text: string;
  /** 1 is weak, 3 is strong. */
  readonly weight: 1 | 2 | 3;
}

export interface Suspicion {
  readonly signs: readonly Sign[];
  readonly level: 'none' | 'some' | 'strong';
}

interface Case {
  readonly claim: StoredClaim;
  readonly policy: StoredPolicy;
  readonly earlier: readonly StoredClaim[];
}

type Check = (looked: Case) => Sign | undefined;

const checks: readonly Check[] = [
  ({ claim, policy }) => {
    const days = daysBetween(policy.startsOn, claim.happenedOn);
    return days < 14 ? { text: `The loss happened ${days} days after the policy started.`, weight: 3 } : undefined;
  },
  ({ claim, policy }) =>
    claim.claimed > policy.sumInsured * 0.9
      ? { text: 'Nearly the whole sum insured is claimed.', weight: 2 }
      : undefined,
  ({ claim, earlier }) => {
    const same = earlier.filter((other) => other.cause === claim.cause && other.state !== 'rejected');
    return same.length > 0
      ? { text: `The same cause was reported ${same.length} times before.`, weight: same.length > 1 ? 3 : 2 }
      : undefined;
  },
  ({ claim }) => {
    const days = daysBetween(claim.happenedOn, claim.filedOn);
    return days > 30 ? { text: `It was reported ${days} days after the loss.`, weight: 1 } : undefined;
  },
  ({ claim }) =>
    claim.claimed >= 50_000 && claim.claimed % 100_000 === 0
      ? { text: 'The amount claimed is a round one.', weight: 1 }
      : undefined,
  ({ claim }) =>
    claim.cause === 'theft' && claim.description.length < 40
      ? { text: 'The theft is hardly described.', weight: 1 }
      : undefined,
];

/** Looks a claim over, together with what else was reported under the same policy. */
export async function suspicionOf(claim: StoredClaim): Promise<Suspicion> {
  const [policy, all] = await Promise.all([policyOf(claim), claimsOn(claim.policyId)]);
  return judge({ claim, policy, earlier: all.filter((other) => other.id < claim.id) });
}

function judge(looked: Case): Suspicion {
  const signs = checks.map((check) => check(looked)).filter((sign) => sign !== undefined);
  const weight = signs.reduce((sum, sign) => sum + sign.weight, 0);
  return { signs: signs.sort((left, right) => right.weight - left.weight), level: levelOf(weight) };
}

function levelOf(weight: number): Suspicion['level'] {
  if (weight >= 3) return 'strong';
  return weight > 0 ? 'some' : 'none';
}
