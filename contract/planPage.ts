/** Where people read a plan in a browser: every Service Center has all of them. */
export function planPath(hash: string): string {
  return `/ServiceCenter/plans/${hash.slice(0, 12)}`;
}
