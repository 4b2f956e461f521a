/** What a person types where users are kept out and nobody works on letting them in. */
import type { EnvironmentFacts } from '../../port/inventory.js';
import { typed } from '../words.js';
import type { Run } from './runs.js';

/** Null: the door is open, or the run that works on the environment opens it. */
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
