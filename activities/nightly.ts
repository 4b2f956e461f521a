/** Whether the nightly Deploy All of an environment may go on, by business time. Reads only. */
import { whyFrozen } from '../domain/calendar/window.js';
import { explained } from './attempt.js';
import type { Dependencies } from './dependencies.js';

interface Night {
  readonly infrastructure: string;
  readonly environment: string;
  /** The workflow's clock, milliseconds since 1970. */
  readonly now: number;
}

export const nightlyActivities = ({ platform }: Dependencies) => ({
  /** A freeze of the environment as it is described now, or who holds it; null: nothing. */
  whyNotTonight: explained(async ({ infrastructure, environment, now }: Night): Promise<string | null> => {
    const { hold } = await platform.inventory.environment({ infrastructure, environment });
    if (hold) {
      const { operation, workflow, release, since } = hold;
      return `the ${operation} ${workflow} to ${release} has held ${environment} since ${since}`;
    }
    const { environments } = await platform.inventory.infrastructure(infrastructure);
    const freezes = environments.find(({ name }) => name === environment)?.freezes ?? [];
    return whyFrozen(freezes, now) ?? null;
  }),
});
