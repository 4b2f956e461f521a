/** Users are kept out: since when, why, and what lets them in again. */
import type { ClosedDoor, EnvironmentFacts } from '../../port/inventory.js';
import { typed } from '../words.js';
import type { Run } from './runs.js';

export function doorText({ since, closedBy, reason }: ClosedDoor): string {
  return `users are kept out since ${since || 'an earlier run'} by ${closedBy || 'an earlier run'}: ${reason || 'no reason is known'}`;
}

/** What a person does about a closed door; null: the run that works on the environment opens it. */
export function doorNext({ name, door, hold }: EnvironmentFacts, runs: readonly Run[]): string | null {
  if (!door || runs.some(({ procedure }) => opening.includes(procedure))) return null;
  const place = typed(name);
  const goOn =
    hold?.operation === 'upgrade'
      ? `uplift upgrade --to ${hold.release} goes on with the upgrade of all, uplift upgrade --environment ${place} --to ${hold.release} with that of ${name} alone; `
      : '';
  return `${goOn}uplift rollback ${place} --as NAME --reason WHY lets them in on the former release`;
}

/** Runs that let users in at their end. */
const opening: readonly Run['procedure'][] = ['upgrade', 'go-live', 'rollback'];
