/** Where LifeTime has to stand before the environments are upgraded (COMP-02, COMP-03). */

import type { LifeTime } from '../infrastructure/infrastructure.js';
import type { Situation } from '../knowledge/situation.js';
import { newestRelease, type ReleaseCatalogue } from '../releases/release.js';
import type { UpgradePath } from '../releases/upgradePath.js';
import { atLeast } from '../releases/version.js';
import type { Refusal, RuleRemark } from './findings.js';

/** What the plan does about it; part of what is approved. */
export type LifeTimeDecision =
  /** Nobody has said which release it runs, or whether there is one. */
  | { readonly kind: 'not described' }
  | { readonly kind: 'newest'; readonly release: string }
  /** By people: Uplift does not do it. */
  | { readonly kind: 'upgrade first'; readonly from: string; readonly to: string }
  /** It stays as it is, because somebody said so. */
  | { readonly kind: 'left out'; readonly release: string; readonly newest: string };

export interface LifeTimeAdvice {
  readonly decision: LifeTimeDecision;
  readonly warnings: readonly RuleRemark[];
  readonly refusals: readonly Refusal[];
}

export interface LifeTimeRequest {
  /** As described; `null`: it is not. */
  readonly lifeTime: LifeTime | null;
  /** Somebody decided not to upgrade it. */
  readonly leaveOut: boolean;
  /** It shares an environment with applications, as far as that is known. */
  readonly shared: boolean | undefined;
  /** Of the environments. */
  readonly paths: readonly UpgradePath[];
}

export function lifeTimeAdvice(request: LifeTimeRequest, catalogue: ReleaseCatalogue): LifeTimeAdvice {
  const decision = decide(request, newestRelease(catalogue)?.version);
  const refusals = request.shared === true ? [sharedRefusal] : [];
  const required = request.paths.some((path) => path.kind === 'upgrade' && path.lifeTime !== 'advised first');
  switch (decision.kind) {
    case 'not described': {
      const text =
        'LifeTime is not described, so its release is not known: it should be the most up-to-date environment.';
      return { decision, warnings: [{ rule: 'COMP-02', environment: null, text }], refusals };
    }
    case 'left out': {
      if (required) return { decision, warnings: [], refusals: [...refusals, leftOutRefusal(decision)] };
      const text = `LifeTime stays on ${decision.release} although ${decision.newest} is out: it should be the most up-to-date environment.`;
      return { decision, warnings: [{ rule: 'COMP-02', environment: null, text }], refusals };
    }
    case 'newest':
    case 'upgrade first':
      return { decision, warnings: [], refusals };
  }
}

/** The described release may be newer than any that the catalogue knows. */
function decide({ lifeTime, leaveOut }: LifeTimeRequest, newest: string | undefined): LifeTimeDecision {
  if (lifeTime === null) return { kind: 'not described' };
  const { release } = lifeTime;
  if (newest === undefined || atLeast(release, newest)) return { kind: 'newest', release };
  return leaveOut ? { kind: 'left out', release, newest } : { kind: 'upgrade first', from: release, to: newest };
}

/** Where it stands when the environments are upgraded. */
export function lifeTimeThen(decision: LifeTimeDecision): Situation['lifeTime'] {
  switch (decision.kind) {
    case 'not described':
      return 'unknown';
    case 'newest':
    case 'upgrade first':
      return 'newest';
    case 'left out':
      return 'behind';
  }
}

const sharedRefusal: Refusal = {
  rule: 'COMP-03',
  environment: null,
  code: 'LIFETIME_BEHIND',
  reason: 'LifeTime 11 is supported only in an environment of its own, and it shares one with applications',
  next: 'reinstall LifeTime in a dedicated environment, then plan again',
};

function leftOutRefusal({ release, newest }: { release: string; newest: string }): Refusal {
  return {
    rule: 'COMP-02',
    environment: null,
    code: 'LIFETIME_BEHIND',
    reason: `Coming from 10 or older, LifeTime is upgraded before any environment, and it is left out on ${release}`,
    next: `plan with the upgrade of LifeTime to ${newest}`,
  };
}
