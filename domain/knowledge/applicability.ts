/** Whether an entry of the upgrade knowledge concerns an environment, as far as its facts are known (ANA-01). */
import { type BreakingChange, facetOf } from './breakingChange.js';
import { holds } from './facts.js';
import type { KnownIssue } from './knownIssue.js';
import type { Situation } from './situation.js';

export type Applicability =
  | { readonly kind: 'applies' }
  | { readonly kind: 'does not apply' }
  /** It would if these facts held. */
  | { readonly kind: 'unknown'; readonly facts: readonly string[] };

/** Every facet that is present has to match, and one fact of it is enough. */
export function changeApplies({ appliesTo }: BreakingChange, situation: Situation): Applicability {
  const present = [...new Set(appliesTo.map(facetOf))];
  return allOf(
    present.map((facet) =>
      anyOf(
        appliesTo.filter((name) => facetOf(name) === facet),
        situation,
      ),
    ),
  );
}

/** All conditions have to hold. */
export function issueApplies({ conditions }: KnownIssue, situation: Situation): Applicability {
  return allOf(conditions.map((name) => anyOf([name], situation)));
}

function anyOf(names: readonly string[], situation: Situation): Applicability {
  const known = names.map((name) => holds(name, situation));
  if (known.includes(true)) return { kind: 'applies' };
  const facts = names.filter((_, index) => known[index] === undefined);
  return facts.length === 0 ? { kind: 'does not apply' } : { kind: 'unknown', facts };
}

function allOf(parts: readonly Applicability[]): Applicability {
  if (parts.some(({ kind }) => kind === 'does not apply')) return { kind: 'does not apply' };
  const facts = parts.flatMap((part) => (part.kind === 'unknown' ? part.facts : []));
  return facts.length === 0 ? { kind: 'applies' } : { kind: 'unknown', facts };
}
