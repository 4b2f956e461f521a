/** How closely what a gate shows follows what is repaired while it waits: each change costs the run's history six events. */

/** Changes of one gate that are shown: some 300 events, of 10,000 at which a run takes no more messages. */
const mostChanges = 50;

/** Milliseconds: 2 s, 4 s, … 10 min. */
const longest = 600_000;

/**
 * Milliseconds that the next change is waited for at least, once `changes` were shown, so that who publishes all day is seen all day;
 * undefined: no more are shown.
 */
export function untilNextChange(changes: number): number | undefined {
  if (changes >= mostChanges) return undefined;
  return changes === 0 ? 0 : Math.min(1_000 * 2 ** changes, longest);
}
