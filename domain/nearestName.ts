/** Which of the names that exist somebody probably meant. */

/** The name that differs in the fewest letters, or that `typed` begins; `undefined` when none is near. */
export function nearestName(typed: string, names: readonly string[]): string | undefined {
  const wanted = typed.toLowerCase().slice(0, 100);
  const ranked = names
    .map((name) => ({ name, distance: distance(wanted, name.toLowerCase()) }))
    .sort((left, right) => left.distance - right.distance);
  const [best] = ranked;
  if (best && best.distance <= Math.ceil(best.name.length / 3)) return best.name;
  return wanted.length < 3 ? undefined : names.find((name) => name.toLowerCase().startsWith(wanted));
}

/** Letters to change, add or leave out (Levenshtein); a row of the table at a time. */
function distance(left: string, right: string): number {
  let former = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...left].entries()) {
    const current = [row + 1];
    for (const [column, other] of [...right].entries()) {
      const changed = (former[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(changed, (former[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    former = current;
  }
  return former.at(-1) ?? 0;
}
