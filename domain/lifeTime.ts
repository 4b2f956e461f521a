/** Where LifeTime has to stand before the environments are upgraded (COMP-02, COMP-03). */
import type { Refusal, RuleRemark } from './analysis.js';
import type { Situation } from './facts.js';
import { newestRelease, type ReleaseCatalogue } from './release.js';
import type { UpgradePath } from './upgradePath.js';
import { atLeast, isVersion } from './version.js';

/** What is known of it. */
export type LifeTimeState =
  /** The infrastructure has none. */
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' }
  /** `leaveOut`: somebody decided not to upgrade it. */
  | { readonly kind: 'installed'; readonly release: string; readonly leaveOut: boolean };

/** What the plan does about it; part of what is approved. */
export type LifeTimeDecision =
  | { readonly kind: 'none' }
  | { readonly kind: 'newest'; readonly release: string }
  /** `from` is `null` while nobody has said which release it runs. */
  | { readonly kind: 'upgrade first'; readonly from: string | null; readonly to: string }
  | { readonly kind: 'left out'; readonly release: string; readonly newest: string };

export interface LifeTimeAdvice {
  readonly decision: LifeTimeDecision;
  readonly warnings: readonly RuleRemark[];
  readonly refusals: readonly Refusal[];
}

/** `paths` are those of the environments; `shared`: it shares an environment with applications, as far as that is known. */
export function lifeTimeAdvice(
  state: LifeTimeState,
  paths: readonly UpgradePath[],
  shared: boolean | undefined,
  catalogue: ReleaseCatalogue,
): LifeTimeAdvice {
  const newest = newestRelease(catalogue)?.version;
  if (state.kind === 'none' || newest === undefined) return { decision: { kind: 'none' }, warnings: [], refusals: [] };
  const refusals = shared === true ? [sharedRefusal] : [];
  if (state.kind === 'unknown') {
    const text = `Which release LifeTime runs is not known: it has to be on ${newest} before the environments are upgraded.`;
    return {
      decision: { kind: 'upgrade first', from: null, to: newest },
      warnings: [{ rule: 'COMP-02', environment: null, text }],
      refusals,
    };
  }
  const { release, leaveOut } = state;
  if (isVersion(release) && atLeast(release, newest)) {
    return { decision: { kind: 'newest', release }, warnings: [], refusals };
  }
  if (!leaveOut) return { decision: { kind: 'upgrade first', from: release, to: newest }, warnings: [], refusals };
  const decision = { kind: 'left out', release, newest } as const;
  const required = paths.some((path) => path.kind === 'upgrade' && path.lifeTime !== 'advised first');
  if (required) return { decision, warnings: [], refusals: [...refusals, firstRefusal(release, newest)] };
  const text = `LifeTime stays on ${release} although ${newest} is out: it should be the most up-to-date environment.`;
  return { decision, warnings: [{ rule: 'COMP-02', environment: null, text }], refusals };
}

/** Where it stands when the environments are upgraded. */
export function lifeTimeThen(decision: LifeTimeDecision): Situation['lifeTime'] {
  switch (decision.kind) {
    case 'none':
      return 'none';
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
  code: 'PATH_UNSUPPORTED',
  reason: 'LifeTime 11 is supported only in an environment of its own, and it shares one with applications',
  next: 'reinstall LifeTime in a dedicated environment, then plan again',
};

function firstRefusal(release: string, newest: string): Refusal {
  return {
    rule: 'COMP-02',
    environment: null,
    code: 'PATH_UNSUPPORTED',
    reason: `Coming from 10 or older, LifeTime is upgraded before any environment, and it is left out on ${release}`,
    next: `plan with the upgrade of LifeTime to ${newest}`,
  };
}
