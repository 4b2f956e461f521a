/** What an approval accepts by name: failed modules, entries of the analysis, tests that people sign. */
import { counted, listed } from '../text.js';

/** More than these are accepted as a whole: nobody reads, or types, a list of hundreds. */
const mostNames = 10;

/**
 * What is shown, and works when it is sent back as it is. `digest` is one of exactly these names, so that what has changed since it was
 * shown is not accepted.
 */
export function toAcceptAtOnce(what: string, names: readonly string[], digest: string): readonly string[] {
  return names.length <= mostNames ? names : [`all ${names.length} ${what} (${digest.slice(0, 8)})`];
}

/** Whether `accepted` names them all, one by one or as a whole. */
export function acceptsAll(accepted: readonly string[], names: readonly string[], shown: readonly string[]): boolean {
  return [names, shown].some((wanted) => wanted.every((name) => accepted.includes(name)));
}

/** Modules that a gate says have failed: the first of them by name, and how many there are. */
export interface Failed {
  readonly names: readonly string[];
  readonly count: number;
}

/** What has become of them, when those of `failed` are the ones that have failed now; undefined: nothing. */
export function repairedSince({ names, count }: Failed, failed: readonly string[]): string | undefined {
  const repaired = names.filter((name) => !failed.includes(name));
  if (repaired.length === 0 && failed.length === count) return undefined;
  const which = repaired.length === 0 ? '' : `: ${listed(repaired)}`;
  const left =
    failed.length === 0 ? 'no module is failed now' : `${counted(failed.length)} of ${counted(count)} failed still`;
  return `Repaired since${which}; ${left}. Send retry to prepare what is left`;
}
