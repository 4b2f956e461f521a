/** What an approval accepts by name: failed modules, entries of the analysis, tests that people sign. */

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
