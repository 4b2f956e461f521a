/** Entries of the upgrade knowledge that concern an upgrade, and the facts that would have to be known to tell about the others (ANA-01). */
import { type Applicability, changeApplies, issueApplies } from './applicability.js';
import { type BreakingChange, passes } from './breakingChange.js';
import { unknownText } from './facts.js';
import { moduleKinds } from './factTable.js';
import { isMet, type KnownIssue } from './knownIssue.js';
import type { Situation } from './situation.js';

/** Something that is upgraded: an environment, or LifeTime. */
export interface Subject {
  readonly name: string;
  /** Whose knowledge concerns it. */
  readonly product: 'platform' | 'lifetime';
  /** Versions of that product. */
  readonly from: string;
  readonly to: string;
  readonly situation: Situation;
}

/** Where an entry applies, and where it would if the unknown facts held. By the names of subjects. */
export interface Concern<Entry> {
  readonly entry: Entry;
  readonly applies: readonly string[];
  readonly unknown: readonly { readonly subject: string; readonly facts: readonly string[] }[];
}

export interface ChangeConcern extends Concern<BreakingChange> {
  /** Modules that look affected by their kind; `null`: that cannot be told, it may be any. */
  readonly modules: readonly string[] | null;
  /** Who looks after it; `null`: nobody yet. */
  readonly owner: string | null;
}

export type IssueConcern = Concern<KnownIssue>;

/** What follows if it holds. `refusal`: the plan would be refused. `acknowledgement`: somebody would have to acknowledge an entry. */
export type Weight = 'refusal' | 'acknowledgement' | 'advice';

/** Nothing that Uplift reads tells whether it holds. */
export interface UnknownFact {
  readonly fact: string;
  /** `whether the platform database is Oracle` */
  readonly text: string;
  readonly weight: Weight;
  readonly subjects: readonly string[];
  /** Ids of the entries that it would tell about. */
  readonly entries: readonly string[];
}

/** `owners`: by the id of the entry. */
export function changesThatConcern(
  changes: readonly BreakingChange[],
  subjects: readonly Subject[],
  owners: Readonly<Record<string, string>>,
): readonly ChangeConcern[] {
  return changes.flatMap((entry) => {
    const passing = subjects.filter(
      ({ product, from, to }) =>
        (entry.component === 'lifetime') === (product === 'lifetime') && passes(entry, from, to),
    );
    const concern = concernOf(entry, passing, ({ situation }) => changeApplies(entry, situation));
    if (!concern) return [];
    return [{ ...concern, modules: affectedModules(entry, passing), owner: owners[entry.id] ?? null }];
  });
}

export function issuesThatConcern(
  issues: readonly KnownIssue[],
  subjects: readonly Subject[],
): readonly IssueConcern[] {
  return issues.flatMap((entry) => {
    const meeting = subjects.filter(({ product, from, to }) => entry.product === product && isMet(entry, from, to));
    return concernOf(entry, meeting, ({ situation }) => issueApplies(entry, situation)) ?? [];
  });
}

/** Those that would refuse the plan if they held come first. */
export function factsNotKnown(
  changes: readonly ChangeConcern[],
  issues: readonly IssueConcern[],
): readonly UnknownFact[] {
  const found = new Map<string, UnknownFact>();
  const add = ({ entry, unknown }: Concern<{ readonly id: string }>, weight: Weight) => {
    for (const { subject, facts } of unknown) {
      for (const fact of facts) {
        const former = found.get(fact);
        found.set(fact, {
          fact,
          text: unknownText(fact),
          weight: heavier(former?.weight ?? 'advice', weight),
          subjects: [...new Set([...(former?.subjects ?? []), subject])],
          entries: [...new Set([...(former?.entries ?? []), entry.id])],
        });
      }
    }
  };
  for (const issue of issues) add(issue, issue.entry.consequence === 'refuse' ? 'refusal' : 'advice');
  for (const change of changes) add(change, mustBeHandled(change.entry) ? 'acknowledgement' : 'advice');
  return [...found.values()].sort((left, right) => weights.indexOf(left.weight) - weights.indexOf(right.weight));
}

/** A change that costs high effort cannot be found out after the plan was approved. */
export function mustBeHandled({ kind, effort }: BreakingChange): boolean {
  return kind === 'breaking-change' && effort === 'high';
}

const weights: readonly Weight[] = ['refusal', 'acknowledgement', 'advice'];

function heavier(left: Weight, right: Weight): Weight {
  return weights.indexOf(left) < weights.indexOf(right) ? left : right;
}

function concernOf<Entry>(
  entry: Entry,
  subjects: readonly Subject[],
  judge: (subject: Subject) => Applicability,
): Concern<Entry> | undefined {
  const judged = subjects.map((subject) => ({ subject: subject.name, applicability: judge(subject) }));
  const applies = judged.filter(({ applicability }) => applicability.kind === 'applies').map(({ subject }) => subject);
  const unknown = judged.flatMap(({ subject, applicability }) =>
    applicability.kind === 'unknown' ? [{ subject, facts: applicability.facts }] : [],
  );
  return applies.length + unknown.length === 0 ? undefined : { entry, applies, unknown };
}

function affectedModules({ appliesTo }: BreakingChange, subjects: readonly Subject[]): readonly string[] | null {
  const kinds = appliesTo.filter((name) => moduleKinds.includes(name));
  const modules = subjects.flatMap(({ situation }) => situation.modules ?? []);
  const isOf = (some: readonly string[]) => (module: { readonly kind: string | null }) =>
    module.kind !== null && some.includes(module.kind);
  if (kinds.length === 0 || !modules.some(isOf(moduleKinds))) return null;
  return [...new Set(modules.filter(isOf(kinds)).map(({ name }) => name))].sort();
}
